/** Amazon Bedrock's Converse. Its statuses surprise; the exception's name decides. */
import { bedrock } from '../../providers/bedrock/index.ts';
import { eventStream, exception, join } from '../providers/bedrock-events.ts';
import { makeCall } from '../support/call.ts';
import { DATE, type TaxonomyTable } from './row.ts';

const said = (status: number, name: string, message = 'Words') => ({
  status,
  headers: { ...DATE, 'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/` },
  body: { message },
});
const invalid = (message: string) => said(400, 'ValidationException', message);
const throttled = (message: string) => said(429, 'ThrottlingException', message);
const denied = (name: string, message?: string) => said(403, name, message);
const START = eventStream(['messageStart', { role: 'assistant' }]);
const stream = (name: string, message = 'Words') => ({ stream: join([START, exception(name, message)]) });
const ended = (stopReason: string) => ({
  answer: {
    output: { message: { role: 'assistant', content: [{ text: 'Half' }] } },
    stopReason,
    usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
  },
});

const CALLER = 'caller | returned | 400 invalid_request final';
const CREDENTIAL = 'credential endpoint | parks | 502 upstream_auth_error final';
const OF_MODEL = 'credential model | parks | 502 upstream_auth_error final';
const FAULT = 'fault | weighs on the circuit | 502 upstream_error retry';
const OVERLOAD = 'overload | weighs on the circuit | 503 upstream_overloaded retry';
const TIMEOUT = 'timeout | weighs on the circuit | 504 upstream_timeout retry';
const MISCONFIGURED = 'misconfigured | fails over | 404 model_not_found final';
const REQUESTS = 'rate requests | cools | 429 rate_limit_exceeded retry';
const WARMING = 'warming | cools | 503 upstream_not_ready retry';

export const BEDROCK: TaxonomyTable = {
  name: 'Bedrock',
  provider: bedrock,
  call: makeCall(
    { stream: true },
    { dialect: 'bedrock', model: 'us.amazon.nova-pro-v1:0', settings: { region: 'us-east-1' } },
  ),
  rows: [
    // 400: eight things.
    ['a field that it does not know', invalid('Malformed input request: extraneous key [speed]'), CALLER],
    [
      'a prompt that is too long',
      invalid('Input is too long for requested model.'),
      'context | returned | 400 context_length_exceeded final',
    ],
    [
      'too many tokens in one prompt',
      invalid('Too many input tokens. Max input tokens: 8192'),
      'context | returned | 400 context_length_exceeded final',
    ],
    [
      'a wrong model id',
      invalid('The provided model identifier is invalid.'),
      'misconfigured | fails over | 400 unsupported_parameter final',
    ],
    [
      'what this model lacks',
      invalid("This model doesn't support tool use."),
      'misconfigured | fails over | 400 unsupported_parameter final',
    ],
    [
      'a signature that is not its own',
      invalid('Invalid `signature` in `thinking` block'),
      'reasoning_rejected | asks again | 400 invalid_request final',
    ],
    [
      'a prompt that its filter blocks',
      invalid('Blocked by our content filter.'),
      'policy | returned | 400 content_policy_violation final',
    ],
    [
      'an account that AWS holds back',
      invalid('Operation not allowed'),
      'credential account | parks | 502 upstream_auth_error final',
    ],
    [
      "a service quota: a 400, yet not the caller's fault",
      said(400, 'ServiceQuotaExceededException'),
      'exhausted endpoint | parks | 429 insufficient_quota final',
    ],
    ['a conflict', said(400, 'ConflictException'), CALLER],
    [
      'a throttle under 400, named in the body',
      { status: 400, body: { __type: 'com.amazon#ThrottlingException', message: 'Rate exceeded' } },
      'rate | cools | 429 rate_limit_exceeded retry',
    ],
    // 403 and its kin: five things.
    ['no right', denied('AccessDeniedException', 'User is not authorized to perform bedrock:InvokeModel'), CREDENTIAL],
    [
      'no right to this model',
      denied('AccessDeniedException', 'Not authorized on resource: arn:aws:bedrock:us-east-1::foundation-model/nova'),
      OF_MODEL,
    ],
    [
      'a model that nobody asked access for',
      denied('AccessDeniedException', "You don't have access to the model"),
      MISCONFIGURED,
    ],
    ['a wrong key id', denied('InvalidClientTokenId'), CREDENTIAL],
    ['a wrong key', denied('UnrecognizedClientException', 'The security token is invalid'), CREDENTIAL],
    ['keys of yesterday', denied('ExpiredTokenException', 'The security token is expired'), CREDENTIAL],
    ['a wrong signature', denied('InvalidSignatureException', 'The signature does not match'), CREDENTIAL],
    [
      'our clock, which is no wrong key',
      denied('InvalidSignatureException', 'Signature expired: it is now earlier'),
      FAULT,
    ],
    ['our clock, by its own name', denied('RequestTimeTooSkewed'), FAULT],
    ['a subscription in the making: minutes', denied('MPAgreementBeingCreatedException'), OF_MODEL],
    [
      'a service that was never opted into',
      denied('OptInRequired'),
      'credential account | parks | 502 upstream_auth_error final',
    ],
    ['a 401, whatever its name', said(401, 'ValidationException'), CREDENTIAL],
    // Other 4xx.
    ['a model that it does not know', said(404, 'ResourceNotFoundException'), MISCONFIGURED],
    ['a form that was not filled in', said(404, 'FTUFormNotFilledException'), MISCONFIGURED],
    ['a slow model, which is a 408', said(408, 'ModelTimeoutException'), TIMEOUT],
    ['too large', { status: 413, body: '' }, 'caller | returned | 413 request_too_large final'],
    ['a model that fell over, which is a 424', said(424, 'ModelErrorException'), FAULT],
    ['a model that fell over in its stream', said(424, 'ModelStreamErrorException'), FAULT],
    // 429: five things.
    ['requests', throttled('Too many requests, please wait before trying again.'), REQUESTS],
    [
      'tokens',
      throttled('Too many tokens, please wait before trying again.'),
      'rate tokens | cools | 429 rate_limit_exceeded retry',
    ],
    [
      'too many at once',
      throttled('Too many concurrent requests'),
      'rate concurrency | cools | 429 rate_limit_exceeded retry',
    ],
    ['no word of the limit', throttled('Rate exceeded'), 'rate | cools | 429 rate_limit_exceeded retry'],
    [
      "the day's tokens, until midnight UTC",
      throttled('Too many tokens per day, please wait before trying again.'),
      'exhausted model 900s | parks | 429 insufficient_quota final',
    ],
    [
      'the day by our clock, where the answer has no date',
      {
        status: 429,
        headers: { 'x-amzn-errortype': 'ThrottlingException' },
        body: { message: 'Too many tokens per day' },
        nowMs: Date.UTC(2026, 10, 22, 23, 58),
      },
      'exhausted model 120s | parks | 429 insufficient_quota final',
    ],
    ['a model that wakes up', said(429, 'ModelNotReadyException'), WARMING],
    ['a 429 of a proxy', { status: 429, body: '<html>' }, 'rate | cools | 429 rate_limit_exceeded retry'],
    // 5xx.
    ['a fault', said(500, 'InternalServerException'), FAULT],
    ['a fault without a name', { status: 500, body: '' }, FAULT],
    ['no capacity in the region', said(503, 'ServiceUnavailableException'), OVERLOAD],
    ['no capacity, without a name', { status: 503, body: { message: 'Service capacity limit' } }, OVERLOAD],
    ['too slow', { status: 504, body: '' }, TIMEOUT],
    ['overload', said(529, 'overloaded_error'), OVERLOAD],
    [
      'overload with a time',
      { status: 529, headers: { 'retry-after': '7' }, body: '' },
      'overload 7s | weighs on the circuit | 503 upstream_overloaded retry',
    ],
    // Inside a 200.
    ['a fault in the stream', stream('internalServerException'), FAULT],
    ['a model that fell over in the stream', stream('modelStreamErrorException'), FAULT],
    ['the caller in the stream', stream('validationException'), CALLER],
    ['a throttle in the stream', stream('throttlingException', 'Too many requests'), REQUESTS],
    [
      'a day in the stream, where there is no clock',
      stream('throttlingException', 'Too many tokens per day'),
      'exhausted model | parks | 429 insufficient_quota final',
    ],
    ['no capacity in the stream', stream('serviceUnavailableException'), OVERLOAD],
    [
      'a stream that ends in the middle',
      { stream: START },
      'truncated | weighs on the circuit | 502 upstream_stream_truncated retry',
    ],
    ['a page where the answer should be', { answer: '<html>' }, FAULT],
    ['half an answer', { answer: '{"output":{"mess' }, FAULT],
    ['a filtered answer', ended('content_filtered'), 'an answer: content_filter'],
    ['a guardrail', ended('guardrail_intervened'), 'an answer: content_filter'],
    ['an answer that is cut', ended('max_tokens'), 'an answer: length'],
    ['an answer that fills the window', ended('model_context_window_exceeded'), 'an answer: length'],
    [
      "the model's own fault: its output",
      ended('malformed_model_output'),
      'malformed | asks again | 502 upstream_malformed_output final',
    ],
    [
      "the model's own fault: its call",
      ended('malformed_tool_use'),
      'malformed | asks again | 502 upstream_malformed_output final',
    ],
  ],
};
