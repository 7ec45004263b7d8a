import { PRACTICE_KEY } from '../credentials.ts';
import { Rejected } from '../rejected.ts';
import { idOf } from '../seal.ts';
import type { Fault } from '../shape.ts';
import { bearer, type Wire } from '../wire.ts';

/** What chat completions and Responses have in common: credential, headers and the shape of a refusal. */
export const openaiWire: Pick<Wire, 'dialect' | 'streamType' | 'authenticate' | 'headers' | 'refusal'> = {
  dialect: 'openai',
  streamType: 'text/event-stream; charset=utf-8',

  authenticate({ headers }) {
    const key = bearer(headers);
    if (key === PRACTICE_KEY) return;
    if (!key)
      throw new Rejected(
        401,
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
      );
    const shown = key.length > 8 ? `${key.slice(0, 4)}***${key.slice(-4)}` : '***';
    throw new Rejected(401, `Incorrect API key provided: ${shown}.`, { word: 'invalid_api_key' });
  },

  headers: (asked) => ({
    'x-request-id': `req_${idOf(asked.seed, 'request', 32)}`,
    'openai-version': '2020-10-01',
    ...LIMITS,
  }),

  refusal: (rejected) => ({
    headers: retryHeaders(rejected),
    body: { error: errorOf(rejected) },
  }),
};

const LIMITS = {
  'x-ratelimit-limit-requests': '5000',
  'x-ratelimit-limit-tokens': '4000000',
  'x-ratelimit-remaining-requests': '4999',
  'x-ratelimit-remaining-tokens': '3999950',
  'x-ratelimit-reset-requests': '12ms',
  'x-ratelimit-reset-tokens': '0s',
};

const TYPES: Record<number, [type: string, code: string | null]> = {
  402: ['insufficient_quota', 'insufficient_quota'],
  429: ['requests', 'rate_limit_exceeded'],
  503: ['service_unavailable_error', 'server_is_overloaded'],
};

export function errorOf({ status, message, word, param }: Rejected) {
  const [type, code] =
    TYPES[status] ?? (status < 500 ? ['invalid_request_error', null] : ['server_error', 'server_error']);
  return { message, type, param: param ?? null, code: word ?? code };
}

function retryHeaders({ waitHeader, retryAfterSeconds }: Rejected): Record<string, string> {
  return retryAfterSeconds === undefined ? {} : { ...waitHeader, 'retry-after-ms': String(retryAfterSeconds * 1000) };
}

export function modelNotFound(model: string): Rejected {
  return new Rejected(404, `The model \`${model}\` does not exist or you do not have access to it.`, {
    word: 'model_not_found',
  });
}

export function invalid(message: string, param: string, word = 'invalid_value'): Rejected {
  return new Rejected(400, message, { param, word });
}

export function rejectShape(fault: Fault): Rejected {
  const param = paramOf(fault.path);
  switch (fault.problem) {
    case 'missing':
      return invalid(`Missing required parameter: '${param}'.`, param, 'missing_required_parameter');
    case 'unknown':
      return invalid(`Unknown parameter: '${param}'.`, param, 'unknown_parameter');
    case 'type':
      return invalid(
        `Invalid type for '${param}': expected ${fault.expected}, but got ${kindOf(fault.got)} instead.`,
        param,
        'invalid_type',
      );
    case 'value': {
      const list = fault.values.map((value) => `'${String(value)}'`).join(', ');
      const supported = list ? ` Supported values are: ${list}.` : ` ${fault.message}.`;
      return invalid(`Invalid value: ${JSON.stringify(fault.got)?.replaceAll('"', "'")}.${supported}`, param);
    }
  }
}

/** `messages[0].content[1].text` */
function paramOf(path: readonly (string | number)[]): string {
  return path.map((key, at) => (typeof key === 'number' ? `[${key}]` : at === 0 ? key : `.${key}`)).join('');
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
