import { EventStreamCodec } from '@smithy/eventstream-codec';
import { bearerOf, bytes, hear, parseBody, textOf, type Trouble, type Wire } from './wire.ts';

interface Body {
  messages: { role: string; content: unknown }[];
  inferenceConfig: { maxTokens?: number };
}

const utf8 = new TextDecoder();
const codec = new EventStreamCodec((input) => utf8.decode(input), bytes);

const ERRORS: Record<Trouble, { status: number; name: string; message: string }> = {
  credential: {
    status: 403,
    name: 'UnrecognizedClientException',
    message: 'The security token included in the request is invalid.',
  },
  error: {
    status: 500,
    name: 'InternalServerException',
    message: 'The system encountered an unexpected error during processing. Try your request again.',
  },
  overloaded: {
    status: 503,
    name: 'ServiceUnavailableException',
    message: 'Bedrock is unable to process your request.',
  },
  rate: { status: 429, name: 'ThrottlingException', message: 'Too many tokens, please wait before trying again.' },
  spent: {
    status: 429,
    name: 'ThrottlingException',
    message: 'Too many tokens per day, please wait before trying again.',
  },
  bad: { status: 400, name: 'ValidationException', message: 'Malformed input request' },
  too_long: { status: 400, name: 'ValidationException', message: 'Input is too long for requested model.' },
};

const TOO_MANY_REQUESTS = 'Too many requests, please wait before trying again.';

/** Bedrock's Converse: no header tells anything, and `maxTokens` is held from arrival to end. */
export const bedrockWire: Wire = {
  streamType: 'application/vnd.amazon.eventstream',

  read({ url, headers, body }) {
    const parsed = parseBody<Body>(body);
    const heard = hear((parsed?.messages ?? []).map(({ role, content }) => ({ role, text: textOf(content) })));
    if (!parsed || !heard) return undefined;
    const stream = url.endsWith('/converse-stream');
    const model = /\/model\/([^/]+)\//.exec(url)?.[1] ?? '';
    return { ...heard, key: bearerOf(headers), model, stream, maxTokens: parsed.inferenceConfig?.maxTokens ?? 64_000 };
  },

  need: ({ facts, maxTokens }) => ({ requests: 1, tokens: facts.inputTokens + maxTokens }),
  settle: ({ maxTokens }, writtenTokens) => ({ tokens: writtenTokens - maxTokens }),
  limitHeaders: () => ({}),

  refusal(trouble, shortage) {
    const { status, name, message } = ERRORS[trouble];
    const isCount = shortage?.dimension === 'requests' || shortage?.dimension === 'concurrency';
    return {
      status,
      headers: { 'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/` },
      body: JSON.stringify({ message: isCount ? TOO_MANY_REQUESTS : message }),
    };
  },

  whole: ({ facts, text }) =>
    JSON.stringify({
      metrics: { latencyMs: 1 },
      output: { message: { role: 'assistant', content: [{ text }] } },
      stopReason: 'end_turn',
      usage: usageOf(facts),
    }),

  opening: () => [event('messageStart', { role: 'assistant' })],
  piece: (_, text) => event('contentBlockDelta', { contentBlockIndex: 0, delta: { text } }),
  closing: ({ facts }) => [
    event('contentBlockStop', { contentBlockIndex: 0 }),
    event('messageStop', { stopReason: 'end_turn' }),
    event('metadata', { metrics: { latencyMs: 1 }, usage: usageOf(facts) }),
  ],
  errorEvent: () =>
    encode(
      { ':exception-type': 'modelStreamErrorException', ':message-type': 'exception' },
      { message: 'The model failed while it was answering.' },
    ),
};

function usageOf({ inputTokens, outputTokens }: { inputTokens: number; outputTokens: number }) {
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}

function event(type: string, payload: object): Uint8Array {
  return encode({ ':event-type': type, ':message-type': 'event' }, payload);
}

function encode(named: Record<string, string>, payload: object): Uint8Array {
  const all = Object.entries({ ...named, ':content-type': 'application/json' });
  const headers = Object.fromEntries(all.map(([name, value]) => [name, { type: 'string' as const, value }]));
  return codec.encode({ headers, body: bytes(JSON.stringify(payload)) });
}
