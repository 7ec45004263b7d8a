import { GatewayError, type ErrorKind } from '../../src/core/errors.ts';
import type { Refusal } from '../../src/core/provider.ts';
import { readErrorBody, record, retryAfterMs, text } from '../shared/refusal.ts';

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
  const announcedMs = retryAfterMs(refusal) ?? complaint.retryMs;
  return judge(complaint, isDaily(complaint) ? untilMidnight(refusal.header('date')) : announcedMs);
}

/** An error that came where an answer was expected: the body is a chunk of the stream. */
export function fromError(body: string): GatewayError {
  const complaint = readComplaint(body, 0);
  return judge(complaint, complaint.retryMs);
}

function judge(complaint: Complaint, announcedMs: number | undefined): GatewayError {
  const { status, message } = complaint;
  const kind = kindOf(complaint);
  const isMinute = kind === 'rate' && complaint.quotas.some((quota) => /per_?minute/i.test(quota));
  return new GatewayError(kind, message || `The provider answered with status ${status}`, {
    retryAfterMs: announcedMs ?? (isMinute ? MINUTE_MS : undefined),
    ...(kind === 'caller' && CALLER_STATUSES.has(status) && { status }),
    ...(status === 413 && { code: 'request_too_large' }),
    ...(status === 400 && kind === 'misconfigured' && { status, code: 'unsupported_parameter' }),
  });
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

/** The days of Google's quotas begin at midnight in California. By Google's own clock. */
function untilMidnight(date: string | undefined): number | undefined {
  const nowMs = Date.parse(date ?? '');
  if (Number.isNaN(nowMs)) return undefined;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: 'America/Los_Angeles',
    timeStyle: 'medium',
    hourCycle: 'h23',
  });
  const [hours = 0, minutes = 0, seconds = 0] = clock.format(nowMs).split(':').map(Number);
  return (24 * 3600 - hours * 3600 - minutes * 60 - seconds) * 1000;
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
      ...(message.match(/[\w.]+\.com\/\w+/g) ?? []),
    ],
    retryMs: durationMs(texts(details, 'retryDelay')[0] ?? retryIn(message)),
  };
}

function records(value: unknown): Record<string, unknown>[] {
  const entries: unknown[] = Array.isArray(value) ? value : [];
  return entries.map(record).filter((entry) => entry !== undefined);
}

function texts(entries: readonly Record<string, unknown>[], field: string): string[] {
  return entries.flatMap((entry) => text(entry[field]) ?? []);
}

function retryIn(message: string): string | undefined {
  return /please retry in ([\d.]+m?s)/i.exec(message)?.[1];
}

/** `34.074824224s` or `900ms`. */
function durationMs(duration: string | undefined): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(m?s)$/.exec(duration ?? '') ?? [];
  return amount === undefined ? undefined : Math.ceil(Number(amount) * (unit === 's' ? 1000 : 1));
}
