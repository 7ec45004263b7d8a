/**
 * What every recorded refusal means, by hand from design/failures.md §1: not from our classify.
 *
 * Where the tables leave it open, two kinds are right; the first one is what we would rather see.
 */
import type { ErrorDetails, ErrorKind } from '../../src/core/errors.ts';
import type { Action } from '../taxonomy/row.ts';
import { type Recording, textOf } from './recordings.ts';

export interface ExpectedError {
  kinds: ErrorKind[];
  /** Status the client sees, one a kind. */
  statuses: number[];
  /** What the router does then. */
  action: Action;
  retryAfterMs?: number;
  dimension?: ErrorDetails['dimension'];
  scope?: ErrorDetails['scope'];
}

interface Row extends ExpectedError {
  provider: Recording['provider'];
  status: number;
  says: RegExp;
}

const caller = (status = 400) => ({
  kinds: ['caller'] as ErrorKind[],
  statuses: [status],
  action: 'returned' as const,
});
const context = { kinds: ['context'] as ErrorKind[], statuses: [400], action: 'returned' as const };
/** Bytes, not tokens, are too many: the caller's fault either way. */
const tooManyBytes = { kinds: ['context', 'caller'] as ErrorKind[], statuses: [400, 413], action: 'returned' as const };
const policy = { kinds: ['policy'] as ErrorKind[], statuses: [400], action: 'returned' as const };
const credential = { kinds: ['credential'] as ErrorKind[], statuses: [502], action: 'parks' as const };
const misconfigured = { kinds: ['misconfigured'] as ErrorKind[], statuses: [404, 400], action: 'fails over' as const };
/** This model cannot; another may. */
const incapable = {
  kinds: ['misconfigured', 'unsupported'] as ErrorKind[],
  statuses: [400],
  action: 'fails over' as const,
};
const rate = { kinds: ['rate'] as ErrorKind[], statuses: [429], action: 'cools' as const };
const overload = { kinds: ['overload'] as ErrorKind[], statuses: [503], action: 'weighs on the circuit' as const };
const fault = { kinds: ['fault'] as ErrorKind[], statuses: [502], action: 'weighs on the circuit' as const };
/** A proxy in front of the model lost it: a reset, told as a 503. */
const lost = {
  kinds: ['overload', 'fault'] as ErrorKind[],
  statuses: [503, 502],
  action: 'weighs on the circuit' as const,
};
const timeout = {
  kinds: ['timeout', 'fault'] as ErrorKind[],
  statuses: [504, 502],
  action: 'weighs on the circuit' as const,
};

const ROWS: Row[] = [
  { provider: 'anthropic', status: 400, says: /too many total text bytes/, ...tooManyBytes },
  { provider: 'anthropic', status: 400, says: /must have non-empty content/, ...caller() },
  { provider: 'anthropic', status: 400, says: /Unable to download the file/, ...caller() },
  { provider: 'anthropic', status: 404, says: /not_found_error/, ...misconfigured },
  { provider: 'anthropic', status: 429, says: /Number of concurrent connections/, ...rate, dimension: 'concurrency' },
  {
    provider: 'anthropic',
    status: 429,
    says: /of 50,000 input tokens/,
    ...rate,
    retryAfterMs: 4_000,
    dimension: 'input',
  },
  {
    provider: 'anthropic',
    status: 429,
    says: /of 200,000 input tokens/,
    ...rate,
    retryAfterMs: 65_000,
    dimension: 'input',
  },
  { provider: 'anthropic', status: 503, says: /^upstream connect error/, ...lost },
  { provider: 'anthropic', status: 529, says: /overloaded_error/, ...overload },
  { provider: 'anthropic', status: 401, says: /authentication_error/, ...credential },

  { provider: 'bedrock', status: 400, says: /provided model identifier is invalid/, ...misconfigured },
  { provider: 'bedrock', status: 400, says: /exceeds maximum length|Input is too long/, ...context },
  { provider: 'bedrock', status: 400, says: /too many total text bytes/, ...tooManyBytes },
  { provider: 'bedrock', status: 400, says: /Malformed input request/, ...caller() },
  { provider: 'bedrock', status: 400, says: /property 'multipleOf' is not supported/, ...caller() },
  { provider: 'bedrock', status: 400, says: /cannot both be specified/, ...caller() },
  { provider: 'bedrock', status: 403, says: /security token/, ...credential },
  {
    provider: 'bedrock', // The key is good; one model is not open to it.
    status: 403,
    says: /have access to the model/,
    kinds: ['misconfigured'],
    statuses: [404],
    action: 'fails over',
  },
  {
    provider: 'bedrock', // Our clock is wrong; the key is as good as ever.
    status: 403,
    says: /Signature expired/,
    ...fault,
  },
  { provider: 'bedrock', status: 429, says: /Too many requests/, ...rate, dimension: 'requests' },
  { provider: 'bedrock', status: 503, says: /Service capacity limit/, ...overload },

  { provider: 'compat', status: 400, says: /Unsupported parameter: 'max_tokens'/, ...caller() },
  { provider: 'compat', status: 400, says: /"content_filter"/, ...policy },
  { provider: 'compat', status: 400, says: /maximum context length is 131072/, ...context },
  { provider: 'compat', status: 401, says: /invalid subscription key/, ...credential },
  { provider: 'compat', status: 408, says: /upstream request timeout/, ...timeout },
  { provider: 'compat', status: 422, says: /Failed to deserialize/, ...caller(422) },
  {
    provider: 'compat',
    status: 429,
    says: /Rate limit reached for model/,
    ...rate,
    retryAfterMs: 3_000,
    dimension: 'tokens',
  },
  {
    provider: 'compat', // Mistral: no capacity for our tier is no quota of ours.
    status: 429,
    says: /Service tier capacity exceeded/,
    ...overload,
  },

  { provider: 'gemini', status: 404, says: /NOT_FOUND/, ...misconfigured },
  { provider: 'gemini', status: 400, says: /exceeds the maximum number of tokens/, ...context },
  { provider: 'gemini', status: 400, says: /API_KEY_INVALID/, ...credential },
  { provider: 'gemini', status: 400, says: /Penalty is not enabled|Function calling with a response/, ...incapable },
  { provider: 'gemini', status: 400, says: /Unknown name \\?"mediaResolution/, ...caller() },
  { provider: 'gemini', status: 403, says: /PERMISSION_DENIED/, ...credential },
  {
    provider: 'gemini',
    status: 429,
    says: /PerMinute.*"retryDelay": ?"55s"/s,
    ...rate,
    retryAfterMs: 55_000,
    dimension: 'input',
  },
  {
    provider: 'gemini',
    status: 429,
    says: /PerMinute.*"retryDelay": ?"3s"/s,
    ...rate,
    retryAfterMs: 3_000,
    dimension: 'input',
  },
  { provider: 'gemini', status: 503, says: /UNAVAILABLE/, ...overload },

  { provider: 'openai', status: 400, says: /"model_not_found"/, ...misconfigured },
  { provider: 'openai', status: 400, says: /missing_required_parameter/, ...caller() },
  { provider: 'openai', status: 400, says: /less than the minimum of 1/, ...caller() },
  { provider: 'openai', status: 400, says: /'temperature' is not supported/, ...caller() },
  { provider: 'openai', status: 400, says: /Error while downloading/, ...caller() },
  { provider: 'openai', status: 400, says: /integer_below_min_value/, ...caller() },
  { provider: 'openai', status: 401, says: /API key/, ...credential },
  { provider: 'openai', status: 403, says: /not allowed to generate embeddings/, ...credential, scope: 'model' },
  { provider: 'openai', status: 404, says: /./, ...misconfigured },
  {
    provider: 'openai', // Larger than a minute's whole limit: waiting helps nobody, a roomier deployment may.
    status: 429,
    says: /Request too large for/,
    kinds: ['misconfigured'],
    statuses: [429],
    action: 'fails over',
  },
  { provider: 'openai', status: 503, says: /^upstream connect error/, ...lost },
  { provider: 'openai', status: 500, says: /"server_error"/, ...fault },

  { provider: 'vertex', status: 400, says: /Cannot fetch content|valid role|temperature value of 1000/, ...caller() },
  { provider: 'vertex', status: 401, says: /UNAUTHENTICATED/, ...credential },
  { provider: 'vertex', status: 404, says: /NOT_FOUND/, ...misconfigured },
];

/** Every row that fits; exactly one should. */
export function errorRowsOf(recording: Recording): ExpectedError[] {
  const body = textOf(recording);
  const { provider, response } = recording;
  return ROWS.filter((row) => row.provider === provider && row.status === response.status && row.says.test(body));
}

export const ERROR_ROWS: readonly Row[] = ROWS;
