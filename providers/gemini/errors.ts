import { GatewayError, type ErrorDetails, type ErrorKind, type Scope } from '../../src/core/errors.ts';
import type { Refusal } from '../../src/core/provider.ts';
import { readErrorBody, record, text } from '../shared/refusal.ts';
import { durationMs, retryAfterMs, serverNow, spokenMs, untilMidnightMs } from '../shared/wait.ts';

/** Google's `{"error":{code,message,status,details}}`, read. */
interface Complaint {
  /** The HTTP status; in a stream, `error.code`. */
  status: number;
  /** `RESOURCE_EXHAUSTED` and so on. */
  word: string;
  message: string;
  /** `google.rpc.ErrorInfo`'s. */
  reason: string;
  /** `google.rpc.QuotaFailure`: the names of all quotas that were exceeded. */
  quotas: string[];
  /** `google.rpc.RetryInfo`'s, or the sentence's. */
  retryMs: number | undefined;
}

/** Google's quotas a minute refill within one. */
const MINUTE_MS = 60_000;
/** Where the days of its quotas begin. */
const CALIFORNIA = 'America/Los_Angeles';

const STATUSES: Readonly<Record<number, ErrorKind>> = {
  401: 'credential',
  402: 'exhausted',
  403: 'credential',
  404: 'misconfigured',
  408: 'timeout',
  409: 'fault',
  499: 'fault',
  500: 'fault',
  503: 'overload',
  504: 'timeout',
};

/** A 400 means four things, and only its sentence tells the last three apart. */
const SENTENCES: readonly { says: RegExp; kind: ErrorKind }[] = [
  { says: /thought.?signature/i, kind: 'reasoning_rejected' },
  { says: /exceeds the maximum number of tokens/i, kind: 'context' },
  { says: /is (not enabled|unsupported|not supported)\b/i, kind: 'misconfigured' },
];

/** Statuses of a caller's fault that its client should see. */
const CALLER_STATUSES: ReadonlySet<number> = new Set([400, 413, 415, 422]);

export function classify(refusal: Refusal): GatewayError {
  const complaint = readComplaint(refusal.body, refusal.status);
  const nowMs = serverNow(refusal);
  if (!isDaily(complaint)) return judge(complaint, retryAfterMs(refusal) ?? complaint.retryMs);
  return judge(complaint, nowMs === undefined ? undefined : untilMidnightMs(nowMs, CALIFORNIA));
}

/** An error that came where an answer was expected: the body is a chunk of the stream. */
export function fromError(body: string): GatewayError {
  const complaint = readComplaint(body, 0);
  return judge(complaint, isDaily(complaint) ? undefined : complaint.retryMs);
}

function judge(complaint: Complaint, announcedMs: number | undefined): GatewayError {
  const { status, message, quotas } = complaint;
  const kind = kindOf(complaint);
  const isMinute = kind === 'rate' && quotas.some((quota) => /per_?minute/i.test(quota));
  return new GatewayError(kind, message || `The provider answered with status ${status}`, {
    retryAfterMs: announcedMs ?? (isMinute ? MINUTE_MS : undefined),
    ...(kind === 'rate' && { dimension: dimensionOf(quotas) }),
    ...(kind === 'exhausted' && { scope: scopeOf(quotas) }),
    ...(kind === 'caller' && CALLER_STATUSES.has(status) && { status }),
    ...(status === 413 && { code: 'request_too_large' }),
    ...(status === 400 && kind === 'misconfigured' && { status, code: 'unsupported_parameter' }),
  });
}

const DIMENSIONS: readonly { named: RegExp; dimension: NonNullable<ErrorDetails['dimension']> }[] = [
  { named: /concurrent/i, dimension: 'concurrency' },
  { named: /input_?token/i, dimension: 'input' },
  { named: /output_?token/i, dimension: 'output' },
  { named: /token/i, dimension: 'tokens' },
  { named: /requests/i, dimension: 'requests' },
];

/** The one that all exceeded quotas are about. */
function dimensionOf(quotas: readonly string[]): ErrorDetails['dimension'] {
  const named = quotas.map((quota) => DIMENSIONS.find((row) => row.named.test(quota))?.dimension);
  const [first, ...others] = new Set(named);
  return others.length === 0 ? first : undefined;
}

/** A day's quota is a project's, most often for one model; prepaid credit is the whole account's. */
function scopeOf(quotas: readonly string[]): Scope {
  return quotas.some((quota) => /per_?(?:base_?)?model/i.test(quota)) ? 'model' : 'account';
}

function kindOf(complaint: Complaint): ErrorKind {
  const { status } = complaint;
  if (status === 400) return ofBadRequest(complaint);
  if (status === 429) return ofQuota(complaint);
  return STATUSES[status] ?? (status >= 400 && status < 500 ? 'caller' : 'fault');
}

function ofBadRequest({ reason, word, message }: Complaint): ErrorKind {
  // A wrong key is a 400 here, and so is a country or a project without billing.
  if (reason.startsWith('API_KEY_') || word === 'FAILED_PRECONDITION') return 'credential';
  return SENTENCES.find(({ says }) => says.test(message))?.kind ?? 'caller';
}

function ofQuota(complaint: Complaint): ErrorKind {
  if (isDaily(complaint)) return 'exhausted';
  // Vertex's pay-as-you-go pool, shared by all customers: not our limit but their load.
  return /^resource exhausted[,.] please try again later/i.test(complaint.message) ? 'overload' : 'rate';
}

/** RetryInfo says half a minute even when the day's quota is gone. */
function isDaily({ status, quotas }: Complaint): boolean {
  return status === 429 && quotas.some((quota) => /per_?day|daily/i.test(quota));
}

function readComplaint(body: string, httpStatus: number): Complaint {
  const { error, message } = readErrorBody(body);
  const details = records(error['details']);
  const violations = details.flatMap((detail) => records(detail['violations']));
  const code = error['code'];
  return {
    status: httpStatus || (typeof code === 'number' ? code : 0),
    word: text(error['status']) ?? '',
    message,
    reason: texts(details, 'reason')[0] ?? '',
    // Vertex names the quota only in its sentence.
    quotas: [
      ...texts(violations, 'quotaId'),
      ...texts(violations, 'quotaMetric'),
      ...(message.match(/googleapis\.com\/\w+/g) ?? []),
    ],
    retryMs: durationMs(texts(details, 'retryDelay')[0]) ?? spokenMs(message),
  };
}

function records(value: unknown): Record<string, unknown>[] {
  const entries: unknown[] = Array.isArray(value) ? value : [];
  return entries.map(record).filter((entry) => entry !== undefined);
}

function texts(entries: readonly Record<string, unknown>[], field: string): string[] {
  return entries.flatMap((entry) => text(entry[field]) ?? []);
}
