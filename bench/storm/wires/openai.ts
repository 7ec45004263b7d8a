import type { Levels } from '../buckets.ts';
import { type Asked, bearerOf, bytes, hear, parseBody, sse, textOf, type Trouble, type Wire } from './wire.ts';

interface Body {
  model: string;
  stream: boolean;
  max_tokens: number;
  max_completion_tokens: number;
  stream_options: { include_usage?: boolean };
  messages: { role: string; content: unknown }[];
}

interface Complaint {
  status: number;
  message: string;
  type: string;
  code: string | null;
}

const ERRORS: Record<Trouble, Complaint> = {
  credential: {
    status: 401,
    message: 'Incorrect API key provided.',
    type: 'invalid_request_error',
    code: 'invalid_api_key',
  },
  error: {
    status: 500,
    message: 'The server had an error while processing your request.',
    type: 'server_error',
    code: null,
  },
  overloaded: {
    status: 503,
    message: 'The server is currently overloaded with other requests.',
    type: 'service_unavailable_error',
    code: 'server_is_overloaded',
  },
  rate: { status: 429, message: 'Rate limit reached.', type: 'tokens', code: 'rate_limit_exceeded' },
  spent: {
    status: 429,
    message: 'You exceeded your current quota, please check your plan and billing details.',
    type: 'insufficient_quota',
    code: 'credit_balance_exhausted',
  },
  bad: {
    status: 400,
    message: "Invalid value for 'messages'.",
    type: 'invalid_request_error',
    code: 'invalid_value',
  },
  too_long: {
    status: 400,
    message: "This model's maximum context length is 128000 tokens.",
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
  },
};

/** OpenAI's Chat Completions: durations in headers, and `max_tokens` counted on arrival, never given back. */
export const openaiWire: Wire = {
  streamType: 'text/event-stream; charset=utf-8',

  read({ headers, body }) {
    const parsed = parseBody<Body>(body);
    const heard = hear((parsed?.messages ?? []).map(({ role, content }) => ({ role, text: textOf(content) })));
    if (!parsed || !heard) return undefined;
    const { model = '', stream = false, max_tokens: old = 0, max_completion_tokens: maxTokens = old } = parsed;
    const wantsUsage = parsed.stream_options?.include_usage === true;
    return { ...heard, key: bearerOf(headers), model, stream, maxTokens, wantsUsage };
  },

  need: ({ facts, maxTokens }) => ({
    requests: 1,
    tokens: facts.inputTokens + Math.max(maxTokens, facts.outputTokens),
  }),
  settle: () => ({}),
  limitHeaders,

  refusal(trouble, shortage) {
    const { status, ...complaint } = ERRORS[trouble];
    const type = shortage && shortage.dimension === 'requests' ? 'requests' : complaint.type;
    const waitMs = shortage && Math.ceil(shortage.waitMs);
    return {
      status,
      headers:
        waitMs === undefined
          ? {}
          : { 'retry-after-ms': String(waitMs), 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))) },
      body: JSON.stringify({ error: { ...complaint, type, param: null } }),
      ...(waitMs !== undefined && { announcedMs: waitMs }),
    };
  },

  whole: ({ facts, model, text }) =>
    JSON.stringify({
      id: `chatcmpl-${facts.id}`,
      object: 'chat.completion',
      created: 1,
      model,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: text, refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: usageOf(facts),
    }),

  opening: (asked) => [chunk(asked, { role: 'assistant', content: '' }, null)],
  piece: (asked, text) => chunk(asked, { content: text }, null),
  closing: (asked) => [
    chunk(asked, {}, 'stop'),
    ...(asked.wantsUsage ? [sse({ ...headOf(asked), choices: [], usage: usageOf(asked.facts) })] : []),
    bytes('data: [DONE]\n\n'),
  ],
  errorEvent: () => sse({ error: { ...ERRORS.error, param: null } }),
};

function chunk(asked: Asked, delta: object, finish: string | null): Uint8Array {
  return sse({ ...headOf(asked), choices: [{ index: 0, delta, finish_reason: finish }] });
}

function headOf({ facts, model }: Asked) {
  return { id: `chatcmpl-${facts.id}`, object: 'chat.completion.chunk', created: 1, model };
}

function usageOf({ inputTokens, outputTokens }: Asked['facts']) {
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}

function limitHeaders(levels: Levels): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const dimension of ['requests', 'tokens'] as const) {
    const level = levels[dimension];
    if (!level) continue;
    headers[`x-ratelimit-limit-${dimension}`] = String(level.limit);
    headers[`x-ratelimit-remaining-${dimension}`] = String(level.remaining);
    headers[`x-ratelimit-reset-${dimension}`] = duration(level.fullInMs);
  }
  return headers;
}

/** `12ms`, `1.5s`, `6m0s`. */
function duration(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)}ms`;
  if (ms < 60_000) return `${Number((ms / 1_000).toFixed(3))}s`;
  return `${Math.floor(ms / 60_000)}m${Math.round((ms % 60_000) / 1_000)}s`;
}
