import { GatewayError, type ErrorDetails, type ErrorKind, type Scope } from '../../src/core/errors.ts';
import type { Refusal } from '../../src/core/provider.ts';
import { parseJson, record, text } from '../shared/refusal.ts';
import { retryAfterMs, serverNow, untilNextMonthMs } from '../shared/wait.ts';

/** What Anthropic said of an error, wherever it said it. */
interface Complaint {
  type: string;
  /** `error.details.error_code`: the one stable thing to branch on, since API version 2026-10-21. */
  code: string;
  message: string;
}

interface Meaning {
  kind: ErrorKind;
  scope?: Scope;
  /** How long it will last where nobody says so: milliseconds, or until the month's spend limit begins anew. */
  lasts?: number | 'month';
}

/** Anthropic asks for "a few minutes" where its customer's own key service is away. */
const KEY_SERVICE_AWAY: Meaning = { kind: 'fault', lasts: 60_000 };
const CREDENTIAL: Meaning = { kind: 'credential' };
const HELD_BACK: Meaning = { kind: 'credential', scope: 'account' };
const NO_MONEY: Meaning = { kind: 'exhausted', scope: 'account' };
const MONTH_SPENT: Meaning = { ...NO_MONEY, lasts: 'month' };

/** Says more than the type does; an unknown code is its bare type. */
const CODES: Readonly<Record<string, Meaning>> = {
  organization_on_hold: HELD_BACK,
  organization_type_not_supported: HELD_BACK,
  parent_organization_required: HELD_BACK,
  claude_code_key_creator_not_member: CREDENTIAL,
  cmek_key_disabled: CREDENTIAL,
  cmek_key_network_blocked: CREDENTIAL,
  sandbox_egress_restricted: { kind: 'credential', scope: 'model' },
  linked_organization_billing_unavailable: NO_MONEY,
  linked_organization_spend_limit_reached: NO_MONEY,
  enforced_spend_limit_reached: MONTH_SPENT,
  contract_spend_limit_reached: MONTH_SPENT,
  ramp_limit_exceeded: { kind: 'ramp' },
  cmek_context_unavailable: KEY_SERVICE_AWAY,
  cmek_key_unreachable: KEY_SERVICE_AWAY,
  compaction_unavailable: { kind: 'overload' },
  thread_not_found: { kind: 'caller' },
};

const TYPES: Record<string, ErrorKind> = {
  invalid_request_error: 'caller',
  request_too_large: 'caller',
  conflict_error: 'caller',
  authentication_error: 'credential',
  permission_error: 'credential',
  billing_error: 'exhausted',
  not_found_error: 'misconfigured',
  rate_limit_error: 'rate',
  api_error: 'fault',
  timeout_error: 'timeout',
  overloaded_error: 'overload',
};

/** For answers that are not Anthropic's own: a load balancer's text, a proxy's page. */
const STATUSES: Record<number, ErrorKind> = {
  401: 'credential',
  402: 'exhausted',
  403: 'credential',
  404: 'misconfigured',
  405: 'misconfigured',
  408: 'timeout',
  429: 'rate',
  504: 'timeout',
  529: 'overload',
};

/** Types that have no code, so that only the sentence tells. Golden rows in the test hold the real ones. */
const SENTENCES: readonly ({ type: string; says: RegExp } & Meaning)[] = [
  { type: 'invalid_request_error', says: /prompt is too long|exceed context limit/i, kind: 'context' },
  // A workspace has its own keys: the account's others may go on.
  {
    type: 'invalid_request_error',
    says: /specified workspace API usage limits/i,
    kind: 'exhausted',
    scope: 'endpoint',
  },
  { type: 'invalid_request_error', says: /specified API usage limits|credit balance is too low/i, ...NO_MONEY },
  {
    type: 'invalid_request_error',
    says: /signature|thinking`? (or `redacted_thinking`? )?block/i,
    kind: 'reasoning_rejected',
  },
  {
    type: 'invalid_request_error',
    says: /not supported (on|by|for|with) this model|model does not support/i,
    kind: 'misconfigured',
  },
  { type: 'rate_limit_error', says: /acceleration limit|usage increase rate/i, kind: 'ramp' },
];

/** Which limit a throttle names. */
const DIMENSIONS: readonly { says: RegExp; dimension: NonNullable<ErrorDetails['dimension']> }[] = [
  { says: /concurrent (?:connections|requests)/i, dimension: 'concurrency' },
  { says: /input tokens per/i, dimension: 'input' },
  { says: /output tokens per/i, dimension: 'output' },
  { says: /tokens per/i, dimension: 'tokens' },
  { says: /requests per/i, dimension: 'requests' },
];

/** Statuses of a caller's fault that its client should see. */
const CALLER_STATUSES = new Set([400, 409, 412, 413, 415, 422]);

export function classify(refusal: Refusal): GatewayError {
  const complaint = toComplaint(parseJson(refusal.body));
  const { status } = refusal;
  const meaning = (complaint && meaningOf(complaint)) ?? meaningOfStatus(status);
  if (meaning.kind === 'rate' && isLargerThanLimit(refusal)) return tooLargeForLimit(complaint);
  return toError(meaning, complaint, {
    status,
    retryAfterMs: waitMs(meaning, complaint, refusal),
    dimension: dimensionOf(meaning, complaint) ?? usedUp(meaning, refusal),
  });
}

/** An `error` event in a stream, or an error's body under status 200. */
export function fromError(event: unknown): GatewayError {
  const complaint = toComplaint(event);
  const meaning = (complaint && meaningOf(complaint)) ?? { kind: 'fault' as const };
  return toError(meaning, complaint, { dimension: dimensionOf(meaning, complaint) });
}

function toComplaint(body: unknown): Complaint | undefined {
  const error = record(record(body)?.error);
  if (!error) return undefined;
  const code = text(record(error.details)?.error_code) ?? '';
  return { type: text(error.type) ?? '', code, message: text(error.message) ?? '' };
}

function meaningOf({ type, code, message }: Complaint): Meaning | undefined {
  const coded = own(CODES, code) ?? SENTENCES.find((row) => row.type === type && row.says.test(message));
  if (coded) return coded;
  const kind = own(TYPES, type);
  return kind && ofKind(kind);
}

function meaningOfStatus(status: number): Meaning {
  return ofKind(STATUSES[status] ?? (status >= 400 && status < 500 ? 'caller' : 'fault'));
}

function ofKind(kind: ErrorKind): Meaning {
  return kind === 'exhausted' ? NO_MONEY : { kind };
}

function toError(
  { kind, scope }: Meaning,
  complaint: Complaint | undefined,
  { status, retryAfterMs: waitedMs, dimension }: Pick<ErrorDetails, 'status' | 'retryAfterMs' | 'dimension'>,
): GatewayError {
  const said = complaint?.message || (status ? `The provider answered with status ${status}` : 'The provider failed');
  // Names of organisations and keys stand in these messages; they are the operator's business only.
  const message = kind === 'credential' ? "The provider refused the gateway's credential" : said;
  return new GatewayError(kind, message, {
    retryAfterMs: waitedMs,
    scope,
    dimension,
    ...(status !== undefined && kind === 'caller' && CALLER_STATUSES.has(status) && { status }),
    ...(status === 413 && { code: 'request_too_large' }),
    ...(status === 400 && kind === 'misconfigured' && { status, code: 'unsupported_parameter' }),
    ...(kind === 'credential' && { cause: said }),
  });
}

function waitMs({ lasts }: Meaning, complaint: Complaint | undefined, refusal: Refusal): number | undefined {
  const nowMs = serverNow(refusal);
  const regained = nowMs === undefined ? undefined : regainedInMs(complaint, nowMs);
  if (lasts === 'month') return regained ?? (nowMs === undefined ? undefined : untilNextMonthMs(nowMs));
  return regained ?? retryAfterMs(refusal) ?? lasts;
}

/** "You will regain access on 2026-12-01 at 00:00 UTC." */
function regainedInMs(complaint: Complaint | undefined, nowMs: number): number | undefined {
  const [, day, time = '00:00'] =
    /regain access on (\d{4}-\d\d-\d\d)(?: at (\d\d:\d\d) UTC)?/.exec(complaint?.message ?? '') ?? [];
  const wait = Date.parse(`${day}T${time}:00Z`) - nowMs;
  return wait > 0 ? wait : undefined;
}

function dimensionOf({ kind }: Meaning, complaint: Complaint | undefined): ErrorDetails['dimension'] {
  if (kind !== 'rate' && kind !== 'ramp') return undefined;
  return DIMENSIONS.find(({ says }) => says.test(complaint?.message ?? ''))?.dimension;
}

const LIMITS = [
  ['requests', 'requests'],
  ['input', 'input-tokens'],
  ['output', 'output-tokens'],
] as const;

/** The one limit that has nothing left. `…-tokens-` only repeats the tightest, so that it counts when no other does. */
function usedUp({ kind }: Meaning, { header }: Refusal): ErrorDetails['dimension'] {
  if (kind !== 'rate') return undefined;
  const isEmpty = (name: string) => header(`anthropic-ratelimit-${name}-remaining`) === '0';
  const [first, ...others] = LIMITS.filter(([, name]) => isEmpty(name));
  if (others.length > 0) return undefined;
  return first?.[0] ?? (isEmpty('tokens') ? 'tokens' : undefined);
}

/** Anthropic says that waiting is pointless: the request alone is larger than what the key may use in a minute. */
function isLargerThanLimit({ header, body }: Refusal): boolean {
  return header('x-should-retry') === 'false' && /would exceed/.test(body);
}

function tooLargeForLimit(complaint: Complaint | undefined): GatewayError {
  const message = complaint?.message || 'The request is larger than the rate limit';
  return new GatewayError('misconfigured', message, { status: 429, code: 'rate_limit_exceeded' });
}

/** Words come from outside, and `constructor` is one too. */
function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
