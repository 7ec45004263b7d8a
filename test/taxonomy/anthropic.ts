/** Anthropic's Messages API. */
import { anthropic } from '../../providers/anthropic/index.ts';
import { sse } from '../providers/contract.ts';
import { makeCall } from '../support/call.ts';
import { DATE, type TaxonomyTable } from './row.ts';

type Headers = Record<string, string>;

const errorOf = (type: string, message: string, code?: string) => ({
  type: 'error',
  error: { type, message, ...(code !== undefined && { details: { error_code: code } }) },
});
const bad = (message: string, code?: string, headers: Headers = DATE) => ({
  status: 400,
  headers,
  body: errorOf('invalid_request_error', message, code),
});
const limit = (message: string, headers: Headers = {}, code?: string) => ({
  status: 429,
  headers,
  body: errorOf('rate_limit_error', message, code),
});
const other = (status: number, type: string, message: string, code?: string) => ({
  status,
  headers: DATE,
  body: errorOf(type, message, code),
});
const START = [
  'message_start',
  { type: 'message_start', message: { id: 'msg_1', model: 'claude', usage: {} } },
] as const;
const stream = (...said: Parameters<typeof errorOf>) => ({ stream: sse([...START], ['error', errorOf(...said)]) });
const ended = (reason: string) => ({
  answer: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude',
    content: [{ type: 'text', text: 'Half' }],
    stop_reason: reason,
    usage: { input_tokens: 1, output_tokens: 1 },
  },
});
const emptied = (...names: string[]): Headers =>
  Object.fromEntries(names.map((name) => [`anthropic-ratelimit-${name}-remaining`, '0']));

const CALLER = 'caller | returned | 400 invalid_request final';
const CREDENTIAL = 'credential endpoint | parks | 502 upstream_auth_error final';
const NO_MONEY = 'exhausted account | parks | 429 insufficient_quota final';
const FAULT = 'fault | weighs on the circuit | 502 upstream_error retry';
const OVERLOAD = 'overload | weighs on the circuit | 503 upstream_overloaded retry';
const MISCONFIGURED = 'misconfigured | fails over | 404 model_not_found final';

export const ANTHROPIC: TaxonomyTable = {
  name: 'Anthropic',
  provider: anthropic,
  call: makeCall({ stream: true }, { dialect: 'anthropic', model: 'claude-sonnet-4-5' }),
  rows: [
    // 400: seven things.
    ['a field that it does not know', bad('speed: Extra inputs are not permitted'), CALLER],
    ['two tools of one name', bad('Two tools are called f', 'tool_name_conflict'), CALLER],
    ['a picture that is too large', bad('At most 8000 pixels', 'image_dimensions_too_large'), CALLER],
    ['a body in the wrong encoding', bad('Not UTF-8', 'request_body_encoding_invalid'), CALLER],
    ['a thread in the wrong state', bad('The thread is closed', 'thread_closed'), CALLER],
    ['compaction asked for wrongly', bad('Nothing to compact', 'compaction_not_applicable'), CALLER],
    [
      'a prompt that is too long',
      bad('prompt is too long: 204000 tokens > 200000 maximum'),
      'context | returned | 400 context_length_exceeded final',
    ],
    [
      'a prompt that leaves no room for the answer',
      bad('input length and `max_tokens` exceed context limit: 199000 + 8000 > 200000'),
      'context | returned | 400 context_length_exceeded final',
    ],
    [
      "the organisation's own spend limit, with its end printed",
      bad('You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.'),
      'exhausted account 692100s | parks | 429 insufficient_quota final',
    ],
    [
      'the same by our clock, where the answer has no date',
      {
        ...bad(
          'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
          undefined,
          {},
        ),
        nowMs: Date.UTC(2026, 10, 30, 23, 59),
      },
      'exhausted account 60s | parks | 429 insufficient_quota final',
    ],
    [
      'the same with neither clock',
      bad('You have reached your specified API usage limits. You will regain access on 2026-12-01.', undefined, {}),
      NO_MONEY,
    ],
    [
      "a workspace's spend limit, whose keys are its own",
      bad(
        'You have reached your specified workspace API usage limits. You will regain access on 2026-11-23 at 06:00 UTC.',
      ),
      'exhausted endpoint 22500s | parks | 429 insufficient_quota final',
    ],
    [
      'an end that is over already',
      bad('You have reached your specified API usage limits. You will regain access on 2026-11-01 at 00:00 UTC.'),
      NO_MONEY,
    ],
    ['credit that is gone', bad('Your credit balance is too low to access the Anthropic API.'), NO_MONEY],
    [
      'an organisation on hold',
      bad('Contact support', 'organization_on_hold'),
      'credential account | parks | 502 upstream_auth_error final',
    ],
    ["a customer's key that was disabled", bad('Key disabled', 'cmek_key_disabled'), CREDENTIAL],
    ["a customer's key behind a firewall", bad('Blocked', 'cmek_key_network_blocked'), CREDENTIAL],
    [
      "another model's signature",
      bad('messages.1.content.0: Invalid `signature` in `thinking` block'),
      'reasoning_rejected | asks again | 400 invalid_request final',
    ],
    [
      'what this model lacks',
      bad('messages.1: role "system" is not supported on this model'),
      'misconfigured | fails over | 400 unsupported_parameter final',
    ],
    // Credentials and money.
    ['a wrong key', other(401, 'authentication_error', 'invalid x-api-key'), CREDENTIAL],
    ['an Origin header', other(401, 'authentication_error', 'CORS requests are not allowed'), CREDENTIAL],
    ['a 401 that is none of its own', { status: 401, body: '<html>' }, CREDENTIAL],
    ['a bill', other(402, 'billing_error', 'Payment required'), NO_MONEY],
    [
      'no billing at the linked organisation',
      other(402, 'billing_error', 'Billing', 'linked_organization_billing_unavailable'),
      NO_MONEY,
    ],
    [
      "the linked organisation's limit",
      other(402, 'billing_error', 'Limit', 'linked_organization_spend_limit_reached'),
      NO_MONEY,
    ],
    ['no permission', other(403, 'permission_error', 'Your key may not do this'), CREDENTIAL],
    [
      'a feature that is closed to the key',
      other(403, 'permission_error', 'Sandbox', 'sandbox_egress_restricted'),
      'credential model | parks | 502 upstream_auth_error final',
    ],
    // Other 4xx.
    ['a model that it does not know', other(404, 'not_found_error', 'model: claude-none'), MISCONFIGURED],
    ['an address that it does not know', { status: 404, body: 'Not found' }, MISCONFIGURED],
    ['a thread that it does not know', other(404, 'not_found_error', 'No such thread', 'thread_not_found'), CALLER],
    ['a lock', other(409, 'conflict_error', 'Locked'), 'caller | returned | 409 invalid_request final'],
    [
      'more than 32 MB',
      other(413, 'request_too_large', 'Too large', 'request_body_too_large_after_decoding'),
      'caller | returned | 413 request_too_large final',
    ],
    [
      'more than 32 MB, told at the edge',
      { status: 413, body: '<html>' },
      'caller | returned | 413 request_too_large final',
    ],
    // 429: five things.
    [
      "the minute's requests",
      limit('This request would exceed your rate limit of 50 requests per minute.', { 'retry-after': '2' }),
      'rate requests 2s | cools | 429 rate_limit_exceeded retry',
    ],
    [
      "the minute's input",
      limit('This request would exceed your rate limit of 30,000 input tokens per minute.', { 'retry-after': '65' }),
      'rate input 65s | cools | 429 rate_limit_exceeded final',
    ],
    [
      "the minute's output",
      limit('This request would exceed your rate limit of 8,000 output tokens per minute.', { 'retry-after': '9' }),
      'rate output 9s | cools | 429 rate_limit_exceeded retry',
    ],
    [
      'tokens of either kind',
      limit('This request would exceed the limit of 90,000 tokens per minute.', { 'retry-after': '5' }),
      'rate tokens 5s | cools | 429 rate_limit_exceeded retry',
    ],
    [
      'too many at once',
      limit('Number of concurrent connections has exceeded your rate limit.', { 'x-should-retry': 'true' }),
      'rate concurrency | cools | 429 rate_limit_exceeded retry',
    ],
    [
      'a limit that only the headers name',
      limit('Slow', { 'retry-after': '3', ...emptied('input-tokens', 'tokens') }),
      'rate input 3s | cools | 429 rate_limit_exceeded retry',
    ],
    [
      'two limits at once: it may be either',
      limit('Slow', { 'retry-after': '3', ...emptied('input-tokens', 'requests') }),
      'rate 3s | cools | 429 rate_limit_exceeded retry',
    ],
    [
      'the tightest limit, of which the headers name no other',
      limit('Slow', { 'retry-after': '3', ...emptied('tokens') }),
      'rate tokens 3s | cools | 429 rate_limit_exceeded retry',
    ],
    ['no word of the limit', limit('Slow'), 'rate | cools | 429 rate_limit_exceeded retry'],
    ['a 429 that is none of its own', { status: 429, body: '' }, 'rate | cools | 429 rate_limit_exceeded retry'],
    [
      'a code of tomorrow is its bare type',
      limit('New', { 'retry-after': '3' }, 'brand_new'),
      'rate 3s | cools | 429 rate_limit_exceeded retry',
    ],
    [
      'one request larger than a whole minute',
      limit('This request would exceed your limit of 10,000 input tokens per minute.', { 'x-should-retry': 'false' }),
      'misconfigured | fails over | 429 rate_limit_exceeded final',
    ],
    [
      "the month's enforced spend limit, until the 1st",
      limit('Spend limit reached', DATE, 'enforced_spend_limit_reached'),
      'exhausted account 692100s | parks | 429 insufficient_quota final',
    ],
    [
      "the contract's spend limit, until the 1st",
      limit('Spend limit reached', DATE, 'contract_spend_limit_reached'),
      'exhausted account 692100s | parks | 429 insufficient_quota final',
    ],
    [
      'the last month of the year',
      limit('Spend limit reached', { date: 'Thu, 31 Dec 2026 23:00:00 GMT' }, 'contract_spend_limit_reached'),
      'exhausted account 3600s | parks | 429 insufficient_quota final',
    ],
    [
      'growth that was too fast',
      limit('Ramp', { 'retry-after': '12' }, 'ramp_limit_exceeded'),
      'ramp 12s | cools | 429 rate_limit_exceeded retry',
    ],
    [
      'growth that was too fast, by its sentence',
      limit("This would exceed your organization's maximum usage increase rate for input tokens per minute."),
      'ramp input | cools | 429 rate_limit_exceeded retry',
    ],
    // 5xx.
    ['a fault', other(500, 'api_error', 'Internal server error'), FAULT],
    ['a proxy in front', { status: 502, body: '<html>Bad gateway</html>' }, FAULT],
    ['a connection lost behind the proxy', { status: 503, body: 'upstream connect error or reset' }, FAULT],
    [
      "the customer's key service away",
      other(503, 'api_error', 'Retry in a few minutes', 'cmek_context_unavailable'),
      'fault 60s | weighs on the circuit | 502 upstream_error final',
    ],
    [
      "the customer's key out of reach",
      other(503, 'api_error', 'Unreachable', 'cmek_key_unreachable'),
      'fault 60s | weighs on the circuit | 502 upstream_error final',
    ],
    [
      'a timeout',
      other(504, 'timeout_error', 'Too long; stream'),
      'timeout | weighs on the circuit | 504 upstream_timeout retry',
    ],
    ["Cloudflare's page", { status: 520, body: '<html>520</html>' }, FAULT],
    ['overload', other(529, 'overloaded_error', 'Overloaded'), OVERLOAD],
    ['overload without a word', { status: 529, body: '' }, OVERLOAD],
    [
      'overload with a time',
      { status: 529, headers: { 'retry-after': '5' }, body: errorOf('overloaded_error', 'Overloaded') },
      'overload 5s | weighs on the circuit | 503 upstream_overloaded retry',
    ],
    ['no compaction now', other(529, 'overloaded_error', 'Away', 'compaction_unavailable'), OVERLOAD],
    // Inside a 200.
    ['overload in the stream', stream('overloaded_error', 'Overloaded'), OVERLOAD],
    ['a fault in the stream', stream('api_error', 'Internal server error'), FAULT],
    [
      'a limit in the stream',
      stream('rate_limit_error', 'More than 8,000 output tokens per minute'),
      'rate output | cools | 429 rate_limit_exceeded retry',
    ],
    ['spent in the stream', stream('rate_limit_error', 'Limit', 'enforced_spend_limit_reached'), NO_MONEY],
    ['a revoked key in the stream', stream('authentication_error', 'Revoked'), CREDENTIAL],
    ['the caller in the stream', stream('invalid_request_error', 'Cannot read the file'), CALLER],
    [
      'a timeout in the stream',
      stream('timeout_error', 'Timeout'),
      'timeout | weighs on the circuit | 504 upstream_timeout retry',
    ],
    ['an unknown type in the stream', stream('novel_error', 'Hm'), FAULT],
    [
      'a stream that ends in the middle',
      { stream: sse([...START]) },
      'truncated | weighs on the circuit | 502 upstream_stream_truncated retry',
    ],
    ['an error where the answer should be', { answer: errorOf('overloaded_error', 'Overloaded') }, OVERLOAD],
    ['a page where the answer should be', { answer: '<html>Sorry</html>' }, FAULT],
    ['half an answer', { answer: '{"type":"message","content":[{"te' }, FAULT],
    ['a refusal', ended('refusal'), 'an answer: content_filter'],
    ['an answer that is cut', ended('max_tokens'), 'an answer: length'],
    ['an answer that fills the window', ended('model_context_window_exceeded'), 'an answer: length'],
    ['an answer that pauses, after the provider had run tools of its own', ended('pause_turn'), 'an answer: stop'],
  ],
};
