import { GatewayError, type ErrorKind } from '../../src/core/errors.ts';
import type { Refusal } from '../../src/core/provider.ts';
import { parseJson, record, retryAfterMs, text } from '../shared/refusal.ts';

/** What Anthropic said of an error, wherever it said it. */
interface Complaint {
  type: string;
  /** `error.details.error_code`: the one stable thing to branch on, since API version 2026-10-21. */
  code: string;
  message: string;
}

/** Says more than the type does; an unknown code is its bare type. */
const CODES: Record<string, ErrorKind> = {
  organization_on_hold: 'credential',
  organization_type_not_supported: 'credential',
  parent_organization_required: 'credential',
  claude_code_key_creator_not_member: 'credential',
  cmek_key_disabled: 'credential',
  cmek_key_network_blocked: 'credential',
  sandbox_egress_restricted: 'credential',
  linked_organization_billing_unavailable: 'exhausted',
  linked_organization_spend_limit_reached: 'exhausted',
  enforced_spend_limit_reached: 'exhausted',
  contract_spend_limit_reached: 'exhausted',
  ramp_limit_exceeded: 'ramp',
  cmek_context_unavailable: 'fault',
  cmek_key_unreachable: 'fault',
  compaction_unavailable: 'overload',
  thread_not_found: 'caller',
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
const SENTENCES: readonly { type: string; says: RegExp; kind: ErrorKind }[] = [
  { type: 'invalid_request_error', says: /prompt is too long|exceed context limit/i, kind: 'context' },
  {
    type: 'invalid_request_error',
    says: /specified (workspace )?API usage limits|credit balance is too low/i,
    kind: 'exhausted',
  },
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

/** Statuses of a caller's fault that its client should see. */
const CALLER_STATUSES = new Set([400, 409, 412, 413, 415, 422]);

/** Anthropic asks for "a few minutes" where its customer's own key service is away. */
const KEY_SERVICE_AWAY_MS = 60_000;

export function classify(refusal: Refusal): GatewayError {
  const complaint = toComplaint(parseJson(refusal.body));
  const kind = complaint ? kindOf(complaint) : undefined;
  const { status } = refusal;
  const asked = retryAfterMs(refusal);
  if (kind === 'rate' && isLargerThanLimit(refusal)) return tooLargeForLimit(complaint);
  return toError(kind ?? STATUSES[status] ?? (status >= 400 && status < 500 ? 'caller' : 'fault'), complaint, {
    status,
    retryAfterMs:
      asked ?? (complaint?.code.startsWith('cmek_') ? KEY_SERVICE_AWAY_MS : regainedInMs(complaint, refusal)),
  });
}

/** An `error` event in a stream, or an error's body under status 200. */
export function fromError(event: unknown): GatewayError {
  const complaint = toComplaint(event);
  return toError((complaint && kindOf(complaint)) ?? 'fault', complaint, {});
}

function toComplaint(body: unknown): Complaint | undefined {
  const error = record(record(body)?.error);
  if (!error) return undefined;
  const code = text(record(error.details)?.error_code) ?? '';
  return { type: text(error.type) ?? '', code, message: text(error.message) ?? '' };
}

function kindOf({ type, code, message }: Complaint): ErrorKind | undefined {
  const sentence = SENTENCES.find((row) => row.type === type && row.says.test(message));
  return CODES[code] ?? sentence?.kind ?? TYPES[type];
}

function toError(
  kind: ErrorKind,
  complaint: Complaint | undefined,
  details: { status?: number; retryAfterMs?: number | undefined },
): GatewayError {
  const { status, retryAfterMs: waitMs } = details;
  const said = complaint?.message || (status ? `The provider answered with status ${status}` : 'The provider failed');
  // Names of organisations and keys stand in these messages; they are the operator's business only.
  const message = kind === 'credential' ? "The provider refused the gateway's credential" : said;
  return new GatewayError(kind, message, {
    retryAfterMs: waitMs,
    ...(status !== undefined && kind === 'caller' && CALLER_STATUSES.has(status) && { status }),
    ...(status === 413 && { code: 'request_too_large' }),
    ...(status === 400 && kind === 'misconfigured' && { status, code: 'unsupported_parameter' }),
    ...(kind === 'credential' && { cause: said }),
  });
}

/** Anthropic says that waiting is pointless: the request alone is larger than what the key may use in a minute. */
function isLargerThanLimit(refusal: Refusal): boolean {
  return refusal.header('x-should-retry') === 'false' && /would exceed/.test(refusal.body);
}

function tooLargeForLimit(complaint: Complaint | undefined): GatewayError {
  const message = complaint?.message || 'The request is larger than the rate limit';
  return new GatewayError('misconfigured', message, { status: 429, code: 'rate_limit_exceeded' });
}

/** "You will regain access on 2026-12-01 at 00:00 UTC.", by the provider's own clock. */
function regainedInMs(complaint: Complaint | undefined, refusal: Refusal): number | undefined {
  const [, day, time = '00:00'] =
    /regain access on (\d{4}-\d\d-\d\d)(?: at (\d\d:\d\d) UTC)?/.exec(complaint?.message ?? '') ?? [];
  const wait = Date.parse(`${day}T${time}:00Z`) - Date.parse(refusal.header('date') ?? '');
  return wait > 0 ? wait : undefined;
}
