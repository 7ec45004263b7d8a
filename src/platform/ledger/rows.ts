/** Single requests and attempts, read. */
import { type RawBuilder, sql } from 'kysely';
import type {
  AttemptGroup,
  AttemptRow,
  Buckets,
  Range,
  RequestPage,
  RequestQuery,
  RequestRow,
  RequestStory,
} from '../../core/ledger.ts';
import { checkAttemptRange } from './calendar.ts';
import type { LedgerDatabase } from './database.ts';
import { unfolded } from './folded.ts';
import type { LedgerTables, StoredAttempt, StoredRequest } from './tables.ts';
import { equalities } from './usage.ts';

const MAX_PAGE = 1_000;

/** Throws a `RangeError` for a cursor that is none of ours. */
export async function requestsOf({ kysely, family }: LedgerDatabase, query: RequestQuery): Promise<RequestPage> {
  const { fromMs, toMs, where = {}, session, asked, failed, shadow } = query;
  const limit = Math.min(Math.max(1, query.limit), MAX_PAGE);
  const after = query.cursor === undefined ? undefined : cursorOf(query.cursor);
  const conditions: RawBuilder<unknown>[] = [
    sql`at_ms >= ${fromMs ?? 0}`,
    ...(toMs === undefined ? [] : [sql`at_ms < ${toMs}`]),
    ...(session === undefined ? [] : [sql`session = ${session} and session <> ''`]),
    ...(asked === undefined ? [] : [sql`asked = ${asked}`]),
    ...(failed ? [sql`outcome <> 'ok'`] : []),
    ...(shadow === undefined ? [] : [sql`shadow = ${sql.lit(Number(shadow))}`]),
    ...(after ? [sql`(at_ms, request_id) < (${after.atMs}, ${after.requestId})`] : []),
    ...(where.tag === undefined ? [] : [hasTag(family, where.tag)]),
    ...equalities(where),
  ];
  const found = sql<StoredRequest>`select * from requests where ${sql.join(conditions, sql` and `)} order by at_ms desc, request_id desc limit ${sql.lit(limit + 1)}`;
  const { rows } = await found.execute(kysely);
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return { requests: page.map(toRequest), cursor: last && `${last.at_ms}.${last.request_id}` };
}

function cursorOf(cursor: string): { atMs: number; requestId: string } {
  const [, atMs, requestId] = /^(\d{1,16})\.(.{1,200})$/.exec(cursor) ?? [];
  if (atMs === undefined || requestId === undefined) throw new RangeError('This is no cursor');
  return { atMs: Number(atMs), requestId };
}

/** Tags are stored as JSON, in which none of them can look like two. */
function hasTag(family: LedgerDatabase['family'], tag: string): RawBuilder<unknown> {
  const json = JSON.stringify(tag);
  return family === 'postgres' ? sql`strpos(tags, ${json}) > 0` : sql`instr(tags, ${json}) > 0`;
}

export async function storyOf({ kysely }: LedgerDatabase, requestId: string): Promise<RequestStory | undefined> {
  const found = kysely.selectFrom('requests').selectAll().where('request_id', '=', requestId);
  const request = await found.executeTakeFirst();
  if (!request) return undefined;
  const attempts = kysely.selectFrom('attempts').selectAll().where('request_id', '=', requestId).orderBy('number');
  const stored = [...unfolded(request), ...(await attempts.execute())];
  return { request: toRequest(request), attempts: stored.map(toAttempt) };
}

/** A call that was folded into its request's row counts at the request's time, which has an index. */
export async function attemptsOf({ kysely }: LedgerDatabase, range: Range): Promise<readonly AttemptGroup[]> {
  checkAttemptRange(range);
  const { rows } = await sql<Record<string, string | number>>`
    select deployment, outcome, called, count(*) as attempts, sum(duration_ms) as duration_ms,
      coalesce(sum(cost_usd), 0) as cost_usd
    from (
      select deployment, outcome, called, duration_ms, cost_usd from attempts
      where at_ms >= ${range.fromMs} and at_ms < ${range.toMs}
      union all
      select deployment, outcome, 1 as called, call_ms as duration_ms, cost_usd from requests
      where at_ms >= ${range.fromMs} and at_ms < ${range.toMs} and call_ms is not null
    ) as each_attempt
    group by deployment, outcome, called order by deployment, attempts desc`.execute(kysely);
  return rows.map((row) => ({
    deployment: String(row.deployment),
    outcome: String(row.outcome),
    called: row.called === 1,
    attempts: Number(row.attempts),
    durationMs: Number(row.duration_ms),
    costUsd: Number(row.cost_usd),
  }));
}

/** Whether all of these are; requests that were written together are there together. */
export async function isThere({ kysely }: LedgerDatabase, requests: readonly RequestRow[]): Promise<boolean> {
  const ids = [...new Set(requests.map(({ requestId }) => requestId))];
  const found = await kysely.selectFrom('requests').select('request_id').where('request_id', 'in', ids).execute();
  return found.length === ids.length;
}

/** Some rows that began before; how many there were. */
export async function deleteBefore(
  { kysely }: LedgerDatabase,
  table: 'requests' | 'attempts',
  { beforeMs, limit }: { beforeMs: number; limit: number },
): Promise<number> {
  const old = sql`select request_id from ${sql.table(table)} where at_ms < ${beforeMs} order by at_ms limit ${sql.lit(limit)}`;
  const deleted = sql`delete from ${sql.table(table)} where request_id in (${old}) and at_ms < ${beforeMs} returning 1`;
  return (await deleted.execute(kysely)).rows.length;
}

/** The oldest hour, or day, if it is before. */
export async function deleteSums(
  { kysely }: LedgerDatabase,
  table: keyof Pick<LedgerTables, 'usage_hours' | 'usage_days'>,
  beforeMs: number,
): Promise<number> {
  const oldest = sql`select min(start_ms) from ${sql.table(table)} where start_ms < ${beforeMs}`;
  const deleted = sql`delete from ${sql.table(table)} where start_ms = (${oldest}) returning 1`;
  return (await deleted.execute(kysely)).rows.length;
}

function toRequest(row: StoredRequest): RequestRow {
  const { tenant, key, session, asked, route, model, provider, deployment, tier, reason, priority, outcome } = row;
  return {
    requestId: row.request_id,
    atMs: row.at_ms,
    tenant,
    key,
    session,
    asked,
    route,
    model,
    provider,
    deployment,
    tier,
    reason,
    priority,
    outcome,
    origin: row.origin === 'router' || row.origin === 'provider' ? row.origin : '',
    finishReason: row.finish_reason,
    ...toBuckets(row),
    costUsd: row.cost_usd,
    price: row.price,
    queuedMs: row.queued_ms,
    firstTokenMs: row.first_token_ms,
    totalMs: row.total_ms,
    calls: row.calls,
    stream: row.stream === 1,
    estimated: row.estimated === 1,
    cacheHit: row.cache_hit === 1,
    fallback: row.fallback === 1,
    continued: row.continued === 1,
    shadow: row.shadow === 1,
    tags: JSON.parse(row.tags) as string[],
  };
}

function toAttempt(row: StoredAttempt): AttemptRow {
  const { number, tenant, provider, deployment, model, outcome, price } = row;
  return {
    requestId: row.request_id,
    atMs: row.at_ms,
    number,
    tenant,
    provider,
    deployment,
    model,
    outcome,
    price,
    called: row.called === 1,
    shadow: row.shadow === 1,
    ...toBuckets(row),
    durationMs: row.duration_ms,
    costUsd: row.cost_usd,
  };
}

function toBuckets(row: StoredRequest | StoredAttempt): Buckets {
  const { fresh, output, reasoning } = row;
  return {
    fresh,
    cacheRead: row.cache_read,
    cacheWrite5m: row.cache_write_5m,
    cacheWrite1h: row.cache_write_1h,
    output,
    reasoning,
  };
}
