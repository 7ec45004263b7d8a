/**
 * What the ledger keeps, and what it can be asked. `src/books/ledger/` makes the rows, `src/platform/ledger/` keeps them.
 * Text that is not known is `''`: people group by these columns.
 */

/** Every token is in exactly one of these. `output` is without reasoning. */
export interface Buckets {
  fresh: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  output: number;
  reasoning: number;
}

/** One request, when it is over. */
export interface RequestRow extends Buckets {
  requestId: string;
  /** When it began; milliseconds since 1970. */
  atMs: number;
  /** The client key's name, and whose it is. */
  tenant: string;
  key: string;
  /** The conversation. */
  session: string;
  /** What the client asked for. */
  asked: string;
  /** What served it; empty where nobody did. */
  route: string;
  model: string;
  /** The entry under `providers:`. */
  provider: string;
  deployment: string;
  /** The class of work, and why. */
  tier: string;
  reason: string;
  priority: string;
  /** `ok`, `client_gone`, or the kind of the error. */
  outcome: string;
  /** Whose error it is. */
  origin: '' | 'router' | 'provider';
  finishReason: string;
  /** US dollars; null where the price is unknown. */
  costUsd: number | null;
  /** The price row that the cost was worked out with; JSON. */
  price: string | null;
  /** Waited for room. */
  queuedMs: number;
  /** Null where nothing was streamed. */
  firstTokenMs: number | null;
  totalMs: number;
  /** Calls that were made for it. */
  calls: number;
  stream: boolean;
  /** The usage is our guess. */
  estimated: boolean;
  cacheHit: boolean;
  /** Another than the first deployment served it. */
  fallback: boolean;
  /** A broken answer went on elsewhere. */
  continued: boolean;
  /** A copy for the operator's eyes: nobody is billed. */
  shadow: boolean;
  tags: readonly string[];
}

/** One deployment's part in a request: a call, or why there was none. */
export interface AttemptRow extends Buckets {
  requestId: string;
  /** 1 is the first. */
  number: number;
  atMs: number;
  tenant: string;
  provider: string;
  deployment: string;
  model: string;
  /** `ok`, `hedge_lost`, or the kind of the error. */
  outcome: string;
  /** False where it was passed over: no room, an open circuit, something it cannot do. */
  called: boolean;
  shadow: boolean;
  durationMs: number;
  /** Null where nobody knows: no usage, or no price. */
  costUsd: number | null;
  price: string | null;
}

/** Written together or not at all. */
export interface LedgerBatch {
  requests: readonly RequestRow[];
  attempts: readonly AttemptRow[];
}

/** What usage can be grouped and filtered by. */
export type Dimension = 'tenant' | 'key' | 'model' | 'provider' | 'deployment' | 'route' | 'tier' | 'outcome' | 'tag';

export const LEDGER_DIMENSIONS: readonly Dimension[] = [
  'tenant',
  'key',
  'model',
  'provider',
  'deployment',
  'route',
  'tier',
  'outcome',
  'tag',
];

/** Of a calendar in UTC. Weeks begin on Mondays. */
export type TimeBucket = 'minute' | 'hour' | 'day' | 'week' | 'month';

export interface Range {
  fromMs: number;
  /** Not included. */
  toMs: number;
}

export type LedgerFilter = Readonly<Partial<Record<Dimension, string>>>;

export interface UsageQuery extends Range {
  by?: Dimension | undefined;
  every?: TimeBucket | undefined;
  where?: LedgerFilter | undefined;
  /** Copies for the operator's eyes instead of what clients asked. */
  shadow?: boolean | undefined;
  /** The biggest groups; the rest is left out. Over time, at most 50. */
  limit?: number | undefined;
}

export interface Usage extends Buckets {
  requests: number;
  /** Ended otherwise than `ok`. */
  failures: number;
  calls: number;
  /** Of the requests whose price is known. */
  costUsd: number;
  /** Had usage and no price. */
  unpriced: number;
  estimated: number;
  cacheHits: number;
  fallbacks: number;
  queuedMs: number;
  totalMs: number;
}

export interface UsageGroup extends Usage {
  /** Where it was grouped by a dimension. */
  value: string | undefined;
  /** Where it was grouped by time: when the bucket begins. */
  atMs: number | undefined;
}

export interface UsageAnswer {
  /** What was counted: the range asked for, widened to whole hours or days. */
  range: Range;
  groups: readonly UsageGroup[];
}

/** Milliseconds; undefined where there was nothing to measure. */
export interface Percentiles {
  p50: number | undefined;
  p95: number | undefined;
}

export interface LatencyGroup {
  value: string | undefined;
  atMs: number | undefined;
  requests: number;
  firstTokenMs: Percentiles;
  totalMs: Percentiles;
}

export interface LatencyAnswer {
  range: Range;
  groups: readonly LatencyGroup[];
}

export interface RequestQuery extends Partial<Range> {
  where?: LedgerFilter | undefined;
  session?: string | undefined;
  /** What the client asked for. */
  asked?: string | undefined;
  /** Only those that ended otherwise than `ok`. */
  failed?: boolean | undefined;
  shadow?: boolean | undefined;
  /** From an earlier page; the newest come first. */
  cursor?: string | undefined;
  limit: number;
}

export interface RequestPage {
  requests: readonly RequestRow[];
  /** Undefined on the last page. */
  cursor: string | undefined;
}

export interface RequestStory {
  request: RequestRow;
  attempts: readonly AttemptRow[];
}

export interface AttemptGroup {
  deployment: string;
  outcome: string;
  called: boolean;
  attempts: number;
  durationMs: number;
  costUsd: number;
}

/** A tenant's month. */
export interface Statement {
  tenant: string;
  /** `2026-11` */
  month: string;
  total: Usage;
  byModel: readonly UsageGroup[];
  byKey: readonly UsageGroup[];
  byDay: readonly UsageGroup[];
}

/** What is too old; without a time nothing is. */
export interface Retention {
  /** Requests and attempts that began before. */
  rowsBeforeMs?: number | undefined;
  /** Hourly and daily sums of the time before. */
  hoursBeforeMs?: number | undefined;
  daysBeforeMs?: number | undefined;
}

/** Where the ledger is kept. Everything may reject; nobody's request waits for it. */
export interface LedgerStore {
  /** Opens it and brings its schema up to date; again and again until it succeeds, then it does nothing. */
  ready(): Promise<void>;
  /** Rejects where nobody is at home, or nothing can be written. */
  ping(): Promise<void>;
  /** All or nothing. Writing the same batch again changes nothing. */
  write(batch: LedgerBatch): Promise<void>;
  usage(query: UsageQuery): Promise<UsageAnswer>;
  latency(query: UsageQuery): Promise<LatencyAnswer>;
  requests(query: RequestQuery): Promise<RequestPage>;
  request(requestId: string): Promise<RequestStory | undefined>;
  /** What became of the calls to each deployment. */
  attempts(range: Range): Promise<readonly AttemptGroup[]>;
  statement(tenant: string, month: string): Promise<Statement>;
  /** Deletes one small batch of what is too old; false once there is nothing left. */
  forget(retention: Retention): Promise<boolean>;
  close(): Promise<void>;
}
