import { PRACTICE_KEY } from '../credentials.ts';
import { Rejected } from '../rejected.ts';
import { idOf } from '../seal.ts';
import { type Asked, bearer, isoSeconds, type Wire } from '../wire.ts';
import { readMessages } from './read.ts';
import { event, toEvents, toMessage } from './write.ts';

export const anthropicWire: Wire = {
  dialect: 'anthropic',
  streamType: 'text/event-stream; charset=utf-8',

  authenticate({ headers }) {
    const key = headers.get('x-api-key') ?? bearer(headers);
    if (!key) throw new Rejected(401, 'x-api-key header is required');
    if (key !== PRACTICE_KEY) throw new Rejected(401, 'invalid x-api-key');
  },

  hear(asked) {
    const reading = readMessages(asked);
    return {
      ask: reading.ask,
      stream: reading.request.stream ?? false,
      whole: (script) => toMessage(reading, script, asked.seed),
      frames: (script) => toEvents(reading, script, asked.seed),
    };
  },

  headers: (asked) => ({ 'request-id': requestId(asked), ...rateLimits(asked) }),

  refusal: (rejected, asked) => ({
    headers: { 'x-should-retry': String(isTransient(rejected.status)), ...rejected.waitHeader },
    body: { type: 'error', error: errorOf(rejected), request_id: requestId(asked) },
  }),

  troubleFrame: (rejected) => event({ type: 'error', error: errorOf(rejected) }),
};

const TYPES: Record<number, string> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

function errorOf({ status, word, message }: Rejected) {
  return {
    details: null,
    type: word ?? TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error'),
    message,
  };
}

function isTransient(status: number): boolean {
  return status === 429 || status === 529 || status === 503;
}

function requestId({ seed }: Asked): string {
  return `req_011${idOf(seed, 'request', 21)}`;
}

function rateLimits({ nowMs }: Asked): Record<string, string> {
  const limits: Record<string, string> = {};
  for (const [name, limit] of [
    ['requests', 4000],
    ['input-tokens', 400_000],
    ['output-tokens', 80_000],
  ] as const) {
    limits[`anthropic-ratelimit-${name}-limit`] = String(limit);
    limits[`anthropic-ratelimit-${name}-remaining`] = String(limit - (name === 'requests' ? 1 : 0));
    limits[`anthropic-ratelimit-${name}-reset`] = isoSeconds(nowMs);
  }
  return limits;
}
