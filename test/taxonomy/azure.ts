/** Azure OpenAI, as far as it says things otherwise than OpenAI. */
import { openai } from '../../providers/openai/index.ts';
import { sse } from '../providers/contract.ts';
import { makeCall } from '../support/call.ts';
import type { TaxonomyTable } from './row.ts';

const errorOf = (code: string, message: string) => ({ error: { code, message } });
const limit = (message: string, headers: Record<string, string> = {}) => ({
  status: 429,
  headers,
  body: errorOf('429', message),
});

const CREDENTIAL = 'credential endpoint | parks | 502 upstream_auth_error final';
const OVERLOAD = 'overload | weighs on the circuit | 503 upstream_overloaded retry';
const NO_DEPLOYMENT = 'misconfigured | fails over | 404 DeploymentNotFound final';

export const AZURE: TaxonomyTable = {
  name: 'Azure OpenAI',
  provider: openai,
  call: makeCall({ stream: true }, { dialect: 'openai', model: 'gpt-4o' }),
  rows: [
    ['a wrong key', { status: 401, body: errorOf('401', 'Access denied due to invalid subscription key') }, CREDENTIAL],
    ['no role', { status: 401, body: errorOf('PermissionDenied', 'The principal lacks the data action') }, CREDENTIAL],
    [
      'a network that is shut out',
      { status: 403, body: errorOf('403', 'Traffic is not from an allowed VNet') },
      CREDENTIAL,
    ],
    ['blocked for abuse', { status: 403, body: errorOf('403', 'This resource is temporarily blocked') }, CREDENTIAL],
    ['a deployment that is not there', { status: 404, body: errorOf('DeploymentNotFound', 'Not here') }, NO_DEPLOYMENT],
    [
      'a filtered prompt',
      { status: 400, body: { error: { ...errorOf('content_filter', 'Filtered').error, param: 'prompt' } } },
      'policy | returned | 400 content_filter final',
    ],
    [
      'a filtered prompt, by its inner code alone',
      { status: 400, body: { error: { message: 'Filtered', innererror: { code: 'ResponsibleAIPolicyViolation' } } } },
      'policy | returned | 400 ResponsibleAIPolicyViolation final',
    ],
    [
      'too long',
      { status: 400, body: errorOf('context_length_exceeded', 'Too long') },
      'context | returned | 400 context_length_exceeded final',
    ],
    [
      "the deployment's tokens",
      limit('Requests have exceeded token rate limit of your tier. Please retry after 26 seconds.'),
      'rate tokens 26s | cools | 429 rate_limit_exceeded final',
    ],
    [
      "the deployment's requests, judged over a second or ten",
      limit('Requests have exceeded call rate limit of your tier. Please retry after 1 second.'),
      'rate requests 1s | cools | 429 rate_limit_exceeded retry',
    ],
    [
      'milliseconds before seconds',
      limit('Too many requests', { 'retry-after-ms': '1400', 'retry-after': '2' }),
      'rate 1.4s | cools | 429 rate_limit_exceeded retry',
    ],
    [
      "milliseconds under Microsoft's own name",
      limit('Too many requests', { 'x-ms-retry-after-ms': '900', 'retry-after': '1' }),
      'rate 0.9s | cools | 429 rate_limit_exceeded retry',
    ],
    [
      'a reset in whole seconds without a unit',
      limit('Slow', { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '11' }),
      'rate tokens 11s | cools | 429 rate_limit_exceeded retry',
    ],
    [
      'figures of -1, which mean nothing',
      limit('Slow', { 'x-ratelimit-remaining-tokens': '-1', 'x-ratelimit-reset-tokens': '0' }),
      'rate | cools | 429 rate_limit_exceeded retry',
    ],
    [
      'a reset of zero, which means nothing',
      limit('Slow', { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '0' }),
      'rate tokens | cools | 429 rate_limit_exceeded retry',
    ],
    ['its own crowding', limit('The system is experiencing high demand. Please try again later.'), OVERLOAD],
    [
      "its own crowding, under a limit's code",
      { status: 429, body: errorOf('rate_limit_exceeded', 'The system is currently experiencing high demand') },
      OVERLOAD,
    ],
    ['no room', { status: 429, body: errorOf('NoCapacity', 'The system is over capacity') }, OVERLOAD],
    [
      'a timeout',
      { status: 408, body: errorOf('Timeout', 'The operation was timeout') },
      'timeout | weighs on the circuit | 504 upstream_timeout retry',
    ],
    [
      'a fault',
      { status: 500, body: errorOf('InternalServerError', 'Sorry') },
      'fault | weighs on the circuit | 502 upstream_error retry',
    ],
    ['out of service', { status: 503, body: errorOf('ServiceUnavailable', 'Sorry') }, OVERLOAD],
    [
      'a filtered answer',
      {
        stream: sse(
          { id: 'chatcmpl-1', model: 'gpt', choices: [{ index: 0, delta: { content: 'Ha' } }] },
          { id: 'chatcmpl-1', model: 'gpt', choices: [{ index: 0, delta: {}, finish_reason: 'content_filter' }] },
          '[DONE]',
        ),
      },
      'an answer: content_filter',
    ],
    [
      'an answer that its filter failed on: not filtered, yet an answer',
      {
        stream: sse(
          {
            id: 'chatcmpl-1',
            model: 'gpt',
            choices: [
              {
                index: 0,
                delta: { content: 'Ha' },
                content_filter_results: { error: { code: 'content_filter_error', message: 'Down' } },
              },
            ],
          },
          { id: 'chatcmpl-1', model: 'gpt', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
          '[DONE]',
        ),
      },
      'an answer: stop',
    ],
  ],
};
