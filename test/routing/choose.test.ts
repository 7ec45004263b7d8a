import { describe, expect, test } from 'vitest';
import { ANYONE } from '../../src/core/caller.ts';
import type { ChatRequest } from '../../src/core/chat.ts';
import type { Deployment, Estimate } from '../../src/core/deployment.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { RoutingView } from '../../src/routing/view.ts';
import { ask, chosen, deployment, idsOf, memoryOf, SMALL, viewOf } from '../support/routing.ts';

const THREE = {
  'claude-haiku-5-5': [deployment('a/claude-haiku-5-5')],
  'claude-sonnet-5-5': [deployment('a/claude-sonnet-5-5'), deployment('b/claude-sonnet-5-5')],
  'claude-opus-5-5': [deployment('a/claude-opus-5-5')],
};

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
      viewOf(THREE),
      ['a/claude-sonnet-5-5', 'b/claude-sonnet-5-5'],
    ],
    ['provider/model goes straight there', ask('x/llama'), viewOf(THREE, { direct }), ['x/llama']],
    ['a model called auto is that model', ask('auto'), viewOf({ auto: [deployment('z/own')] }), ['z/own']],
    ['an easy ask climbs from the bottom', ask('auto'), viewOf(THREE), haikuFirst],
    ['a middling one goes up, then down', ask('auto', CODE), viewOf(THREE), sonnetFirst],
    ['a hard one goes down', ask('auto', PROOF), viewOf(THREE), opusFirst],
    [
      'economy never reaches the top',
      ask('auto-economy', PROOF),
      viewOf(THREE),
      [...sonnetFirst.slice(0, 2), 'a/claude-haiku-5-5'],
    ],
    ['quality never reaches the bottom', ask('auto-quality'), viewOf(THREE), sonnetFirst.slice(0, 3)],
    [
      'a model that the rules do not list comes after those they do',
      ask('auto', CODE),
      viewOf(mine, { tierOf }),
      ['a/claude-sonnet-5-5', 'b/claude-sonnet-5-5', 'm/mine', 'a/claude-opus-5-5', 'a/claude-haiku-5-5'],
    ],
    ['one deployment under two names is tried once', ask('auto'), viewOf(twice), ['a/claude-haiku-5-5']],
  ])('%s', (_sentence, request, routing, ids) => {
    expect(idsOf(chosen(request, routing))).toEqual(ids);
  });

  test('rules may name a model of a provider directly', () => {
    const rules = {
      tiers: [{ name: 'only', models: ['x/llama', 'nobody/nothing'] }],
      profiles: { balanced: { from: {} }, eco: { from: {} }, quality: { from: {} } },
      routes: { 'auto-economy': { off: true }, 'auto-quality': { off: true } },
      guards: ['housekeeping', 'tools', 'structured output'].map((name) => ({ name, off: true })),
    };
    const [candidate] = chosen(ask('auto'), viewOf({}, { direct, rules })).candidates;
    expect(candidate?.deployment.id).toBe('x/llama');
  });
});

describe('the reason', () => {
  test.each<[string, ChatRequest, RegExp[]]>([
    ['by name', ask('claude-opus-5-5'), [/^by name$/]],
    [
      'by score',
      ask('auto', PROOF),
      [/^auto -> opus \(score 0\.\d\d: reasoning \d/, /^auto -> sonnet \(after opus\)$/],
    ],
    ['nothing to say', ask('auto', ''), [/^auto -> haiku \(score 0\.\d\d: brief -/]],
  ])('%s', (_name, request, patterns) => {
    const reasons = chosen(request, viewOf(THREE)).candidates.map(({ reason }) => reason);
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
    ['tools go to those who use them', ask('auto', 'Hello', { tools: [tool] }), SMALL, ['hearer', 'blind']],
    ['so do functions of old', ask('auto', 'Hello', { functions: [{ name: 'x' }] }), SMALL, ['hearer', 'blind']],
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
    expect(idsOf(chosen(request, viewOf(models), { estimate: weight }))).toEqual(ids);
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
      routing: viewOf({ haiku: models.haiku }),
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
      routing: viewOf(THREE),
      error: NOT_FOUND,
      says: /"claude-opus-55" does not exist here\. Near it: claude-opus-5-5, /,
    },
    {
      name: 'half of a name, with a slip, though others are as short',
      request: ask('clade'),
      routing: viewOf({ ...THREE, o3: [deployment('a/o3')], 'gpt-5': [deployment('a/gpt-5')] }),
      error: NOT_FOUND,
      says: /Near it: claude-/,
    },
    { name: 'a name that every object has', request: ask('constructor'), error: NOT_FOUND, says: /"constructor"/ },
    {
      name: 'a route without models',
      request: ask('auto'),
      routing: viewOf({}),
      error: NOT_FOUND,
      says: /No configured model belongs to "auto"/,
    },
  ];
  test.each(refused)('refused: $name', ({ request, weight = SMALL, routing = viewOf(models), error, says }) => {
    const thrown = thrownBy(() => chosen(request, routing, { estimate: weight }));
    expect(thrown).toBeInstanceOf(GatewayError);
    expect(thrown).toMatchObject(error);
    expect(String(thrown)).toMatch(new RegExp(says.source.replace('^', '^GatewayError: ')));
  });

  test('no neighbour is named that the key may not ask for', () => {
    const allowed = { models: [['claude-h*']], routes: [[]], doors: [] };
    const choosing = () => chosen(ask('claude-opus-55'), viewOf(THREE), { caller: { ...ANYONE, allowed } });
    expect(choosing).toThrow(/Near it: claude-haiku-5-5$/);
    const none = { ...ANYONE, allowed: { ...allowed, models: [['gpt-*']] } };
    expect(() => chosen(ask('gpt-5'), viewOf(THREE), { caller: none })).toThrow(/"gpt-5" does not exist here$/);
  });

  test('at most ten neighbours are named', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`model-${index}`, [deployment('a/b')]]));
    expect(() => chosen(ask('modle-1'), viewOf(many))).toThrow(/Near it: (?:[\w.-]+, ){9}[\w.-]+$/);
  });
});

const PRICED: Record<string, Partial<Deployment>> = {
  haiku: { price: { input: 1, output: 5 } },
  sonnet: { price: { input: 3, output: 15 } },
  opus: { price: { input: 5, output: 25 } },
};
const priced = (name: string, more: Partial<Deployment> = {}) =>
  deployment(`p/${name}`, {}, { ...PRICED[name], ...more });
const LADDER = { haiku: [priced('haiku')], sonnet: [priced('sonnet')], opus: [priced('opus')] };

describe('ceilings', () => {
  test.each<[string, object, string[]]>([
    ['without one the tiers are climbed', {}, ['p/haiku', 'p/sonnet', 'p/opus']],
    ['too dear ones are left out', { maxCostUsd: 0.007 }, ['p/haiku', 'p/sonnet']],
    ['and dearer ones too', { maxCostUsd: 0.0025 }, ['p/haiku']],
  ])('%s', (_sentence, ceilings, ids) => {
    expect(idsOf(chosen(ask('auto'), viewOf(LADDER), { ceilings }))).toEqual(ids);
  });

  test('are of all answers together', () => {
    const three = ask('auto', 'Hello', { n: 3 });
    expect(idsOf(chosen(three, viewOf(LADDER), { ceilings: { maxCostUsd: 0.007 } }))).toEqual(['p/haiku']);
  });

  test('that nobody keeps are an error that names the field and the cost', () => {
    expect(() => chosen(ask('auto'), viewOf(LADDER), { ceilings: { maxCostUsd: 0.0001 } })).toThrow(
      expect.objectContaining({
        kind: 'unsupported',
        param: 'max_cost_usd',
        message: expect.stringMatching(/\$0\.002/),
      }),
    );
  });

  test('say what came nearest to them', () => {
    const view = viewOf({ m: [priced('opus'), priced('haiku'), priced('sonnet')] });
    const choosing = () => chosen(ask('m'), view, { ceilings: { maxCostUsd: 0.0001 } });
    expect(choosing).toThrow('Nothing configured as "m" is within max_cost_usd: p/haiku costs about $0.0021');
  });

  test('are the reason where they push a request out of its tier', () => {
    const [first] = chosen(ask('auto', PROOF), viewOf(LADDER), { ceilings: { maxCostUsd: 0.007 } }).candidates;
    expect(first?.reason).toMatch(/^auto -> sonnet \(opus: costs about \$0\.0\d+, more than \$0\.007\)$/);
  });

  test('hold for a model asked for by name, and say why it was dropped', () => {
    const two = { m: [priced('opus'), priced('haiku')] };
    const choice = chosen(ask('m'), viewOf(two), { ceilings: { maxCostUsd: 0.005 } });
    expect(idsOf(choice)).toEqual(['p/haiku']);
    expect(choice.dropped).toMatchObject([{ deployment: { id: 'p/opus' }, why: expect.stringContaining('more than') }]);
  });
});

describe('a conversation', () => {
  const cache = { promptCache: { automatic: true, lifetimeMs: 300_000, minimumTokens: 1_000 } };
  const cached = (name: string) =>
    priced(name, { ...cache, price: { ...(PRICED[name]?.price ?? { input: 0, output: 0 }), cacheRead: 0.1 } });
  const view = viewOf({ haiku: [cached('haiku')], sonnet: [cached('sonnet')], opus: [cached('opus')] });
  const estimate = { inputTokens: 50_000, outputTokens: 1_000 };
  const headers = { 'x-signalbox-session': 's1' };
  const memoryAt = (name: string, tier: string) => {
    const memory = memoryOf();
    const usage = { prompt_tokens: 50_000, completion_tokens: 200, total_tokens: 50_200 };
    const { facts } = chosen(ask('auto', PROOF), view, { headers });
    memory.sessions.note('test', facts.session, { deployment: cached(name), tier, usage }, 990_000);
    return memory;
  };

  test('stays where its prompt is cached, though it has become easy', () => {
    const choice = chosen(ask('auto', 'What is the capital of France?'), view, {
      headers,
      estimate,
      memory: memoryAt('opus', 'opus'),
    });
    expect(idsOf(choice)[0]).toBe('p/opus');
    expect(choice.candidates[0]).toMatchObject({
      tier: 'opus',
      reason: expect.stringMatching(/stays: .*cache is warm/),
    });
  });

  test('has its title made where its prompt is cached, if that is cheaper', () => {
    const title = {
      messages: [{ role: 'user' as const, content: 'Generate a concise title for this conversation, 3-5 words' }],
      max_tokens: 20,
    };
    const choice = (tokens: number) =>
      chosen(ask('auto', '', title), view, {
        headers,
        estimate: { inputTokens: tokens, outputTokens: 20 },
        memory: memoryAt('opus', 'opus'),
      });
    expect(choice(50_000).facts.isHousekeeping).toBe(true);
    expect(idsOf(choice(50_000))[0]).toBe('p/opus');
  });

  test('goes up when it has become hard', () => {
    const memory = memoryAt('haiku', 'haiku');
    expect(idsOf(chosen(ask('auto', PROOF), view, { headers, estimate, memory }))[0]).toBe('p/opus');
  });

  test('is not drawn up by a pool that somebody named: nobody wants a higher tier there', () => {
    const rules = { rules: [{ name: 'pool', do: { use: ['opus', 'haiku'] } }] };
    const named = viewOf({ haiku: [cached('haiku')], opus: [cached('opus')] }, { rules });
    const [first] = chosen(ask('auto', PROOF), named, {
      headers,
      estimate,
      memory: memoryAt('haiku', 'haiku'),
    }).candidates;
    expect(first).toMatchObject({
      deployment: { id: 'p/haiku' },
      tier: 'haiku',
      reason: expect.stringContaining('cache is warm'),
    });
  });

  test('goes down when nothing of it is cached any more', () => {
    const choice = chosen(ask('auto', 'What is the capital of France?'), view, {
      headers,
      estimate,
      memory: memoryAt('opus', 'opus'),
      nowMs: 990_000 + 3_600_000,
    });
    expect(idsOf(choice)[0]).toBe('p/haiku');
  });

  test('never moves in the middle of a tool loop', () => {
    const call = { id: 'c', type: 'function' as const, function: { name: 'x', arguments: '{}' } };
    const request: ChatRequest = {
      model: 'auto',
      messages: [
        { role: 'user', content: PROOF },
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'c', content: '1' },
      ],
    };
    const memory = memoryAt('haiku', 'haiku');
    expect(idsOf(chosen(request, view, { headers, estimate, memory }))[0]).toBe('p/haiku');
  });

  test("is its own tenant's", () => {
    const choice = chosen(ask('auto', 'What is the capital of France?'), view, {
      headers,
      estimate,
      memory: memoryAt('opus', 'opus'),
      key: 'another',
    });
    expect(idsOf(choice)[0]).toBe('p/haiku');
  });
});

describe('rules of the operator', () => {
  const rulesOf = (then: object, when: object = {}) => ({ rules: [{ name: 'mine', when, do: then }] });

  test.each<[string, unknown, string, string[]]>([
    ['name models, and nothing else is tried', rulesOf({ use: 'opus' }), 'auto', ['p/opus']],
    ['hold for a name that they name', rulesOf({ use: 'haiku' }, { model: 'opus' }), 'opus', ['p/haiku']],
    ['leave other names alone', rulesOf({ use: 'haiku' }, { model: 'opus' }), 'sonnet', ['p/sonnet']],
    ['set a tier', rulesOf({ tier: 'opus', atLeast: 'opus' }), 'auto', ['p/opus']],
    [
      'name who comes after an outage',
      rulesOf({ use: 'haiku', fallbacks: { outage: 'opus' } }),
      'auto',
      ['p/haiku', 'p/opus'],
    ],
    [
      'take the cheapest first',
      rulesOf({ use: ['opus', 'haiku', 'sonnet'], strategy: 'cheapest' }),
      'auto',
      ['p/haiku', 'p/sonnet', 'p/opus'],
    ],
  ])('%s', (_sentence, rules, model, ids) => {
    expect(idsOf(chosen(ask(model), viewOf(LADDER, { rules })))).toEqual(ids);
  });

  test('keep models for refusals and for prompts that are too long', () => {
    const rules = rulesOf({ use: 'haiku', fallbacks: { context: 'sonnet', refusal: 'opus' } });
    const { candidates } = chosen(ask('auto'), viewOf(LADDER, { rules }));
    expect(candidates.map(({ deployment: { id }, after }) => [id, after])).toEqual([
      ['p/haiku', undefined],
      ['p/sonnet', 'context'],
      ['p/opus', 'refusal'],
    ]);
  });

  test('keep them for a route, too, whose tiers hold them already', () => {
    const rules = rulesOf({ fallbacks: { context: 'opus', refusal: ['haiku', 'opus'] } });
    const { candidates } = chosen(ask('auto'), viewOf(LADDER, { rules }));
    expect(candidates.map(({ deployment: { id }, after }) => [id, after])).toEqual([
      ['p/haiku', undefined],
      ['p/sonnet', undefined],
      ['p/opus', undefined],
      ['p/opus', 'context'],
      ['p/opus', 'refusal'], // Who refuses first is not asked again.
    ]);
  });

  test('do not keep for a refusal who cannot serve the request at all', () => {
    const rules = rulesOf({ fallbacks: { refusal: 'opus' } });
    const { candidates } = chosen(ask('auto'), viewOf(LADDER, { rules }), { ceilings: { maxCostUsd: 0.007 } });
    expect(candidates.map(({ deployment: { id } }) => id)).toEqual(['p/haiku', 'p/sonnet']);
  });

  test('send a prompt that fits nowhere else straight to those kept for it', () => {
    const small = deployment('p/small', { contextTokens: 1_000 });
    const rules = rulesOf({ use: 'small', fallbacks: { context: 'opus' } });
    const view = viewOf({ ...LADDER, small: [small] }, { rules });
    expect(idsOf(chosen(ask('auto'), view, { estimate: { inputTokens: 5_000, outputTokens: 10 } }))).toEqual([
      'p/opus',
    ]);
  });

  test('try a canary first, and then the model that was asked for', () => {
    const rules = rulesOf({ canary: { percent: 100, use: 'opus' } }, { model: 'haiku' });
    expect(idsOf(chosen(ask('haiku'), viewOf(LADDER, { rules })))).toEqual(['p/opus', 'p/haiku']);
  });

  const canary = { canary: { percent: 100, use: 'opus' } };
  test.each<[string, object, string[][]]>([
    [
      'a canary goes first whatever the strategy',
      rulesOf({ ...canary, use: ['sonnet', 'haiku'], strategy: 'cheapest' }),
      [
        ['p/opus', 'opus', "auto -> opus (canary of rule 'mine')"],
        ['p/haiku', 'haiku', 'auto -> after the canary'],
        ['p/sonnet', 'sonnet', 'auto -> after the canary'],
      ],
    ],
    [
      'who serves behind a canary does not pass for it',
      rulesOf({ ...canary, tier: 'sonnet', atMost: 'sonnet' }),
      [
        ['p/opus', 'opus', "auto -> opus (canary of rule 'mine')"],
        ['p/sonnet', 'sonnet', 'auto -> sonnet (after the canary)'],
        ['p/haiku', 'haiku', 'auto -> haiku (after the canary)'],
      ],
    ],
    [
      'a model that a rule names has its own tier',
      rulesOf({ use: ['sonnet', 'haiku'] }),
      [
        ['p/sonnet', 'sonnet', "auto -> sonnet,haiku (rule 'mine')"],
        ['p/haiku', 'haiku', "auto -> sonnet,haiku (rule 'mine')"],
      ],
    ],
  ])('%s', (_sentence, rules, told) => {
    const { candidates } = chosen(ask('auto'), viewOf(LADDER, { rules }));
    expect(candidates.map(({ deployment, tier, reason }) => [deployment.id, tier, reason])).toEqual(told);
  });

  test('with a canary send nobody back to the name from which a rule led away', () => {
    const rules = rulesOf({ ...canary, use: 'haiku' }, { model: 'sonnet' });
    expect(idsOf(chosen(ask('sonnet'), viewOf(LADDER, { rules })))).toEqual(['p/opus', 'p/haiku']);
  });

  test.each<[string, object, string]>([
    ['a rule', rulesOf({ use: ['opsu', 'sonet'] }), `rule 'mine'.use: no model is called "opsu"; there are opus, `],
    ['a canary', rulesOf({ canary: { percent: 1, use: 'opsu' } }), `rule 'mine'.canary: no model is called "opsu"`],
    ['a shadow copy', rulesOf({ shadow: { use: 'opsu' } }), `rule 'mine'.shadow: no model is called "opsu"`],
    ['a fallback', rulesOf({ fallbacks: { refusal: 'opsu' } }), `rule 'mine'.fallbacks.refusal: no model`],
    [
      'weights',
      rulesOf({ weights: { 'p/opsu': 1, opsu: 2 } }),
      `rule 'mine'.weights: no deployment, model or provider is called "p/opsu"; there are `,
    ],
    ['a route', { routes: { fast: { use: 'opsu' } } }, `routes.fast.use: no model is called "opsu"`],
  ])('that name nobody who serves here are wrong: %s', (_what, rules, says) => {
    expect(() => viewOf(LADDER, { rules })).toThrow(says);
  });

  test('may name more models than are served here', () => {
    const view = viewOf(LADDER, { rules: rulesOf({ use: ['opsu', 'opus'] }) });
    expect(idsOf(chosen(ask('auto'), view))).toEqual(['p/opus']);
  });

  const pinned = (pin: string) => chosen(ask('auto'), viewOf(LADDER), { headers: { 'x-signalbox-tier': pin } });

  test('read a pin in any case', () => {
    expect(idsOf(pinned('OPUS'))[0]).toBe('p/opus');
  });

  test('read it whatever case the tier has', () => {
    const own = {
      tiers: [
        { name: 'Small', models: ['haiku'] },
        { name: 'Big', models: ['opus'] },
      ],
      profiles: Object.fromEntries(['balanced', 'eco', 'quality'].map((name) => [name, { from: { Big: 0.5 } }])),
      routes: { 'auto-economy': { off: true }, 'auto-quality': { off: true } },
      guards: ['housekeeping', 'tools', 'structured output'].map((name) => ({ name, off: true })),
    };
    const view = viewOf(LADDER, { rules: own });
    expect(idsOf(chosen(ask('auto'), view, { headers: { 'x-signalbox-tier': 'big' } }))[0]).toBe('p/opus');
  });

  test('take a pin that is no tier for a mistake of the client, and no rule of theirs', () => {
    const error = { kind: 'invalid_request', param: 'x-signalbox-tier', message: expect.stringContaining('"mega"') };
    expect(() => pinned('mega')).toThrow(expect.objectContaining(error));
  });

  test('read a user who says nothing at all', () => {
    const messages = [{ role: 'user', content: null }] as unknown as ChatRequest['messages'];
    expect(idsOf(chosen(ask('auto', '', { messages }), viewOf(LADDER)))[0]).toBe('p/haiku');
  });

  test('reject with their own words', () => {
    const rules = rulesOf({ reject: 'Not on Sundays; ask platform@example.org' });
    expect(() => chosen(ask('auto'), viewOf(LADDER, { rules }))).toThrow(
      expect.objectContaining({ kind: 'rejected', status: 400, message: 'Not on Sundays; ask platform@example.org' }),
    );
  });

  test('copy a request to another model', () => {
    const rules = rulesOf({ shadow: { use: 'opus' } });
    expect(chosen(ask('auto'), viewOf(LADDER, { rules })).shadow?.id).toBe('p/opus');
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
