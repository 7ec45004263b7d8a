/** What OpenAI, Azure and the many servers that copy their API mean by a refusal. */
import { GatewayError, type ErrorKind, type Scope } from '../../src/core/errors.ts';
import type { Refusal } from '../../src/core/provider.ts';
import { record } from '../shared/refusal.ts';
import { retryAfterMs } from '../shared/wait.ts';
import { readComplaint, type Complaint } from './complaint.ts';
import { dimensionOf, throttledMs } from './rate-limit.ts';

/** Machine codes and types, which share one name space in practice. Some are told under any status. */
const CODES: Readonly<Record<string, ErrorKind>> = {
  context_length_exceeded: 'context',
  exceed_context_size_error: 'context', // llama.cpp
  content_filter: 'policy',
  content_policy_violation: 'policy',
  ResponsibleAIPolicyViolation: 'policy', // Azure's inner code.
  image_content_policy_violation: 'policy',
  bio_policy: 'policy',
  misalignment_policy_violation: 'policy',
  invalid_prompt: 'policy',
  insufficient_quota: 'exhausted',
  credit_balance_exhausted: 'exhausted',
  organization_spend_limit_exceeded: 'exhausted',
  project_spend_limit_exceeded: 'exhausted',
  organization_usage_limit_exceeded: 'exhausted',
  billing_hard_limit_reached: 'exhausted',
  billing_not_active: 'exhausted',
  rate_limit_exceeded: 'rate',
  slow_down: 'ramp',
  server_is_overloaded: 'overload',
  service_tier_capacity_exceeded: 'overload', // Mistral: no room for our tier, which is no quota of ours.
  overloaded_error: 'overload',
  invalid_api_key: 'credential',
  account_deactivated: 'credential',
  model_not_found: 'misconfigured',
  DeploymentNotFound: 'misconfigured',
  data_residency_mismatch: 'misconfigured',
  invalid_encrypted_content: 'reasoning_rejected',
  tool_use_failed: 'malformed', // Groq: the model's own call was not well-formed, or never came.
  json_validate_failed: 'malformed',
  server_error: 'fault',
  vector_store_timeout: 'fault',
};

/** Where no code tells it. The test's table holds the sentences that servers really send. */
const SENTENCES: readonly { says: RegExp; kind: ErrorKind }[] = [
  {
    says: /maximum (?:context|prompt|input) length|context (?:length|window|size)|prompt (?:is )?too long|reduce the length of/i,
    kind: 'context',
  },
  { says: /insufficient (?:balance|credits|funds)|used all available credits/i, kind: 'exhausted' },
  // Gemini's minute, told in OpenAI's dialect, has the same sentence and a time.
  { says: /current quota(?!.{0,500}retry in)/is, kind: 'exhausted' },
  { says: /(?:incorrect|invalid) api key/i, kind: 'credential' },
  { says: /encrypted content|'rs_\w+'|required following item|thought.?signature/i, kind: 'reasoning_rejected' },
  // Servers that know no reasoning in the history (Groq, Mistral); others demand it.
  {
    says: /reasoning_(?:content|details).{0,80}(?:unsupported|not (?:permitted|allowed|supported))|(?:unknown|unrecognized|extra).{0,80}reasoning_(?:content|details)/is,
    kind: 'reasoning_rejected',
  },
  { says: /high demand|(?:at|over|insufficient) capacity|overloaded/i, kind: 'overload' },
];

const STATUSES: Readonly<Record<number, ErrorKind>> = {
  401: 'credential',
  402: 'exhausted',
  403: 'credential',
  404: 'misconfigured',
  405: 'misconfigured',
  408: 'timeout',
  429: 'rate',
  498: 'overload', // Groq's flex tier is full.
  499: 'fault',
  503: 'overload',
  504: 'timeout',
  524: 'timeout', // Cloudflare gave up waiting.
  529: 'overload',
};

/** An error inside a 2xx has no status, only a type. */
const TYPES: Readonly<Record<string, ErrorKind>> = {
  invalid_request_error: 'caller',
  authentication_error: 'credential',
  permission_error: 'credential',
  not_found_error: 'misconfigured',
  rate_limit_error: 'rate',
  service_unavailable_error: 'overload',
};

/** Statuses of a caller's fault that its client should see. */
const CALLER_STATUSES = new Set([400, 409, 412, 413, 415, 422]);
/** The Responses API tells what is wrong with the client's picture only after it has begun to answer. */
const BAD_IMAGE = /image/;
/** More tokens than the limit of a whole minute: waiting cannot help, another deployment may have more. */
const LARGER_THAN_LIMIT = /^Request too large/;
/** One model is closed to the key, not all. */
const ONE_MODEL = /(?:from|to|access) (?:this )?model\b/i;

/** Also reads an error that came inside a 2xx, given as its JSON under that status. */
export function classify(refusal: Refusal): GatewayError {
  const complaint = readComplaint(refusal.body);
  const status = refusal.status < 300 ? complaint.status : refusal.status;
  const kind = kindOf(complaint, status);
  const { message, param } = complaint;
  const isRate = kind === 'rate' || kind === 'ramp';
  return new GatewayError(
    kind,
    message || (status ? `The provider answered with status ${status}` : 'The provider failed'),
    {
      retryAfterMs: isRate ? throttledMs(refusal, message) : retryAfterMs(refusal),
      ...(isRate && { dimension: dimensionOf(complaint, refusal) }),
      scope: scopeOf(kind, complaint),
      param,
      code: codeOf(kind, complaint, status),
      ...(kind === 'caller' && status !== undefined && CALLER_STATUSES.has(status) && { status }),
      ...(kind === 'misconfigured' && LARGER_THAN_LIMIT.test(message) && { status: 429 }),
    },
  );
}

/** An error object out of the middle of an answer. */
export function fromError(error: unknown): GatewayError {
  return classify({
    status: 200,
    header: () => undefined,
    body: JSON.stringify(record(error)?.error ? error : { error }),
  });
}

function kindOf(complaint: Complaint, status: number | undefined): ErrorKind {
  const { code, type, message, param } = complaint;
  if (LARGER_THAN_LIMIT.test(message)) return 'misconfigured';
  const coded = own(CODES, code) ?? own(CODES, type);
  // Azure tells its own crowding under the code of a limit.
  if (coded) return coded === 'rate' && sentenceOf(message) === 'overload' ? 'overload' : coded;
  if (status === undefined) return kindInside(complaint);
  // Mistral names the field beside its sentence, "Extra inputs are not permitted".
  if (isAmbiguous(status)) return sentenceOf(`${param ?? ''}: ${message}`) ?? STATUSES[status] ?? 'caller';
  return STATUSES[status] ?? 'fault';
}

function kindInside({ code, type, message }: Complaint): ErrorKind {
  return sentenceOf(message) ?? own(TYPES, type) ?? (BAD_IMAGE.test(code) ? 'caller' : 'fault');
}

/** What is no credential and no missing model by its status may be anything by its words. */
function isAmbiguous(status: number): boolean {
  return status >= 400 && status < 500 && status !== 401 && status !== 404 && status !== 408;
}

function sentenceOf(message: string): ErrorKind | undefined {
  return SENTENCES.find(({ says }) => says.test(message))?.kind;
}

/** Money is the organisation's, unless the project has a limit of its own. Without a scope: all behind the credential. */
function scopeOf(kind: ErrorKind, { code, type, message }: Complaint): Scope | undefined {
  if (kind === 'exhausted') return [code, type].some((word) => word.startsWith('project_')) ? 'endpoint' : 'account';
  if (kind !== 'credential') return undefined;
  if (code === 'account_deactivated') return 'account';
  return ONE_MODEL.test(message) ? 'model' : undefined;
}

/** The provider's own code where the client can act on it. */
function codeOf(kind: ErrorKind, { code }: Complaint, status: number | undefined): string | undefined {
  if (code && (kind === 'caller' || kind === 'policy' || kind === 'misconfigured')) return code;
  return kind === 'caller' && status === 413 ? 'request_too_large' : undefined;
}

/** Codes come from outside, and `constructor` is one too. */
function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
