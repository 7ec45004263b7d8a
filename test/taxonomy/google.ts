/** Gemini at AI Studio, and at Vertex. */
import { gemini } from '../../providers/gemini/index.ts';
import { sse } from '../providers/contract.ts';
import { makeCall } from '../support/call.ts';
import { DATE, type TaxonomyRow, type TaxonomyTable } from './row.ts';

const errorOf = (code: number, status: string, message: string, details: unknown[] = []) => ({
  error: { code, status, message, details },
});
const said = (code: number, status: string, message = 'Words', details: unknown[] = []) => ({
  status: code,
  headers: DATE,
  body: errorOf(code, status, message, details),
});
const bad = (message: string, details: unknown[] = []) => said(400, 'INVALID_ARGUMENT', message, details);
const reason = (word: string) => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: word });
const retryIn = (retryDelay: string) => ({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay });
const quotas = (...quotaIds: string[]) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: quotaIds.map((quotaId) => ({ quotaId, quotaDimensions: { model: 'gemini' } })),
});
const metric = (quotaMetric: string) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaMetric: `generativelanguage.googleapis.com/${quotaMetric}` }],
});
const limit = (message: string, ...details: unknown[]) => said(429, 'RESOURCE_EXHAUSTED', message, details);

const REQUESTS = 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier';
const INPUT = 'GenerateContentPaidTierInputTokensPerModelPerMinute';
const DAY = 'GenerateRequestsPerDayPerProjectPerModel-FreeTier';

const stream = (...chunks: Record<string, unknown>[]) => ({ stream: sse(...chunks) });
const ended = (finishReason: string) =>
  stream({ candidates: [{ content: { role: 'model', parts: [{ text: 'Half' }] }, finishReason }] });
const blocked = (blockReason: string) => stream({ promptFeedback: { blockReason } });

const CALLER = 'caller | returned | 400 invalid_request final';
const CREDENTIAL = 'credential endpoint | parks | 502 upstream_auth_error final';
const FAULT = 'fault | weighs on the circuit | 502 upstream_error retry';
const OVERLOAD = 'overload | weighs on the circuit | 503 upstream_overloaded retry';
const TIMEOUT = 'timeout | weighs on the circuit | 504 upstream_timeout retry';
const MISCONFIGURED = 'misconfigured | fails over | 404 model_not_found final';
const TODAY = 'exhausted model 29700s | parks | 429 insufficient_quota final';
const MALFORMED = 'malformed | asks again | 502 upstream_malformed_output final';

const rows: TaxonomyRow[] = [
  // 400: five things.
  ['a field that it does not know', bad('Unknown name "speed"'), CALLER],
  ['a wrong key, which is a 400', bad('API key not valid.', [reason('API_KEY_INVALID')]), CREDENTIAL],
  ['a key of yesterday', bad('API key expired.', [reason('API_KEY_EXPIRED')]), CREDENTIAL],
  ['a country without a free tier', said(400, 'FAILED_PRECONDITION', 'User location is not supported'), CREDENTIAL],
  ['billing that is off', said(400, 'FAILED_PRECONDITION', 'Enable billing'), CREDENTIAL],
  [
    'a prompt that is too long',
    bad('The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).'),
    'context | returned | 400 context_length_exceeded final',
  ],
  [
    'a signature that is not its own',
    bad('Thought signature is not valid'),
    'reasoning_rejected | asks again | 400 invalid_request final',
  ],
  [
    'what this model lacks',
    bad('Penalty is not enabled for this model'),
    'misconfigured | fails over | 400 unsupported_parameter final',
  ],
  // Other 4xx.
  ['no token', said(401, 'UNAUTHENTICATED'), CREDENTIAL],
  [
    'prepaid credit that is gone, with every key of the account',
    said(402, 'RESOURCE_EXHAUSTED', 'payment_required'),
    'exhausted account | parks | 429 insufficient_quota final',
  ],
  ['no right', said(403, 'PERMISSION_DENIED'), CREDENTIAL],
  [
    'an API that was never switched on',
    said(403, 'PERMISSION_DENIED', 'Off', [reason('SERVICE_DISABLED')]),
    CREDENTIAL,
  ],
  ['a model that it does not know', said(404, 'NOT_FOUND'), MISCONFIGURED],
  ['too slow to send', said(408, 'DEADLINE_EXCEEDED'), TIMEOUT],
  ['too large', { status: 413, body: '<html>' }, 'caller | returned | 413 request_too_large final'],
  ['out of range', said(416, 'OUT_OF_RANGE'), CALLER],
  ['cancelled', said(499, 'CANCELLED'), FAULT],
  // 429: four things.
  [
    "the minute's requests, with a time",
    limit('Quota', quotas(REQUESTS), retryIn('34.074824224s')),
    'rate requests 34.075s | cools | 429 rate_limit_exceeded final',
  ],
  [
    "the minute's requests, with a time in the sentence",
    limit('Please retry in 4.2s.', quotas(REQUESTS)),
    'rate requests 4.2s | cools | 429 rate_limit_exceeded retry',
  ],
  [
    "the minute's requests without a time: a minute",
    limit('Quota', quotas(REQUESTS)),
    'rate requests 60s | cools | 429 rate_limit_exceeded final',
  ],
  [
    "the minute's input",
    limit('Quota', quotas(INPUT), retryIn('900ms')),
    'rate input 0.9s | cools | 429 rate_limit_exceeded retry',
  ],
  [
    'input, by its metric alone',
    limit('Quota', metric('generate_content_free_tier_input_token_count'), retryIn('3s')),
    'rate input 3s | cools | 429 rate_limit_exceeded retry',
  ],
  [
    'two minutes at once: it may be either',
    limit('Quota', quotas(REQUESTS, INPUT), retryIn('3s')),
    'rate 3s | cools | 429 rate_limit_exceeded retry',
  ],
  ["the day's requests, until midnight in California", limit('Quota', quotas(DAY)), TODAY],
  ['the day, though RetryInfo says 30 s', limit('Please retry in 30s', quotas(DAY), retryIn('30s')), TODAY],
  ['the day among the minutes', limit('Quota', quotas(REQUESTS, DAY, INPUT), retryIn('30s')), TODAY],
  [
    'the day by our clock, where the answer has no date',
    { ...limit('Quota', quotas(DAY)), headers: {}, nowMs: Date.UTC(2026, 6, 1, 6, 59) },
    'exhausted model 60s | parks | 429 insufficient_quota final',
  ],
  [
    "the project's day, for all models",
    limit('Quota', quotas('GenerateRequestsPerDayPerProject')),
    'exhausted account 29700s | parks | 429 insufficient_quota final',
  ],
  [
    'no details',
    limit('Resource has been exhausted (e.g. check quota).'),
    'rate | cools | 429 rate_limit_exceeded retry',
  ],
  ['a 429 of a proxy', { status: 429, body: '' }, 'rate | cools | 429 rate_limit_exceeded retry'],
  // 5xx.
  ['a fault, or a prompt that is too long', said(500, 'INTERNAL'), FAULT],
  ['a proxy in front', { status: 502, body: '<html>' }, FAULT],
  ['overload', said(503, 'UNAVAILABLE', 'The model is overloaded'), OVERLOAD],
  ['too slow', said(504, 'DEADLINE_EXCEEDED'), TIMEOUT],
  // Inside a 200.
  ['overload in the stream', stream(errorOf(503, 'UNAVAILABLE', 'Overloaded')), OVERLOAD],
  ['a fault in the stream', stream(errorOf(500, 'INTERNAL', 'Oh')), FAULT],
  [
    "the minute's requests in the stream",
    stream(errorOf(429, 'RESOURCE_EXHAUSTED', 'Quota', [quotas(REQUESTS), retryIn('7s')])),
    'rate requests 7s | cools | 429 rate_limit_exceeded retry',
  ],
  [
    'the day in the stream, where there is no clock',
    stream(errorOf(429, 'RESOURCE_EXHAUSTED', 'Quota', [quotas(DAY), retryIn('30s')])),
    'exhausted model | parks | 429 insufficient_quota final',
  ],
  [
    'a stream that ends in the middle',
    stream({ candidates: [{ content: { role: 'model', parts: [{ text: 'Half' }] } }] }),
    'truncated | weighs on the circuit | 502 upstream_stream_truncated retry',
  ],
  ['an error where the answer should be', { answer: errorOf(503, 'UNAVAILABLE', 'Overloaded') }, OVERLOAD],
  ['a page where the answer should be', { answer: '<html>' }, FAULT],
  ['half an answer', { answer: '{"candidates":[{"con' }, FAULT],
  ...['SAFETY', 'OTHER', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'IMAGE_SAFETY', 'MODEL_ARMOR', 'JAILBREAK'].map(
    (word): TaxonomyRow => [`a prompt blocked for ${word}`, blocked(word), 'an answer: content_filter'],
  ),
  ...['SAFETY', 'RECITATION', 'LANGUAGE', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII'].map((word): TaxonomyRow => [
    `an answer that ends with ${word}`,
    ended(word),
    'an answer: content_filter',
  ]),
  ['an answer that is cut', ended('MAX_TOKENS'), 'an answer: length'],
  ...['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'TOO_MANY_TOOL_CALLS', 'OTHER'].map((word): TaxonomyRow => [
    `the model's own fault: ${word}`,
    ended(word),
    MALFORMED,
  ]),
];

const per = (name: string) => `Quota exceeded for aiplatform.googleapis.com/${name} with base model: gemini.`;

const vertex: TaxonomyRow[] = [
  [
    'the pool of all pay-as-you-go customers: not our limit but their load',
    limit('Resource exhausted, please try again later.'),
    OVERLOAD,
  ],
  [
    'the same in a list',
    { status: 429, body: [errorOf(429, 'RESOURCE_EXHAUSTED', 'Resource exhausted. Please try again later.')] },
    OVERLOAD,
  ],
  [
    'the throughput that was bought',
    limit('Exceeded the Provisioned Throughput.'),
    'rate | cools | 429 rate_limit_exceeded retry',
  ],
  [
    'requests, named in the sentence',
    limit(per('generate_content_requests_per_minute_per_project_per_base_model')),
    'rate requests 60s | cools | 429 rate_limit_exceeded final',
  ],
  [
    'input, named in the sentence',
    limit(per('generate_content_input_tokens_per_minute_per_base_model')),
    'rate input 60s | cools | 429 rate_limit_exceeded final',
  ],
  [
    'too many at once, named in the sentence',
    limit(per('concurrent_requests_per_base_model')),
    'rate concurrency | cools | 429 rate_limit_exceeded retry',
  ],
  ['the day, named in the sentence', limit(per('generate_content_requests_per_day_per_project_per_base_model')), TODAY],
  ['no role', said(403, 'PERMISSION_DENIED', "Permission 'aiplatform.endpoints.predict' denied"), CREDENTIAL],
  ['a model that the region has not', said(404, 'NOT_FOUND', 'Publisher model was not found'), MISCONFIGURED],
  ['overload', said(503, 'UNAVAILABLE'), OVERLOAD],
];

const options = { dialect: 'gemini', model: 'gemini-2.5-flash' };

export const GEMINI: TaxonomyTable = {
  name: 'Gemini',
  provider: gemini,
  call: makeCall({ stream: true }, options),
  rows,
};

export const VERTEX: TaxonomyTable = {
  name: 'Vertex',
  provider: gemini,
  call: makeCall({ stream: true }, { ...options, settings: { project: 'p', location: 'global' } }),
  rows: vertex,
};
