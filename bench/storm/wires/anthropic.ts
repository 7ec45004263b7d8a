import type { Levels } from '../buckets.ts';
import { EPOCH_MS, hear, parseBody, sse, textOf, type Trouble, type Wire } from './wire.ts';

interface Body {
  model: string;
  stream: boolean;
  max_tokens: number;
  messages: { role: string; content: unknown }[];
}

const ERRORS: Record<Trouble, { status: number; type: string; message: string; code?: string }> = {
  credential: { status: 401, type: 'authentication_error', message: 'invalid x-api-key' },
  error: { status: 500, type: 'api_error', message: 'Internal server error' },
  overloaded: { status: 529, type: 'overloaded_error', message: 'Overloaded' },
  rate: { status: 429, type: 'rate_limit_error', message: "This request would exceed your organization's rate limit" },
  spent: {
    status: 429,
    type: 'rate_limit_error',
    code: 'enforced_spend_limit_reached',
    message: `You have reached your API usage limits. You will regain access on ${new Date(EPOCH_MS + 9 * 86_400_000).toISOString().slice(0, 10)} at 00:00 UTC.`,
  },
  bad: { status: 400, type: 'invalid_request_error', message: 'messages: at least one message is required' },
  too_long: {
    status: 400,
    type: 'invalid_request_error',
    message: 'prompt is too long: 250000 tokens > 200000 maximum',
  },
};

const HEADER_NAMES = { requests: 'requests', input: 'input-tokens', output: 'output-tokens' } as const;

/** Anthropic's Messages: `retry-after` in whole seconds, limits with time stamps, and output counted as it is written. */
export const anthropicWire: Wire = {
  streamType: 'text/event-stream; charset=utf-8',

  read({ headers, body }) {
    const parsed = parseBody<Body>(body);
    const heard = hear((parsed?.messages ?? []).map(({ role, content }) => ({ role, text: textOf(content) })));
    if (!parsed || !heard) return undefined;
    const { model = '', stream = false, max_tokens: maxTokens = 0 } = parsed;
    return { ...heard, key: headers['x-api-key'] ?? '', model, stream, maxTokens };
  },

  need: ({ facts }) => ({ requests: 1, input: facts.inputTokens, output: 1 }),
  settle: (_, writtenTokens) => ({ output: writtenTokens - 1 }),
  limitHeaders,

  refusal(trouble, shortage) {
    const { status, type, message, code } = ERRORS[trouble];
    const seconds = shortage && Math.max(1, Math.ceil(shortage.waitMs / 1_000));
    return {
      status,
      headers: seconds === undefined ? {} : { 'retry-after': String(seconds) },
      body: JSON.stringify({
        type: 'error',
        error: { type, message, ...(code && { details: { error_code: code } }) },
        request_id: 'req_storm',
      }),
      ...(seconds !== undefined && { announcedMs: seconds * 1_000 }),
    };
  },

  whole: ({ facts, model, text }) =>
    JSON.stringify({
      ...messageOf(facts.id, model),
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      usage: { input_tokens: facts.inputTokens, output_tokens: facts.outputTokens },
    }),

  opening: ({ facts, model }) => [
    event('message_start', {
      message: { ...messageOf(facts.id, model), usage: { input_tokens: facts.inputTokens, output_tokens: 1 } },
    }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    event('ping', {}),
  ],
  piece: (_, text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  closing: ({ facts }) => [
    event('content_block_stop', { index: 0 }),
    event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: facts.outputTokens },
    }),
    event('message_stop', {}),
  ],
  errorEvent: () => event('error', { error: { type: ERRORS.overloaded.type, message: ERRORS.overloaded.message } }),
};

function messageOf(id: string, model: string) {
  return { id: `msg_${id}`, type: 'message', role: 'assistant', model, content: [], stop_reason: null };
}

function event(type: string, fields: object): Uint8Array {
  return sse({ type, ...fields }, type);
}

/** Tokens are rounded to thousands, and `reset` is when the bucket is full, in whole seconds. */
function limitHeaders(levels: Levels, dateMs: number): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const dimension of ['requests', 'input', 'output'] as const) {
    const level = levels[dimension];
    if (!level) continue;
    const step = dimension === 'requests' ? 1 : 1_000;
    const name = `anthropic-ratelimit-${HEADER_NAMES[dimension]}`;
    headers[`${name}-limit`] = String(level.limit);
    headers[`${name}-remaining`] = String(Math.round(level.remaining / step) * step);
    headers[`${name}-reset`] = new Date(dateMs + level.fullInMs).toISOString().replace(/\.\d+Z$/, 'Z');
  }
  return headers;
}
