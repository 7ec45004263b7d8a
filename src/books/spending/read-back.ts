/** What the ledger has of the windows that are counted now: after a restart nobody begins anew. */
import type { LedgerStore, UsageGroup } from '../../core/ledger.ts';
import type { ScopeKind, SpentRow } from './claim.ts';
import type { Measure } from './declared.ts';

const MOST_NAMES = 100_000;
/** The ledger has rows of those, too, that were not let in. */
const NOT_LET_IN = ['limited', 'budget'];

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

async function sumsOf(
  kind: ScopeKind,
  fromMs: number,
  { store, above, untilMs }: ReadBack,
): Promise<Map<string, Used>> {
  const query = { fromMs, toMs: untilMs, by: kind, limit: MOST_NAMES };
  const [{ groups }, ...refused] = await Promise.all([
    store.usage(query),
    ...NOT_LET_IN.map((outcome) => store.usage({ ...query, where: { outcome } })),
  ]);
  const sums = new Map<string, Used>();
  const add = (group: UsageGroup, used: Used) => {
    const { value = '' } = group;
    for (const name of new Set([value, ...above(kind, value)])) sums.set(name, plus(sums.get(name), used));
  };
  for (const group of groups) add(group, usedIn(group));
  for (const answer of refused) {
    for (const group of answer.groups) add(group, { ...NO_USE, requests: -group.requests });
  }
  return sums;
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
