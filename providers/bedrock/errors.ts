import { GatewayError, type ErrorDetails, type ErrorKind, type Scope } from '../../src/core/errors.ts';
import type { Refusal } from '../../src/core/provider.ts';
import { parseJson, record, text } from '../shared/refusal.ts';
import { retryAfterMs, serverNow, untilMidnightMs } from '../shared/wait.ts';

/** By the exception's name in lower case and without `exception`, as both HTTP and event streams spell it. */
const KINDS: Readonly<Record<string, ErrorKind>> = {
  validation: 'caller',
  conflict: 'caller',
  servicequotaexceeded: 'exhausted', // A 400, yet not the caller's fault.
  accessdenied: 'credential',
  unauthorized: 'credential',
  unrecognizedclient: 'credential',
  invalidclienttokenid: 'credential',
  invalidsignature: 'credential',
  signaturedoesnotmatch: 'credential',
  incompletesignature: 'credential',
  missingauthenticationtoken: 'credential',
  expiredtoken: 'credential',
  optinrequired: 'credential',
  mpagreementbeingcreated: 'credential', // The model's subscription is being made: minutes.
  requestexpired: 'fault', // Our clock; so is `requesttimetooskewed`.
  requesttimetooskewed: 'fault',
  resourcenotfound: 'misconfigured',
  unknownoperation: 'misconfigured',
  ftuformnotfilled: 'misconfigured',
  modeltimeout: 'timeout',
  modelerror: 'fault',
  modelstreamerror: 'fault',
  internalserver: 'fault',
  internalfailure: 'fault',
  throttling: 'rate',
  toomanyrequests: 'rate',
  modelnotready: 'warming', // A 429, but no limit was hit.
  serviceunavailable: 'overload',
  overloaded_error: 'overload',
};

/** What is gone with it, where that is not everything behind the endpoint's credential. */
const SCOPES: Readonly<Record<string, Scope>> = { optinrequired: 'account', mpagreementbeingcreated: 'model' };

/** Where there is no name that we know: a proxy's answer, or a name from the future. */
const STATUS_KINDS: Readonly<Record<number, ErrorKind>> = {
  401: 'credential',
  403: 'credential',
  404: 'misconfigured',
  408: 'timeout',
  424: 'fault',
  429: 'rate',
  503: 'overload',
  504: 'timeout',
  529: 'overload',
};

const PER_DAY = /per day|daily/i;
/** The policy lacks one model: `… is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:…` */
const ON_MODEL = /on resource: \S*(?:foundation-model|inference-profile)/i;

const DIMENSIONS: readonly { says: RegExp; dimension: NonNullable<ErrorDetails['dimension']> }[] = [
  { says: /concurren/i, dimension: 'concurrency' },
  { says: /too many tokens/i, dimension: 'tokens' },
  { says: /too many requests/i, dimension: 'requests' },
];

/**
 * Where only the sentence tells. Converse has one ValidationException for all that a model or Bedrock itself dislikes,
 * and one ThrottlingException for a busy second and for a used-up day. The first match counts.
 */
const SENTENCES: readonly { kind: ErrorKind; of: readonly ErrorKind[]; pattern: RegExp; scope?: Scope }[] = [
  { kind: 'exhausted', of: ['rate'], pattern: PER_DAY, scope: 'model' }, // Each model has its own.
  { kind: 'fault', of: ['credential'], pattern: /signature (?:has )?expired|not yet current/i }, // Clock skew, not a bad key.
  { kind: 'misconfigured', of: ['credential'], pattern: /access to the model/i }, // One model's, not the key's.
  { kind: 'credential', of: ['credential'], pattern: ON_MODEL, scope: 'model' },
  {
    kind: 'context',
    of: ['caller'],
    pattern:
      /input is too long|prompt is too long|too many (?:input )?tokens|input tokens exceed|too many total text bytes|exceeds? (?:the )?(?:model'?s? )?(?:maximum )?context|maximum context length|exceed model maximum|expected maxLength: \d+, actual/i,
  },
  {
    kind: 'reasoning_rejected',
    of: ['caller'],
    pattern: /thinking.{0,3} block|redacted_thinking|reasoning content|reasoningContent|signature/i,
  },
  { kind: 'policy', of: ['caller'], pattern: /content (?:filter|policy)|blocked by (?:a |the )?guardrail/i },
  {
    kind: 'misconfigured',
    of: ['caller'],
    pattern: /model identifier is invalid|on-demand throughput|model version has reached/i,
  },
  { kind: 'credential', of: ['caller'], pattern: /operation not allowed/i, scope: 'account' }, // AWS holds it back.
  {
    kind: 'misconfigured', // For this model; another may.
    of: ['caller'],
    pattern:
      /(?:doesn't|does not|don't) support|not supported (?:for|by|with) this model|is deprecated for this model/i,
  },
];

/** What an answer other than 2xx means. */
export function classify(refusal: Refusal): GatewayError {
  const body = record(parseJson(refusal.body));
  const name = refusal.header('x-amzn-errortype') ?? text(body?.__type) ?? text(body?.code) ?? '';
  const said = text(body?.message) ?? text(body?.Message) ?? '';
  // Passed on, a 401 would be taken for the client's own key; whatever the exception is called, it is about ours.
  const kind = refusal.status === 401 ? 'credential' : (kindOfName(name) ?? kindOfStatus(refusal.status));
  return toError({ kind, name, said, status: refusal.status, retryAfterMs: waitMs(kind, said, refusal) });
}

/** The same for an exception inside a stream, where there is no status. */
export function classifyException(name: string, body: unknown): GatewayError {
  const said = text(record(body)?.message) ?? '';
  return toError({ kind: kindOfName(name) ?? 'fault', name, said });
}

/** `ThrottlingException:http://internal…`, `com.amazon.coral.service#ThrottlingException`, `throttlingException`. */
function plainName(name: string): string {
  const [before = ''] = name.split(':');
  return before
    .slice(before.lastIndexOf('#') + 1)
    .toLowerCase()
    .replace(/exception$/, '');
}

function kindOfName(name: string): ErrorKind | undefined {
  return own(KINDS, plainName(name));
}

/** Names come from outside, and `constructor` is one too. */
function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function kindOfStatus(status: number): ErrorKind {
  return STATUS_KINDS[status] ?? (status >= 400 && status < 500 ? 'caller' : 'fault');
}

interface Complaint {
  kind: ErrorKind;
  name: string;
  said: string;
  status?: number;
  retryAfterMs?: number | undefined;
}

function toError({ kind: first, name, said, status, retryAfterMs }: Complaint): GatewayError {
  const sentence = SENTENCES.find(({ of, pattern }) => of.includes(first) && pattern.test(said));
  const kind = sentence?.kind ?? first;
  return new GatewayError(kind, messageOf(kind, name, said), {
    retryAfterMs,
    scope: sentence?.scope ?? own(SCOPES, plainName(name)),
    ...(kind === 'rate' && { dimension: DIMENSIONS.find(({ says }) => says.test(said))?.dimension }),
    ...(kind === 'caller' && status !== undefined && { status }),
    ...(status === 413 && { code: 'request_too_large' }),
    ...(status === 400 && kind === 'misconfigured' && { status, code: 'unsupported_parameter' }),
  });
}

/** A day's tokens come back at midnight UTC. */
function waitMs(kind: ErrorKind, said: string, refusal: Refusal): number | undefined {
  if (kind !== 'rate' || !PER_DAY.test(said)) return retryAfterMs(refusal);
  const nowMs = serverNow(refusal);
  return nowMs === undefined ? undefined : untilMidnightMs(nowMs, 'UTC');
}

function messageOf(kind: ErrorKind, name: string, said: string): string {
  // Agents shorten their history when they read these words.
  if (kind === 'context' && !/prompt is too long/i.test(said)) return `Bedrock: prompt is too long: ${said}`;
  return `Bedrock: ${said || plainName(name) || 'no reason given'}`;
}
