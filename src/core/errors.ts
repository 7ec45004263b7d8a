/**
 * Every failure the gateway can meet is one class with one closed `kind`.
 *
 * What a kind *means* (the status a client sees, whether another deployment may be tried, whether the circuit
 * counts it, whether the client's SDK should try again) is data in `ERROR_RULES`, so no other file branches on
 * status codes, provider names or sentences. A provider only parses: (status, machine code, body) → kind.
 */
import type { Dimension } from './limits.ts';
import { scrub } from './scrub.ts';

export type ErrorKind =
  // The router's own word, before any provider was asked.
  | 'invalid_request'
  | 'unauthenticated'
  | 'model_not_found'
  | 'route_not_found'
  | 'request_too_large'
  | 'unsupported'
  | 'rejected'
  | 'forbidden'
  | 'limited'
  | 'budget'
  | 'no_candidate'
  | 'circuit_open'
  | 'capacity'
  | 'deadline'
  | 'internal'
  // The provider says the caller is wrong: another provider would say the same.
  | 'caller'
  | 'context'
  | 'policy'
  // The provider cannot serve what another may.
  | 'misconfigured'
  | 'reasoning_rejected'
  | 'credential'
  | 'exhausted'
  | 'rate'
  | 'ramp'
  | 'overload'
  | 'fault'
  | 'timeout'
  | 'unreachable'
  | 'warming'
  | 'malformed'
  | 'truncated'
  | 'stalled'
  | 'schema_mismatch'
  | 'tool_choice_unsatisfied'
  // Nobody is left to tell.
  | 'client_gone';

export interface ErrorRule {
  /** HTTP status the client sees. */
  status: number;
  /** `error.type` in OpenAI's envelope. */
  type: string;
  /** `error.code` in OpenAI's envelope, unless the error brings a better one. */
  code: string;
  origin: 'router' | 'provider';
  /** May another deployment be tried? */
  failover: boolean;
  /** Does the circuit count it as this deployment's failure? */
  trips: boolean;
  /** What `x-should-retry` tells the client's SDK. */
  clientRetry: boolean;
  /** Worth one more call to the same deployment, and how. */
  again?: 'as_it_was' | 'without_reasoning';
  /** The deployment rests this long if the provider names no time itself. Without it, it does not rest. */
  restMs?: number;
}

const INVALID = 'invalid_request_error';
const SERVER = 'server_error';

/** Rows of `rule(status, type, code)`: the caller's fault, final. */
function caller(status: number, code: string, origin: ErrorRule['origin']): ErrorRule {
  return { status, type: INVALID, code, origin, failover: false, trips: false, clientRetry: false };
}

/** The provider's fault: go on to the next deployment. */
function provider(status: number, type: string, code: string, rest: Partial<ErrorRule> = {}): ErrorRule {
  return { status, type, code, origin: 'provider', failover: true, trips: false, clientRetry: false, ...rest };
}

/** The router's own refusal of one deployment or of all. */
function router(status: number, type: string, code: string, rest: Partial<ErrorRule> = {}): ErrorRule {
  return { status, type, code, origin: 'router', failover: false, trips: false, clientRetry: false, ...rest };
}

const SICK = { trips: true, clientRetry: true };

export const ERROR_RULES: Record<ErrorKind, ErrorRule> = {
  invalid_request: caller(400, 'invalid_request', 'router'),
  unauthenticated: router(401, 'authentication_error', 'invalid_api_key'),
  model_not_found: caller(404, 'model_not_found', 'router'),
  route_not_found: caller(404, 'route_not_found', 'router'),
  request_too_large: caller(413, 'request_too_large', 'router'),
  unsupported: { ...caller(400, 'unsupported_parameter', 'router'), failover: true },
  rejected: caller(400, 'rejected_by_rule', 'router'),
  forbidden: router(403, 'permission_error', 'forbidden'),
  limited: router(429, 'rate_limit_error', 'rate_limit_exceeded', { clientRetry: true }),
  budget: router(429, 'insufficient_quota', 'insufficient_quota', { clientRetry: true }),
  no_candidate: router(503, SERVER, 'no_healthy_provider', { clientRetry: true }),
  circuit_open: router(503, SERVER, 'no_healthy_provider', { failover: true, clientRetry: true }),
  capacity: router(429, 'rate_limit_error', 'router_at_capacity', { clientRetry: true }),
  deadline: router(504, SERVER, 'deadline_exceeded', { clientRetry: true }),
  internal: router(500, SERVER, 'internal_error'),
  caller: caller(400, 'invalid_request', 'provider'),
  context: caller(400, 'context_length_exceeded', 'provider'),
  policy: caller(400, 'content_policy_violation', 'provider'),
  misconfigured: { ...caller(404, 'model_not_found', 'provider'), failover: true },
  reasoning_rejected: { ...caller(400, 'invalid_request', 'provider'), failover: true, again: 'without_reasoning' },
  credential: provider(502, SERVER, 'upstream_auth_error', { restMs: 60_000 }),
  exhausted: provider(429, 'insufficient_quota', 'insufficient_quota', { restMs: 60_000 }),
  rate: provider(429, 'rate_limit_error', 'rate_limit_exceeded', { clientRetry: true, restMs: 1_000 }),
  ramp: provider(429, 'rate_limit_error', 'rate_limit_exceeded', { clientRetry: true, restMs: 1_000 }),
  overload: provider(503, SERVER, 'upstream_overloaded', SICK),
  fault: provider(502, SERVER, 'upstream_error', SICK),
  timeout: provider(504, SERVER, 'upstream_timeout', SICK),
  unreachable: provider(502, SERVER, 'upstream_unreachable', SICK),
  warming: provider(503, SERVER, 'upstream_not_ready', { clientRetry: true, restMs: 5_000 }),
  malformed: provider(502, SERVER, 'upstream_malformed_output', { again: 'as_it_was' }),
  truncated: provider(502, SERVER, 'upstream_stream_truncated', SICK),
  stalled: provider(504, SERVER, 'upstream_stream_idle_timeout', SICK),
  schema_mismatch: provider(502, SERVER, 'schema_validation_failed'),
  tool_choice_unsatisfied: provider(502, SERVER, 'tool_choice_unsatisfied'),
  client_gone: router(499, SERVER, 'client_closed_request'),
};

export interface ErrorDetails {
  /** How long the provider asked us to stay away. */
  retryAfterMs?: number | undefined;
  /** Which request field is wrong: OpenAI's `error.param`. */
  param?: string | undefined;
  /** The provider's own machine code, where it says more than ours. */
  code?: string | undefined;
  /** The provider's own status for a caller's fault (400, 409, 413, 415, 422). */
  status?: number | undefined;
  /** `rate`: which limit it was; unknown means all of them. */
  dimension?: Dimension | 'concurrency' | undefined;
  /** `exhausted`, `credential`: how much is gone with it. Without it, everything behind the endpoint's credential. */
  scope?: Scope | undefined;
  /** The router has already asked more than once: the client's SDK must not multiply that. */
  retried?: boolean | undefined;
  cause?: unknown;
}

/** `model`: this model of the endpoint; `endpoint`: its credential; `account`: every credential of the account. */
export type Scope = 'model' | 'endpoint' | 'account';

export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly kind: ErrorKind;
  readonly retryAfterMs: number | undefined;
  readonly param: string | undefined;
  readonly code: string;
  readonly status: number;
  readonly dimension: ErrorDetails['dimension'];
  readonly scope: Scope | undefined;
  readonly retried: boolean;

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.retryAfterMs = details.retryAfterMs;
    this.param = details.param;
    this.code = details.code ?? ERROR_RULES[kind].code;
    this.status = details.status ?? ERROR_RULES[kind].status;
    this.dimension = details.dimension;
    this.scope = details.scope;
    this.retried = details.retried ?? false;
  }

  get rule(): ErrorRule {
    return ERROR_RULES[this.kind];
  }
}

export function asGatewayError(cause: unknown): GatewayError {
  if (cause instanceof GatewayError) return cause;
  return new GatewayError('internal', 'Something broke on our side; the log has the details', { cause });
}

/** The body that every OpenAI SDK knows how to read, and `origin`: whose refusal it is. */
export function errorBody(error: GatewayError) {
  const { rule, param, code } = error;
  return { error: { message: publicMessage(error), type: rule.type, param: param ?? null, code, origin: rule.origin } };
}

/** What a provider says of the operator's credential is the operator's to read, in the log. */
function publicMessage({ kind, message, rule }: GatewayError): string {
  if (kind === 'credential') return "The provider refused the router's own credential; the operator has to mend it";
  return rule.origin === 'provider' ? scrub(message) : message;
}
