import { describe, expect, test } from 'vitest';
import shipped from '../../routing-rules/default.json' with { type: 'json' };
import type { ChatRequest } from '../../src/core/chat.ts';
import type { Capabilities, Deployment, Estimate } from '../../src/core/deployment.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { choose, type RoutingView } from '../../src/routing/choose.ts';
import { createRules } from '../../src/routing/rules.ts';
import { ABLE, makeCall } from '../support/call.ts';

const rules = createRules(shipped);
const SMALL: Estimate = { inputTokens: 100, outputTokens: 1_024 };

function deployment(id: string, capabilities: Partial<Capabilities> = {}): Deployment {
  const { endpoint } = makeCall({});
  const model = id.slice(id.indexOf('/') + 1);
  const shared = { endpoint, providerModel: model, model, family: model, price: undefined };
  return { id, ...shared, capabilities: { ...ABLE, ...capabilities } };
}

function view(models: Record<string, Deployment[]>, rest: Partial<RoutingView> = {}): RoutingView {
  return { models: new Map(Object.entries(models)), direct: () => undefined, rules, tierOf: () => undefined, ...rest };
}

const THREE = {
  'claude-haiku-5-5': [deployment('a/claude-haiku-5-5')],
  'claude-sonnet-5-5': [deployment('a/claude-sonnet-5-5'), deployment('b/claude-sonnet-5-5')],
  'claude-opus-5-5': [deployment('a/claude-opus-5-5')],
};

function ask(model: string, content = 'Hello', rest: Partial<ChatRequest> = {}): ChatRequest {
  return { model, messages: [{ role: 'user', content }], ...rest };
}

const CODE = 'Write a Python function that reverses a linked list.';
const PROOF = 'Prove step by step that the square root of two is irrational.';

describe('the order of candidates', () => {
  const haikuFirst = ['a/claude-haiku-5-5', 'a/claude-sonnet-5-5', 'b/claude-sonnet-5-5', 'a/claude-opus-5-5'];
  const sonnetFirst = ['a/claude-sonnet-5-5', 'b/claude-sonnet-5-5', 'a/claude-opus-5-5', 'a/claude-haiku-5-5'];
  const opusFirst = ['a/claude-opus-5-5', 'a/claude-sonnet-5-5', 'b/claude-sonnet-5-5', 'a/claude-haiku-5-5'];
  const direct = (model: string) => (model === 'x/llama' ? deployment('x/llama') : undefined);
  const mine = { ...THREE, mine: [deployment('m/mine')] };
  const tierOf = (model: string) => (model === 'mine' ? 'sonnet' : undefined);
  const twice = { haiku: THREE['claude-haiku-5-5'], 'claude-haiku-5-5': THREE['claude-haiku-5-5'] };

  test.each<[string, ChatRequest, RoutingView, string[]]>([
    [
      'a named model: its deployments in order',
      ask('claude-sonnet-5-5'),
      view(THREE),
      ['a/claude-sonnet-5-5', 'b/claude-sonnet-5-5'],
    ],
    ['provider/model goes straight there', ask('x/llama'), view(THREE, { direct }), ['x/llama']],
    ['a model called auto is that model', ask('auto'), view({ auto: [deployment('z/own')] }), ['z/own']],
    ['an easy ask climbs from the bottom', ask('auto'), view(THREE), haikuFirst],
    ['a middling one goes up, then down', ask('auto', CODE), view(THREE), sonnetFirst],
    ['a hard one goes down', ask('auto', PROOF), view(THREE), opusFirst],
    [
      'economy never reaches the top',
      ask('auto-economy', PROOF),
      view(THREE),
      [...sonnetFirst.slice(0, 2), 'a/claude-haiku-5-5'],
    ],
    ['quality never reaches the bottom', ask('auto-quality'), view(THREE), sonnetFirst.slice(0, 3)],
    [
      'a model that the rules do not list comes after those they do',
      ask('auto', CODE),
      view(mine, { tierOf }),
      ['a/claude-sonnet-5-5', 'b/claude-sonnet-5-5', 'm/mine', 'a/claude-opus-5-5', 'a/claude-haiku-5-5'],
    ],
    ['one deployment under two names is tried once', ask('auto'), view(twice), ['a/claude-haiku-5-5']],
  ])('%s', (_sentence, request, routing, ids) => {
    expect(choose(request, SMALL, routing).map((candidate) => candidate.deployment.id)).toEqual(ids);
  });

  test('rules may name a model of a provider directly', () => {
    const own = createRules({
      ...shipped,
      tiers: [{ name: 'only', from: 0, models: ['x/llama', 'nobody/nothing'] }],
      routes: { auto: {} },
    });
    const [candidate] = choose(ask('auto'), SMALL, view({}, { direct, rules: own }));
    expect(candidate?.deployment.id).toBe('x/llama');
  });
});

describe('the reason', () => {
  test.each<[string, ChatRequest, RegExp[]]>([
    ['by name', ask('claude-opus-5-5'), [/^by name$/]],
    [
      'by score',
      ask('auto', PROOF),
      [/^auto -> opus \(score 0\.\d\d: reasoning 0\.4\)$/, /^auto -> sonnet \(after opus, score 0\.\d\d: /],
    ],
    ['nothing to say', ask('auto', ''), [/^auto -> haiku \(score 0\.00\)$/]],
  ])('%s', (_name, request, patterns) => {
    const reasons = choose(request, SMALL, view(THREE)).map(({ reason }) => reason);
    for (const [index, pattern] of patterns.entries()) expect(reasons[index]).toMatch(pattern);
    for (const reason of reasons) expect(reason).toMatch(/^[ -~]{1,120}$/);
  });
});

describe('what a model cannot do', () => {
  const image = { type: 'image_url' as const, image_url: { url: 'https://example.org/a.png' } };
  const audio = { type: 'input_audio' as const, input_audio: { data: 'AAAA', format: 'wav' as const } };
  const pdf = { type: 'file' as const, file: { file_data: 'data:application/pdf;base64,AAAA', filename: 'a.pdf' } };
  const plain = { type: 'file' as const, file: { file_data: 'data:text/plain;base64,AAAA', filename: 'a.txt' } };
  const seen = (...content: (typeof image | typeof audio | typeof pdf | typeof plain)[]): ChatRequest => ({
    model: 'auto',
    messages: [
      { role: 'user', content: 'Look' },
      { role: 'user', content: [{ type: 'text', text: 'here' }, ...content] },
    ],
  });
  const models = {
    haiku: [deployment('blind', { input: [], contextTokens: 10_000 })],
    sonnet: [deployment('reader', { input: ['image', 'pdf'], tools: false, contextTokens: 200_000 })],
    opus: [deployment('hearer', { input: ['audio', 'image'], contextTokens: 1_000_000, outputTokens: 1_000 })],
  };
  const tool = { type: 'function' as const, function: { name: 'x' } };

  test.each<[string, ChatRequest, Estimate, string[]]>([
    ['all can read text', ask('auto'), SMALL, ['blind', 'reader', 'hearer']],
    ['images go to those who see', seen(image), SMALL, ['reader', 'hearer']],
    ['sound goes to those who hear', seen(audio), SMALL, ['hearer']],
    ['PDFs go to those who read them', seen(pdf), SMALL, ['reader']],
    ['a file of text is text', seen(plain), SMALL, ['blind', 'reader', 'hearer']],
    ['tools go to those who use them', ask('auto', 'Hello', { tools: [tool] }), SMALL, ['blind', 'hearer']],
    ['so do functions of old', ask('auto', 'Hello', { functions: [{ name: 'x' }] }), SMALL, ['blind', 'hearer']],
    ['no tools are none', ask('auto', 'Hello', { tools: [] }), SMALL, ['blind', 'reader', 'hearer']],
    [
      'a long prompt goes where it fits',
      ask('auto'),
      { inputTokens: 100_000, outputTokens: 1_024 },
      ['reader', 'hearer'],
    ],
    [
      'a guess a little too high is forgiven',
      ask('auto'),
      { inputTokens: 11_000, outputTokens: 1_024 },
      ['blind', 'reader', 'hearer'],
    ],
    ['a long answer must fit too', ask('auto'), { inputTokens: 8_000, outputTokens: 8_000 }, ['reader', 'hearer']],
    [
      'but no longer than the model answers',
      ask('auto'),
      { inputTokens: 1_000_000, outputTokens: 900_000 },
      ['hearer'],
    ],
  ])('%s', (_sentence, request, weight, ids) => {
    expect(choose(request, weight, view(models)).map((candidate) => candidate.deployment.id)).toEqual(ids);
  });

  const video = { role: 'user', content: [{ type: 'video_url', video_url: { url: 'https://x.org' } }] };
  const withVideo = { model: 'auto', messages: [video] } as unknown as ChatRequest;
  const huge = { inputTokens: 5_000_000, outputTokens: 10 };
  const UNSUPPORTED = { kind: 'unsupported', status: 400, code: 'unsupported_parameter' };
  const TOO_LONG = { kind: 'context', status: 400, code: 'context_length_exceeded', param: 'messages' };
  const NOT_FOUND = { kind: 'model_not_found', status: 404, code: 'model_not_found', param: 'model' };

  type Refused = {
    name: string;
    request: ChatRequest;
    weight?: Estimate;
    routing?: RoutingView;
    error: object;
    says: RegExp;
  };
  const refused: Refused[] = [
    {
      name: 'nobody can hear and read PDFs',
      request: seen(pdf, audio),
      error: { ...UNSUPPORTED, param: 'messages.1.content.1' },
      says: /"auto" takes PDFs/,
    },
    {
      name: 'nobody watches',
      request: withVideo,
      error: { ...UNSUPPORTED, param: 'messages.0.content.0' },
      says: /takes video/,
    },
    {
      name: 'the only one uses no tools',
      request: ask('sonnet', 'Hi', { tools: [tool] }),
      error: { ...UNSUPPORTED, param: 'tools' },
      says: /"sonnet" takes tools/,
    },
    {
      name: 'nobody is large enough: the words that coding agents look for',
      request: ask('auto'),
      weight: huge,
      error: TOO_LONG,
      says: /^prompt is too long: about 4000010 tokens .*> 1000000 maximum/,
    },
    { name: 'those who could are too small', request: seen(image), weight: huge, error: TOO_LONG, says: /too long/ },
    {
      name: 'an unknown model, with its neighbours',
      request: ask('claude-opus-55'),
      routing: view(THREE),
      error: NOT_FOUND,
      says: /"claude-opus-55" does not exist here\. Near it: claude-opus-5-5, /,
    },
    { name: 'a name that every object has', request: ask('constructor'), error: NOT_FOUND, says: /"constructor"/ },
    {
      name: 'a route without models',
      request: ask('auto'),
      routing: view({}),
      error: NOT_FOUND,
      says: /No configured model belongs to a tier of "auto"/,
    },
  ];
  test.each(refused)('refused: $name', ({ request, weight = SMALL, routing = view(models), error, says }) => {
    const thrown = thrownBy(() => choose(request, weight, routing));
    expect(thrown).toBeInstanceOf(GatewayError);
    expect(thrown).toMatchObject(error);
    expect(String(thrown)).toMatch(new RegExp(says.source.replace('^', '^GatewayError: ')));
  });

  test('at most ten neighbours are named', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`model-${index}`, [deployment('a/b')]]));
    expect(() => choose(ask('modle-1'), SMALL, view(many))).toThrow(/Near it: (?:[\w.-]+, ){9}[\w.-]+$/);
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
