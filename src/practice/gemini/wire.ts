import { PRACTICE_KEY } from '../credentials.ts';
import { Rejected } from '../rejected.ts';
import type { Wire } from '../wire.ts';
import { hearCount, isCount } from './count.ts';
import { readGenerate } from './read.ts';
import { frame, toAnswer, toEvents } from './write.ts';

const WRONG_KEY = 'API_KEY_INVALID';

export const geminiWire: Wire = {
  dialect: 'gemini',
  streamType: 'text/event-stream',

  authenticate({ headers, url }) {
    const key = headers.get('x-goog-api-key') ?? url.searchParams.get('key');
    if (!key) {
      const message =
        "Method doesn't allow unregistered callers (callers without established identity). " +
        'Please use API Key or other form of API consumer identity to call this API.';
      throw new Rejected(403, message);
    }
    if (key !== PRACTICE_KEY)
      throw new Rejected(400, 'API key not valid. Please pass a valid API key.', { word: WRONG_KEY });
  },

  hear(asked) {
    if (isCount(asked)) return hearCount(asked);
    const reading = readGenerate(asked);
    return {
      ask: reading.ask,
      stream: reading.stream,
      whole: (script) => toAnswer(reading, script, asked.seed),
      frames: (script) => toEvents(reading, script, asked.seed),
    };
  },

  headers: () => ({ 'content-type': 'application/json; charset=UTF-8', 'server-timing': 'gfet4t7; dur=1' }),

  refusal: (rejected, asked) => {
    const model = /\/models\/([^/:]+)/u.exec(asked.url.pathname)?.[1] ?? '';
    return { headers: {}, body: { error: errorOf(rejected, detailsOf(rejected, model)) } };
  },

  troubleFrame: (rejected) => frame({ error: errorOf(rejected, []) }),
};

const STATUSES: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'RESOURCE_EXHAUSTED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

function errorOf({ status, message }: Rejected, details: unknown[]) {
  const word = STATUSES[status] ?? (status < 500 ? 'FAILED_PRECONDITION' : 'UNAVAILABLE');
  return { code: status, message, status: word, ...(details.length > 0 && { details }) };
}

const TYPE = 'type.googleapis.com/google.rpc';

/** Where Gemini says what other providers put into headers: above all, how long to wait. */
function detailsOf({ status, word, param, message, retryAfterSeconds }: Rejected, model: string): unknown[] {
  if (word === WRONG_KEY) {
    const metadata = { service: 'generativelanguage.googleapis.com' };
    return [{ '@type': `${TYPE}.ErrorInfo`, reason: WRONG_KEY, domain: 'googleapis.com', metadata }];
  }
  if (status === 429) {
    const violation = {
      quotaMetric: 'generativelanguage.googleapis.com/generate_content_paid_tier_input_token_count',
      quotaId: 'GenerateContentPaidTierInputTokensPerModelPerMinute',
      quotaDimensions: { location: 'global', model },
      quotaValue: '1000000',
    };
    const retry =
      retryAfterSeconds === undefined ? [] : [{ '@type': `${TYPE}.RetryInfo`, retryDelay: `${retryAfterSeconds}s` }];
    return [{ '@type': `${TYPE}.QuotaFailure`, violations: [violation] }, ...retry];
  }
  if (param === undefined) return [];
  return [{ '@type': `${TYPE}.BadRequest`, fieldViolations: [{ field: param, description: message }] }];
}
