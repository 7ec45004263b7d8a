/** The relay hands on bytes; what it knows of them must not depend on how the network cut them. */
import { describe, expect, it } from 'vitest';
import { ChatRelay, factsOfWhole, type RelayOptions } from '../../src/answers/relay.ts';
import { GatewayError } from '../../src/core/errors.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const USAGE = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };
const THOUGHT = { completion_tokens_details: { reasoning_tokens: 28 } };

function chunk(fields: Record<string, unknown>): string {
  const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-2024-08-06' };
  return `data: ${JSON.stringify({ ...head, ...fields })}\n\n`;
}

function delta(said: Record<string, unknown>, finish: string | null = null, index = 0): string {
  return chunk({ choices: [{ index, delta: said, logprobs: null, finish_reason: finish }], usage: null });
}

const ROLE = delta({ role: 'assistant', content: '' });
const HELLO = delta({ content: 'Grüße, 漢字 🚢' });
const STOP = delta({}, 'stop');
const COUNT = chunk({ choices: [], usage: USAGE });
const DONE = 'data: [DONE]\n\n';

interface Heard {
  text: string;
  facts: ChatRelay['facts'];
}

function relay(pieces: readonly Uint8Array[], options: RelayOptions = { includeUsage: true }): Heard {
  const relaying = new ChatRelay(options);
  let text = '';
  for (const piece of pieces) {
    const passed = decoder.decode(relaying.push(piece));
    expect(passed, 'only whole frames pass').toMatch(/^$|(\n\n|\r\n\r\n|\r\r)$/);
    text += passed;
  }
  text += relaying.end();
  return { text, facts: relaying.facts };
}

function relayText(stream: string, options?: RelayOptions): Heard {
  return relay([encoder.encode(stream)], options);
}

/** Once cut at every byte, once byte by byte, and whole. */
function* cuts(stream: string): Generator<Uint8Array[]> {
  const bytes = encoder.encode(stream);
  yield [bytes];
  for (let at = 1; at < bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
  yield Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
}

function thrown(act: () => unknown): GatewayError {
  try {
    act();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a relayed stream', () => {
  const rows: {
    name: string;
    stream: string;
    options?: RelayOptions;
    /** What the client gets, where it is not the stream itself. */
    passes?: string;
    facts?: Record<string, unknown>;
  }[] = [
    {
      name: 'passes untouched, and its model, end and count are known',
      stream: ROLE + HELLO + HELLO + STOP + COUNT + DONE,
      facts: { model: 'gpt-4o-2024-08-06', upstreamId: 'chatcmpl-1', usage: USAGE, finishReason: 'stop', said: true },
    },
    {
      name: 'loses the count that the client did not ask for',
      stream: ROLE + HELLO + STOP + COUNT + DONE,
      options: { includeUsage: false },
      passes: ROLE + HELLO + STOP + DONE,
      facts: { usage: USAGE },
    },
    {
      name: 'loses such a count when it is written with spaces',
      stream: `${ROLE + HELLO + STOP}data: {"id": "x", "choices": [], "usage" : {"prompt_tokens": 1, "completion_tokens": 2}}\n\n${DONE}`,
      options: { includeUsage: false },
      passes: ROLE + HELLO + STOP + DONE,
      facts: { usage: { prompt_tokens: 1, completion_tokens: 2 } },
    },
    {
      name: 'keeps a count that comes with the end',
      stream: ROLE + HELLO + chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: USAGE }) + DONE,
      options: { includeUsage: false },
      facts: { usage: USAGE, finishReason: 'stop' },
    },
    {
      name: 'keeps the first chunk of Azure, which has no choices either',
      stream: chunk({ choices: [], model: '', prompt_filter_results: [] }) + ROLE + HELLO + STOP + DONE,
      options: { includeUsage: false },
      facts: { model: 'gpt-4o-2024-08-06' },
    },
    {
      name: 'gets the [DONE] that the provider forgot',
      stream: ROLE + HELLO + STOP,
      passes: ROLE + HELLO + STOP + DONE,
    },
    {
      name: 'gets the blank line that the provider forgot',
      stream: (ROLE + HELLO + STOP + DONE).trimEnd(),
      passes: ROLE + HELLO + STOP + DONE,
    },
    {
      name: 'may use CRLF',
      stream: (ROLE + HELLO + STOP + COUNT + DONE).replaceAll('\n', '\r\n'),
      facts: { usage: USAGE, finishReason: 'stop' },
    },
    {
      name: 'may use CR',
      stream: (ROLE + HELLO + STOP + COUNT + DONE).replaceAll('\n', '\r'),
      facts: { usage: USAGE, finishReason: 'stop' },
    },
    {
      name: 'keeps comments and event names',
      stream: `: OPENROUTER PROCESSING\n\n${ROLE}event: message\n${HELLO}: ping\n\n${STOP + DONE}`,
    },
    {
      name: 'may talk of usage, errors and ends',
      stream:
        ROLE +
        delta({ content: '{"usage":{"a":1},"error":{"b":2},"finish_reason":"x"} data: [DONE]\n\n' }) +
        delta({ tool_calls: [{ index: 0, function: { arguments: '{"error":{"usage":{"' } }] }) +
        delta({ content: 'reason' }) +
        delta({}, 'tool_calls') +
        DONE,
      facts: { usage: undefined, finishReason: 'tool_calls' },
    },
    {
      name: 'may end its choices one after the other',
      stream:
        ROLE + HELLO + delta({}, 'stop') + delta({ content: 'b' }, null, 1) + delta({}, 'length', 1) + COUNT + DONE,
      facts: { finishReason: 'length', usage: USAGE },
    },
    {
      name: 'may end with a word of the provider',
      stream: ROLE + HELLO + delta({}, 'eos_token') + DONE,
      facts: { finishReason: 'stop', nativeFinishReason: 'eos_token' },
    },
    {
      name: 'may be counted in the manner of Groq',
      stream:
        ROLE + HELLO + chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], x_groq: { usage: USAGE } }),
      passes:
        ROLE +
        HELLO +
        chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], x_groq: { usage: USAGE } }) +
        DONE,
      facts: { usage: USAGE },
    },
    {
      name: 'may tell its cache hits in the manner of DeepSeek',
      stream: ROLE + HELLO + STOP + chunk({ choices: [], usage: { ...USAGE, prompt_cache_hit_tokens: 4 } }) + DONE,
      facts: {
        usage: { ...USAGE, prompt_cache_hit_tokens: 4, prompt_tokens_details: { cached_tokens: 4 } },
      },
    },
    {
      name: 'may count its reasoning beside the completion, as xAI does',
      stream: ROLE + HELLO + STOP + chunk({ choices: [], usage: { ...USAGE, total_tokens: 40, ...THOUGHT } }) + DONE,
      facts: { usage: { prompt_tokens: 9, completion_tokens: 31, total_tokens: 40 } },
    },
  ];
  describe.each(rows)('$name', ({ stream, options, passes = stream, facts = {} }) => {
    it('however it is cut', () => {
      for (const pieces of cuts(stream)) {
        const heard = relay(pieces, options);
        expect(heard.text).toBe(passes);
        expect(heard.facts).toMatchObject(facts);
      }
    });
  });

  it('is not copied where it ends with a frame', () => {
    const relaying = new ChatRelay({ includeUsage: true });
    const burst = encoder.encode(ROLE + HELLO + HELLO);
    expect(relaying.push(burst)).toBe(burst);
    const next = encoder.encode(HELLO + STOP + COUNT);
    expect(relaying.push(next)).toBe(next);
  });

  it('is passed on up to its last whole frame', () => {
    const relaying = new ChatRelay({ includeUsage: true });
    expect(decoder.decode(relaying.push(encoder.encode(ROLE + HELLO + HELLO.slice(0, 30))))).toBe(ROLE + HELLO);
    expect(decoder.decode(relaying.push(encoder.encode(HELLO.slice(30) + STOP)))).toBe(HELLO + STOP);
  });

  it('is an attack if a frame never ends', () => {
    const relaying = new ChatRelay({ includeUsage: true });
    const endless = encoder.encode('x'.repeat(1024 * 1024));
    expect(thrown(() => Array.from({ length: 10 }, () => relaying.push(endless))).kind).toBe('fault');
  });

  it('is guessed at, if nobody counts', () => {
    expect(relayText(ROLE + HELLO.repeat(50) + STOP + DONE).facts.characters).toBeGreaterThan(150);
  });
});

describe('the commit point', () => {
  it.each([
    { name: 'the role', said: { role: 'assistant', content: '' }, commits: false },
    { name: 'a null', said: { role: 'assistant', content: null, refusal: null, tool_calls: [] }, commits: false },
    { name: 'a word that is not for the reader', said: { channel: 'analysis' }, commits: false },
    { name: 'text', said: { content: 'a' }, commits: true },
    { name: 'reasoning', said: { reasoning_content: 'a' }, commits: true },
    { name: "OpenRouter's reasoning", said: { reasoning: 'a' }, commits: true },
    { name: 'a refusal', said: { refusal: 'a' }, commits: true },
    { name: 'a tool call', said: { tool_calls: [{ index: 0, id: 'a', function: { name: 'f' } }] }, commits: true },
    { name: 'an old function call', said: { function_call: { name: 'f' } }, commits: true },
  ])('$name: $commits', ({ said, commits }) => {
    const relaying = new ChatRelay({ includeUsage: true });
    relaying.push(encoder.encode(delta(said)));
    expect(relaying.facts.said).toBe(commits);
  });

  it('is an end without a word, too', () => {
    const relaying = new ChatRelay({ includeUsage: true });
    relaying.push(encoder.encode(ROLE + STOP));
    expect(relaying.facts.said).toBe(true);
  });
});

describe('a stream that fails', () => {
  it('is truncated at any byte before its end', () => {
    const bytes = encoder.encode(ROLE + HELLO + HELLO + STOP + DONE);
    const end = encoder.encode(ROLE + HELLO + HELLO + STOP.trimEnd()).length;
    for (let length = 0; length < end; length++) {
      expect(thrown(() => relay([bytes.subarray(0, length)])).kind).toBe('truncated');
    }
    for (let length = end; length <= bytes.length; length++) {
      expect(relay([bytes.subarray(0, length)]).text).toBe(ROLE + HELLO + HELLO + STOP + DONE);
    }
  });

  it.each(['insufficient_system_resource', 'error', 'abort'])('is truncated where it says so (%s)', (word) => {
    const relaying = new ChatRelay({ includeUsage: true });
    relaying.push(encoder.encode(ROLE + HELLO));
    expect(decoder.decode(relaying.push(encoder.encode(HELLO + delta({}, word) + DONE)))).toBe(HELLO);
    expect(thrown(() => relaying.end()).kind).toBe('truncated');
    const choice = { index: 0, message: { content: 'a' }, finish_reason: word };
    expect(thrown(() => factsOfWhole(JSON.stringify({ choices: [choice] }), undefined)).kind).toBe('truncated');
  });

  it('is truncated while one of several choices has not ended', () => {
    const both = ROLE + HELLO + delta({ content: 'b' }, null, 1) + STOP;
    const two = { includeUsage: true, choices: 2 };
    expect(thrown(() => relayText(both, two)).kind).toBe('truncated');
    expect(relayText(both + delta({}, 'stop', 1), two).facts.finishReason).toBe('stop');
  });

  it('does not say [DONE] without an end', () => {
    for (const said of [ROLE, ROLE + HELLO]) {
      const relaying = new ChatRelay({ includeUsage: true });
      expect(decoder.decode(relaying.push(encoder.encode(said + DONE)))).toBe(said);
      expect(thrown(() => relaying.end()).kind).toBe('truncated');
    }
  });

  const failures = [
    { name: "OpenAI's", frame: 'data: {"error":{"message":"Try later","type":"server_error","code":null}}\n\n' },
    { name: 'one with spaces', frame: 'data: {"error": {"message": "Try later", "code": 500}}\n\n' },
    { name: "Groq's", frame: 'event: error\ndata: {"error":{"message":"Try later","code":"tool_use_failed"}}\n\n' },
    { name: 'a bare sentence', frame: 'data: {"error":"Try later"}\n\n' },
    { name: "older vLLM's", frame: 'data: {"object":"error","message":"Try later","code":500}\n\n' },
  ];
  it.each(failures)('throws $name error, however it is cut', ({ frame }) => {
    for (const before of [ROLE, ROLE + HELLO]) {
      for (const pieces of cuts(before + frame)) expect(thrown(() => relay(pieces)).message).toMatch(/failed/);
    }
  });

  it('delivers what came before, once the answer is on its way', () => {
    const relaying = new ChatRelay({ includeUsage: false });
    relaying.push(encoder.encode(ROLE + HELLO));
    const passed = relaying.push(encoder.encode(`${HELLO + COUNT}data: {"error":"Try later"}\n\n${HELLO}`));
    expect(decoder.decode(passed)).toBe(HELLO);
    expect(relaying.failure?.kind).toBe('fault');
    expect(thrown(() => relaying.push(encoder.encode(HELLO)))).toBe(relaying.failure);
    expect(thrown(() => relaying.end())).toBe(relaying.failure);
  });

  it('delivers nothing if the answer has only begun with the same bytes: another may take over', () => {
    const relaying = new ChatRelay({ includeUsage: true });
    const bytes = encoder.encode(`${ROLE + HELLO}data: {"error":"Try later"}\n\n`);
    expect(thrown(() => relaying.push(bytes)).kind).toBe('fault');
  });

  it('lets the provider say what its error means', () => {
    const classify: RelayOptions['classify'] = ({ status, body }) => {
      expect(status).toBe(200);
      expect(JSON.parse(body)).toEqual({ error: { message: 'Slow down', code: 'slow_down' } });
      return new GatewayError('ramp', 'Slow down');
    };
    const stream = `${ROLE + HELLO}data: {"error":{"message":"Slow down","code":"slow_down"}}\n\n`;
    expect(thrown(() => relayText(stream, { includeUsage: true, classify })).kind).toBe('ramp');
  });

  it('is at fault when it is no JSON', () => {
    expect(thrown(() => relayText('data: <html>\n\n')).kind).toBe('fault');
  });
});

describe('a whole answer', () => {
  const answer = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'gpt-4o-2024-08-06',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hi there' }, finish_reason: 'length' }],
    usage: USAGE,
  };

  it('is known without being changed', () => {
    expect(factsOfWhole(JSON.stringify(answer), undefined)).toMatchObject({
      model: answer.model,
      upstreamId: answer.id,
      usage: USAGE,
      finishReason: 'length',
      nativeFinishReason: 'length',
      said: true,
      characters: 8,
    });
  });

  it.each(['', 'null', '[]', '{}', '<html>', '{"choices":[]}', '{"error":{"message":"No"}}'])('is not %j', (body) => {
    expect(thrown(() => factsOfWhole(body, undefined)).kind).toBe('fault');
  });
});
