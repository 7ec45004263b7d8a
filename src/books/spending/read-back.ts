/** What the ledger has of the windows that are counted now: after a restart nobody begins anew. */
import { ERROR_RULES } from '../../core/errors.ts';
import type { LedgerStore, Range, UsageGroup } from '../../core/ledger.ts';
import type { ScopeKind, SpentRow } from './claim.ts';
import type { Measure } from './declared.ts';

const MOST_NAMES = 100_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of these nobody knows whether somebody was asked; they count. */
const UNCLEAR = new Set(['client_gone', 'internal']);
/** The ledger has rows of those, too, for whom nobody was asked: not even a request counts. */
const UNASKED = Object.entries(ERROR_RULES)
  .filter(([kind, { origin }]) => origin === 'router' && !UNCLEAR.has(kind))
  .map(([kind]) => kind);

export interface ReadBack {
  store: Pick<LedgerStore, 'usage'>;
  /** The tenants above a tenant, the keys above a key: they spend what it spends. */
  above: (kind: ScopeKind, name: string) => readonly string[];
  /** What began later is this process's own, and counted. */
  untilMs: number;
}

type Used = Record<Measure, number>;

/** A row for each of `Spending.windows` that began before, for `Spending.restore`. Rejects where the store does. */
export async function spentBefore(windows: readonly SpentRow[], readBack: ReadBack): Promise<SpentRow[]> {
  const begun = windows.filter(({ startMs }) => startMs < readBack.untilMs);
  const rows: SpentRow[] = [];
  for (const alike of Map.groupBy(begun, ({ kind, startMs }) => `${kind} ${startMs}`).values()) {
    const [{ kind, startMs } = { kind: 'key' as const, startMs: 0 }] = alike;
    const sums = await sumsOf(kind, startMs, readBack);
    for (const window of alike) rows.push({ ...window, used: sums.get(window.name) ?? {} });
  }
  return rows;
}

async function sumsOf(kind: ScopeKind, fromMs: number, readBack: ReadBack): Promise<Map<string, Used>> {
  const sums = new Map<string, Used>();
  const add = ({ value = '' }: UsageGroup, used: Used) => {
    for (const name of new Set([value, ...readBack.above(kind, value)])) sums.set(name, plus(sums.get(name), used));
  };
  const pieces = piecesOf({ fromMs, toMs: readBack.untilMs });
  await Promise.all(pieces.map((piece) => addPiece({ ...piece, by: kind, limit: MOST_NAMES }, readBack.store, add)));
  return sums;
}

async function addPiece(
  query: Range & { by: ScopeKind; limit: number },
  store: ReadBack['store'],
  add: (group: UsageGroup, used: Used) => void,
): Promise<void> {
  const [{ groups }, { groups: byOutcome }] = await Promise.all([
    store.usage(query),
    store.usage({ ...query, by: 'outcome' }),
  ]);
  for (const group of groups) add(group, usedIn(group));
  const outcomes = byOutcome.flatMap(({ value }) => (value !== undefined && UNASKED.includes(value) ? value : []));
  const unasked = await Promise.all(outcomes.map((outcome) => store.usage({ ...query, where: { outcome } })));
  for (const group of unasked.flatMap((answer) => answer.groups)) {
    add(group, { ...NO_USE, requests: -group.requests });
  }
}

/**
 * Whole days, whole hours, and what is left at both ends. The ledger widens a long range to whole hours or days: asked
 * for all of it at once, it would count what was before the window, and what this process has written since.
 */
export function piecesOf({ fromMs, toMs }: Range): Range[] {
  const up = (unitMs: number) => Math.ceil(fromMs / unitMs) * unitMs;
  const down = (unitMs: number) => Math.floor(toMs / unitMs) * unitMs;
  const within = [up(HOUR_MS), up(DAY_MS), down(DAY_MS), down(HOUR_MS)].filter((at) => at > fromMs && at < toMs);
  const cuts = [...new Set([fromMs, ...within.toSorted((a, b) => a - b), toMs])];
  return cuts.slice(1).map((end, index) => ({ fromMs: cuts[index] ?? fromMs, toMs: end }));
}

const NO_USE: Used = { requests: 0, tokens: 0, inputTokens: 0, outputTokens: 0, usd: 0 };

function usedIn({ requests, costUsd, ...buckets }: UsageGroup): Used {
  const inputTokens = buckets.fresh + buckets.cacheRead + buckets.cacheWrite5m + buckets.cacheWrite1h;
  const outputTokens = buckets.output + buckets.reasoning;
  return { requests, inputTokens, outputTokens, tokens: inputTokens + outputTokens, usd: costUsd };
}

function plus(sum: Used | undefined, more: Used): Used {
  if (!sum) return more;
  return {
    requests: sum.requests + more.requests,
    tokens: sum.tokens + more.tokens,
    inputTokens: sum.inputTokens + more.inputTokens,
    outputTokens: sum.outputTokens + more.outputTokens,
    usd: sum.usd + more.usd,
  };
}
