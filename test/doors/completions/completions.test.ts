/** OpenAI's legacy completions: what is read, what is refused, and what the official SDK gets. */
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { AnswerCollector } from '../../../src/answers/collector.ts';
import { GatewayError } from '../../../src/core/errors.ts';
import { COMPLETIONS } from '../../../src/doors/completions/door.ts';
import { completionPen } from '../../../src/doors/completions/pen.ts';
import { readCompletion } from '../../../src/doors/completions/read.ts';
import { makeWorld, MODELS } from '../gemini/world.ts';

const LIMITS = { maxBodyBytes: 1_000_000, maxMessages: 100, maxDepth: 20 };
const read = (body: object) => readCompletion(JSON.stringify({ model: 'm', prompt: 'Once', ...body }), LIMITS);
const messages = [{ role: 'user', content: 'Once' }];

describe('a legacy completion', () => {
  it.each<[string, object, object]>([
    ['is a chat of one message', {}, { model: 'm', messages }],
    ['may be a list of one', { prompt: ['Once'] }, { model: 'm', messages }],
    [
      'keeps what both know',
      { max_tokens: 5, stop: ['x'], n: 2, seed: 1 },
      { max_tokens: 5, stop: ['x'], n: 2, seed: 1 },
    ],
    ['keeps what neither knows', { min_p: 0.1 }, { min_p: 0.1 }],
    ['asks for log probabilities by their number', { logprobs: 3 }, { logprobs: true, top_logprobs: 3 }],
    ['asks for those of its own tokens alone', { logprobs: 0 }, { logprobs: true }],
    ['may want the best of as many as it gets', { best_of: 2, n: 2 }, { n: 2 }],
    ['may name an empty suffix', { suffix: '' }, { messages }],
  ])('%s', (_what, body, expected) => {
    const { request } = read(body);
    expect(request).toMatchObject(expected);
    for (const gone of ['prompt', 'suffix', 'echo', 'best_of']) expect(request).not.toHaveProperty(gone);
  });

  it('takes its ceilings out of the request', () => {
    const { request, ceilings } = read({ max_cost_usd: 0.5, max_latency_ms: 900 });
    expect(ceilings).toEqual({ maxCostUsd: 0.5, maxLatencyMs: 900 });
    expect(request).not.toHaveProperty('max_cost_usd');
  });

  it.each<[string, object, string]>([
    ['no model', { model: undefined }, 'model'],
    ['no prompt', { prompt: undefined }, 'prompt'],
    ['an empty prompt', { prompt: ' ' }, 'prompt'],
    ['several prompts', { prompt: ['a', 'b'] }, 'prompt'],
    ['tokens', { prompt: [1, 2] }, 'prompt'],
    ['lists of tokens', { prompt: [[1, 2]] }, 'prompt'],
    ['a prompt that is a number', { prompt: 5 }, 'prompt'],
    ['a suffix', { suffix: 'end' }, 'suffix'],
    ['more answers than are given back', { best_of: 3 }, 'best_of'],
    ['an echo with log probabilities', { echo: true, logprobs: 1 }, 'echo'],
    ['messages', { messages }, 'messages'],
    ['tools', { tools: [] }, 'tools'],
    ['a temperature out of range', { temperature: 3 }, 'temperature'],
    ['log probabilities that are no number', { logprobs: true }, 'logprobs'],
  ])('with %s is refused', (_what, body, param) => {
    let thrown: unknown;
    try {
      read(body);
    } catch (cause) {
      thrown = cause;
    }
    expect(thrown).toBeInstanceOf(GatewayError);
    expect(thrown).toMatchObject({ kind: 'invalid_request', param });
  });

  it('is nobody’s own wire', () => {
    const asked = { limits: LIMITS, header: () => undefined, param: () => undefined };
    const { original } = COMPLETIONS.read('{"model":"m","prompt":"Once"}', asked);
    expect(original).toMatchObject({ wire: 'completions', passes: false });
  });
});

describe('its answer', () => {
  const stamp = { newId: (prefix: string) => `${prefix}1`, createdSeconds: 7, model: 'asked', includeUsage: true };
  const token = (text: string) => ({
    token: text,
    logprob: -0.5,
    bytes: [],
    top_logprobs: [{ token: 'X', logprob: -1, bytes: [] }],
  });
  const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };

  it('has log probabilities in lists side by side, whole and streamed alike', () => {
    const whole = new AnswerCollector();
    const pen = completionPen('Once ');
    const stream = completionPen('Once ').stream(stamp);
    for (const sink of [whole, stream]) {
      sink.start({ model: 'real' });
      const choice = sink.choice(0);
      choice.text('upon');
      choice.logprobs({ content: [token('up')], refusal: null });
      choice.logprobs({ content: [token('on')], refusal: null });
      choice.finish('tool_calls', null);
      sink.usage(usage);
    }
    stream.close();
    const logprobs = {
      tokens: ['up', 'on'],
      token_logprobs: [-0.5, -0.5],
      top_logprobs: [{ X: -1 }, { X: -1 }],
      text_offset: [5, 7],
    };
    expect(JSON.parse(pen.whole(whole, stamp))).toEqual({
      id: 'cmpl-1',
      object: 'text_completion',
      created: 7,
      model: 'real',
      choices: [{ text: 'Once upon', index: 0, logprobs, finish_reason: 'stop' }],
      usage,
    });
    const frames = stream.take().split('\n\n');
    expect(frames.slice(-2)).toEqual(['data: [DONE]', '']);
    const chunks = frames.slice(0, -2).map((frame) => JSON.parse(frame.slice(6)) as Chunk);
    const pieces = chunks.flatMap(({ choices }) => choices);
    expect(pieces.map(({ text }) => text).join('')).toBe('Once upon');
    expect(pieces.flatMap((piece) => piece.logprobs?.text_offset ?? [])).toEqual([5, 7]);
    expect(pieces.map(({ finish_reason: reason }) => reason).filter(Boolean)).toEqual(['stop']);
    expect(chunks.at(-1)).toMatchObject({ id: 'cmpl-1', object: 'text_completion', choices: [], usage });
  });
});

interface Chunk {
  choices: { text: string; logprobs: { text_offset: number[] } | null; finish_reason: string | null }[];
}

describe.each(MODELS)('the openai SDK with %s', (model) => {
  const { fetch } = makeWorld();
  const client = new OpenAI({
    apiKey: 'none',
    baseURL: 'http://router.test/v1',
    maxRetries: 0,
    fetch: (url, init) => fetch(new Request(url, init)),
  });

  it('completes whole, and the same streamed', async () => {
    const whole = await client.completions.create({ model, prompt: 'Say hello', echo: true });
    expect(whole.object).toBe('text_completion');
    expect(whole.choices[0]?.text).toMatch(/^Say helloThis is a practice answer/);
    expect(whole.choices[0]?.finish_reason).toBe('stop');
    expect(whole.usage?.total_tokens).toBeGreaterThan(0);
    let text = '';
    let usage;
    const options = { include_usage: true };
    const asked = { model, prompt: 'Say hello', echo: true, stream: true, stream_options: options } as const;
    for await (const chunk of await client.completions.create(asked)) {
      text += chunk.choices[0]?.text ?? '';
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe(whole.choices[0]?.text);
    expect(usage).toEqual(whole.usage);
  });

  it('raises a late error', async () => {
    const read = async () => {
      const prompt = 'Hi [practice: error words=200]';
      for await (const _ of await client.completions.create({ model, prompt, stream: true }));
    };
    await expect(read()).rejects.toBeInstanceOf(OpenAI.APIError);
  });
});
