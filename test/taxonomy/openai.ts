/** OpenAI: chat completions and the Responses API; and the servers that copy them where they say it differently. */
import { openai } from '../../providers/openai/index.ts';
import { sse } from '../providers/contract.ts';
import { makeCall } from '../support/call.ts';
import { DATE, type TaxonomyRow, type TaxonomyTable } from './row.ts';

type Headers = Record<string, string>;

const errorOf = (code: string | null, message = 'Words', type = 'invalid_request_error') => ({
  error: { message, type, param: null, code },
});
const bad = (code: string | null, message?: string) => ({ status: 400, body: errorOf(code, message) });
const other = (status: number, code: string | null, message?: string, type?: string) => ({
  status,
  headers: DATE,
  body: errorOf(code, message, type),
});
const limit = (type: string, message: string, headers: Headers = {}) => ({
  status: 429,
  headers,
  body: errorOf('rate_limit_exceeded', message, type),
});
const money = (code: string) => ({ status: 429, body: errorOf(code, 'Check your plan', 'insufficient_quota') });
const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', model: 'gpt', choices: [] };
const stream = (error: Record<string, unknown>) => ({ stream: sse(chunk, { error }) });
const ended = (reason: string) => ({
  answer: {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'gpt',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Half' }, finish_reason: reason }],
  },
});

const CALLER = 'caller | returned | 400 invalid_request final';
const CREDENTIAL = 'credential endpoint | parks | 502 upstream_auth_error final';
const NO_MONEY = 'exhausted account | parks | 429 insufficient_quota final';
const FAULT = 'fault | weighs on the circuit | 502 upstream_error retry';
const OVERLOAD = 'overload | weighs on the circuit | 503 upstream_overloaded retry';
const TIMEOUT = 'timeout | weighs on the circuit | 504 upstream_timeout retry';
const RAMP = 'ramp | cools | 429 rate_limit_exceeded retry';
const CONTEXT = 'context | returned | 400 context_length_exceeded final';

const refusals: TaxonomyRow[] = [
  // The caller.
  ['a value that it does not take', bad('invalid_value'), 'caller | returned | 400 invalid_value final'],
  ['no code at all', bad(null), CALLER],
  ['a tier that is not allowed', bad('invalid_service_tier'), 'caller | returned | 400 invalid_service_tier final'],
  ['a conflict', other(409, null), 'caller | returned | 409 invalid_request final'],
  ['what it cannot process', other(422, null), 'caller | returned | 422 invalid_request final'],
  ['too large', { status: 413, body: '<html>' }, 'caller | returned | 413 request_too_large final'],
  ['too long, by its code', bad('context_length_exceeded'), CONTEXT],
  ['too long, by its sentence', bad(null, "This model's maximum context length is 8192 tokens"), CONTEXT],
  ['a filtered prompt', bad('content_filter'), 'policy | returned | 400 content_filter final'],
  [
    'content that its policy forbids',
    bad('content_policy_violation'),
    'policy | returned | 400 content_policy_violation final',
  ],
  [
    'reasoning that another key sealed',
    bad('invalid_encrypted_content'),
    'reasoning_rejected | asks again | 400 invalid_request final',
  ],
  // Credentials.
  ['a wrong key', other(401, 'invalid_api_key', 'Incorrect API key provided'), CREDENTIAL],
  ["another organisation's key", other(401, null, 'You must be a member of an organization'), CREDENTIAL],
  ['an address that is not on the list', other(401, 'ip_not_authorized'), CREDENTIAL],
  [
    'an account that was closed',
    other(401, 'account_deactivated'),
    'credential account | parks | 502 upstream_auth_error final',
  ],
  ['a country that is not served', other(403, 'unsupported_country_region_territory'), CREDENTIAL],
  [
    'one model that is closed to the key',
    other(403, null, 'You are not allowed to sample from this model'),
    'credential model | parks | 502 upstream_auth_error final',
  ],
  [
    'a model that the project may not have',
    other(403, 'model_not_found', 'Project does not have access to model gpt'),
    'misconfigured | fails over | 404 model_not_found final',
  ],
  [
    'a model that it does not know',
    other(404, 'model_not_found'),
    'misconfigured | fails over | 404 model_not_found final',
  ],
  [
    'an address that it does not know',
    { status: 404, body: '' },
    'misconfigured | fails over | 404 model_not_found final',
  ],
  // 429: three things.
  [
    "the minute's requests, by type",
    limit('requests', 'Rate limit reached', { 'retry-after': '1', 'retry-after-ms': '320.4' }),
    'rate requests 0.321s | cools | 429 rate_limit_exceeded retry',
  ],
  [
    "the minute's tokens, by type",
    limit('tokens', 'Rate limit reached', { 'retry-after': '7' }),
    'rate tokens 7s | cools | 429 rate_limit_exceeded retry',
  ],
  [
    'a limit and a time in the sentence alone',
    limit('rate_limit_error', 'Limit on tokens per min (TPM): Limit 30000, Used 29000. Please try again in 2.874s.'),
    'rate tokens 2.874s | cools | 429 rate_limit_exceeded retry',
  ],
  [
    "the day's requests, which come back one by one",
    limit('rate_limit_error', 'Limit on requests per day (RPD): Limit 200. Please try again in 7m12s. Visit us.'),
    'rate requests 432s | cools | 429 rate_limit_exceeded final',
  ],
  [
    'a limit that only the headers name',
    limit('rate_limit_error', 'Slow', {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '8.64s',
      'x-ratelimit-remaining-tokens': '9000',
      'x-ratelimit-reset-tokens': '6m0s',
    }),
    'rate requests 8.64s | cools | 429 rate_limit_exceeded retry',
  ],
  [
    'two limits at once: it may be either, and the longer wait counts',
    limit('rate_limit_error', 'Slow', {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '12ms',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '1s',
    }),
    'rate 1s | cools | 429 rate_limit_exceeded retry',
  ],
  ['no word of the limit', { status: 429, body: '' }, 'rate | cools | 429 rate_limit_exceeded retry'],
  [
    'too many at once',
    { status: 429, body: { error: 'Too many concurrent requests' } },
    'rate concurrency | cools | 429 rate_limit_exceeded retry',
  ],
  [
    'one request larger than a whole minute',
    limit('tokens', 'Request too large for gpt on tokens per min (TPM): Limit 30000, Requested 90000.'),
    'misconfigured | fails over | 429 rate_limit_exceeded final',
  ],
  ['growth that was too fast', other(429, 'slow_down', 'Slow down', 'rate_limit_error'), RAMP],
  ['the same in its older form', other(503, 'slow_down', 'Slow down', 'service_unavailable_error'), RAMP],
  ['no credit', money('credit_balance_exhausted'), NO_MONEY],
  ["the organisation's money", money('organization_spend_limit_exceeded'), NO_MONEY],
  ["the organisation's usage", money('organization_usage_limit_exceeded'), NO_MONEY],
  [
    "the project's money: other projects go on",
    money('project_spend_limit_exceeded'),
    'exhausted endpoint | parks | 429 insufficient_quota final',
  ],
  ['no quota', money('insufficient_quota'), NO_MONEY],
  ['no quota, by type alone', { status: 429, body: errorOf(null, 'Check', 'insufficient_quota') }, NO_MONEY],
  ['the old hard limit', money('billing_hard_limit_reached'), NO_MONEY],
  ['billing that was never switched on', other(429, 'billing_not_active'), NO_MONEY],
  // 5xx.
  ['a fault', other(500, null, 'The server had an error', 'server_error'), FAULT],
  ['a proxy in front', { status: 502, body: '<html>' }, FAULT],
  ['overload', other(503, 'server_is_overloaded', 'Overloaded', 'service_unavailable_error'), OVERLOAD],
  ['an engine that is busy', other(503, null, 'The engine is currently overloaded'), OVERLOAD],
  ['a timeout', { status: 504, body: '' }, TIMEOUT],
  ["Cloudflare's empty answer", { status: 520, body: '<html>520: unknown error</html>' }, FAULT],
  ["Cloudflare's closed door", { status: 521, body: '<html>' }, FAULT],
  ["Cloudflare's long wait", { status: 524, body: '<html>' }, TIMEOUT],
  ["Cloudflare's certificate", { status: 526, body: '<html>' }, FAULT],
  // Servers that copy the dialect.
  ['DeepSeek: no money', { status: 402, body: { error: { message: 'Insufficient Balance' } } }, NO_MONEY],
  ['xAI: no credits', { status: 403, body: { error: 'Your team has used all available credits' } }, NO_MONEY],
  ['xAI: a wrong key', { status: 400, body: { error: 'Incorrect API key provided' } }, CREDENTIAL],
  [
    'Mistral: no room for the tier',
    { status: 429, body: { type: 'service_tier_capacity_exceeded', message: 'Capacity', code: '3505' } },
    OVERLOAD,
  ],
  ['Groq: the flex tier is full', { status: 498, body: '' }, OVERLOAD],
  [
    "Groq: the model's own call was broken",
    bad('tool_use_failed'),
    'malformed | asks again | 502 upstream_malformed_output final',
  ],
  [
    "Gemini in this dialect: the minute, in money's words",
    {
      status: 429,
      body: [{ error: { code: 429, message: 'You exceeded your current quota.\nPlease retry in 34.07s.' } }],
    },
    'rate 34.07s | cools | 429 rate_limit_exceeded final',
  ],
  ['the same sentence without a time', { status: 429, body: { error: 'You exceeded your current quota' } }, NO_MONEY],
];

const inside: TaxonomyRow[] = [
  ['a fault in the stream', stream({ message: 'Oops', type: 'server_error' }), FAULT],
  [
    'a limit in the stream',
    stream({ message: 'Slow', type: 'tokens', code: 'rate_limit_exceeded' }),
    'rate tokens | cools | 429 rate_limit_exceeded retry',
  ],
  ['overload in the stream', stream({ message: 'Busy', code: 'server_is_overloaded' }), OVERLOAD],
  ['spent in the stream', stream({ message: 'Money', code: 'insufficient_quota' }), NO_MONEY],
  ['a status in the stream', stream({ message: 'Gateway', code: 504 }), TIMEOUT],
  ['words without a code in the stream', stream({ message: 'Hm' }), FAULT],
  [
    'a stream that ends in the middle',
    { stream: sse(chunk) },
    'truncated | weighs on the circuit | 502 upstream_stream_truncated retry',
  ],
  ['an error where the answer should be', { answer: errorOf('server_error') }, FAULT],
  ['an empty answer', { answer: '' }, FAULT],
  ['a page where the answer should be', { answer: '<!doctype html>' }, FAULT],
  ['half an answer', { answer: '{"choices":[{"mess' }, FAULT],
  ['a filtered answer', ended('content_filter'), 'an answer: content_filter'],
  ['an answer that is cut', ended('length'), 'an answer: length'],
];

const failed = (code: string) => ({
  stream: sse({ type: 'response.failed', response: { status: 'failed', error: { code, message: 'Words' } } }),
});

const responses: TaxonomyRow[] = [
  ['a fault', failed('server_error'), FAULT],
  ['a limit', failed('rate_limit_exceeded'), 'rate | cools | 429 rate_limit_exceeded retry'],
  ['a prompt that its policy forbids', failed('invalid_prompt'), 'policy | returned | 400 invalid_prompt final'],
  ['biology', failed('bio_policy'), 'policy | returned | 400 bio_policy final'],
  [
    'data that may not go there',
    failed('data_residency_mismatch'),
    'misconfigured | fails over | 404 data_residency_mismatch final',
  ],
  ['a picture that cannot be read', failed('image_parse_error'), 'caller | returned | 400 image_parse_error final'],
  [
    'a picture behind a dead address',
    failed('failed_to_download_image'),
    'caller | returned | 400 failed_to_download_image final',
  ],
  ['a code of tomorrow', failed('brand_new'), FAULT],
  ['an error event', { stream: sse({ type: 'error', code: 'server_error', message: 'Oops', param: null }) }, FAULT],
  [
    'spent, told by an error event',
    { stream: sse({ type: 'error', code: 'insufficient_quota', message: 'Money', param: null }) },
    NO_MONEY,
  ],
];

const call = makeCall({ stream: true }, { dialect: 'openai', model: 'gpt-4o' });
const ofResponses = makeCall(
  { stream: true, tools: [{ type: 'function', function: { name: 'f' } }] },
  {
    dialect: 'openai',
    model: 'gpt-6',
    capabilities: { reasoning: 'effort', efforts: ['low', 'high'], toolsNeedResponses: true },
  },
);

export const OPENAI: TaxonomyTable = { name: 'OpenAI', provider: openai, call, rows: [...refusals, ...inside] };

export const RESPONSES: TaxonomyTable = {
  name: "OpenAI's Responses API",
  provider: openai,
  call: { ...ofResponses, endpoint: { ...ofResponses.endpoint, baseUrl: 'https://api.openai.com/v1' } },
  rows: responses,
};
