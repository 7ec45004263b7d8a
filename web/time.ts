/** Spans that people choose from, and the buckets that a chart of each has. All times on the wire are UTC. */
export type Since = '1h' | '24h' | '7d' | '30d' | '90d' | 'today' | 'month';
export type Bucket = 'minute' | 'hour' | 'day';

export interface Span {
  since: Since;
  label: string;
  every: Bucket;
}

export const SPANS: readonly Span[] = [
  { since: '1h', label: 'Last hour', every: 'minute' },
  { since: '24h', label: 'Last 24 hours', every: 'hour' },
  { since: '7d', label: 'Last 7 days', every: 'day' },
  { since: '30d', label: 'Last 30 days', every: 'day' },
  { since: '90d', label: 'Last 90 days', every: 'day' },
];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LENGTH_MS = { '1h': HOUR_MS, '24h': DAY_MS, '7d': 7 * DAY_MS, '30d': 30 * DAY_MS, '90d': 90 * DAY_MS };
export const BUCKET_MS: Record<Bucket, number> = { minute: 60_000, hour: HOUR_MS, day: DAY_MS };

export function fromOf(since: Since, nowMs: number): string {
  const now = new Date(nowMs);
  if (since === 'today') return new Date(Math.floor(nowMs / DAY_MS) * DAY_MS).toISOString();
  if (since === 'month') return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)).toISOString();
  return new Date(nowMs - LENGTH_MS[since]).toISOString();
}

/** Every bucket from the first to the last, empty ones included: a gap is a fact, too. */
export function bucketsBetween(from: string, to: string, every: Bucket): number[] {
  const size = BUCKET_MS[every];
  const first = Math.floor(Date.parse(from) / size) * size;
  const last = Date.parse(to);
  const buckets: number[] = [];
  for (let at = first; at < last; at += size) buckets.push(at);
  return buckets;
}
