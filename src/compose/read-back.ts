import { CatchUp } from '../books/spending/catch-up.ts';
import type { SpentRow } from '../books/spending/claim.ts';
import { spentBefore } from '../books/spending/read-back.ts';
import type { Spending } from '../books/spending/spending.ts';
import type { LiveDirectory } from '../books/tenants/live-directory.ts';
import type { Composed } from '../compose.ts';
import type { LedgerStore } from '../core/ledger.ts';
import type { Clock, Timers } from '../core/ports.ts';
import type { Log } from '../platform/log.ts';
import { text } from './health.ts';
import { scopesOf } from './readings.ts';

/** For Workers, once: after a restart nobody begins anew. */
export async function readBack(composed: Composed, untilMs: number): Promise<void> {
  const { books, stores, directory } = composed.accounting;
  if (!stores) return;
  const { spending } = books;
  const { clock } = composed.gateway;
  await directory.begin(); // Stored keys have budgets, too.
  const windows = Array.from(scopesOf(composed.accounting), (scope) => spending.windows([scope], clock.now())).flat();
  spending.restore(await readSpent({ ledger: stores.ledger, directory }, windows, untilMs), clock.now());
}

interface CatchUpParts {
  ledger: LedgerStore;
  directory: () => Pick<LiveDirectory, 'directory'>;
  spending: () => Spending;
  log: Log;
  clock: Clock;
  timers: Timers;
  random: () => number;
}

export function catchUpOf({ ledger, directory, spending, log, ...ports }: CatchUpParts): CatchUp {
  return new CatchUp({
    ...ports,
    read: (windows, untilMs) => readSpent({ ledger, directory: directory() }, windows, untilMs),
    restore: (rows, nowMs) => spending().restore(rows, nowMs),
    onTrouble(cause) {
      if (cause === undefined) log.warn({}, 'what was spent before has been read');
      else log.error({ cause: text(cause) }, 'what was spent before could not be read');
    },
  });
}

async function readSpent(
  { ledger, directory }: { ledger: LedgerStore; directory: Pick<LiveDirectory, 'directory'> },
  windows: readonly SpentRow[],
  untilMs: number,
): Promise<SpentRow[]> {
  const { tenants, keys } = directory.directory;
  const keysByName = new Map(Array.from(keys.values(), (key) => [key.name, key]));
  const parentOf = (kind: string, name: string) => {
    const parent = (kind === 'tenant' ? tenants : keysByName).get(name)?.parent;
    return parent !== undefined && kind === 'key' ? keys.get(parent)?.name : parent;
  };
  const above = (kind: string, name: string): string[] => {
    const names = new Set<string>(); // Those that go in a circle open nothing, and have spent before they did.
    for (let next = parentOf(kind, name); next !== undefined && !names.has(next); next = parentOf(kind, next)) {
      names.add(next);
    }
    return [...names];
  };
  await ledger.ready();
  return spentBefore(windows, { store: ledger, above, untilMs });
}
