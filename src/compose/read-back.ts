import { spentBefore } from '../books/spending/read-back.ts';
import type { Composed } from '../compose.ts';
import { scopesOf } from './readings.ts';

/** After a restart nobody begins anew. */
export async function readBack(composed: Composed, untilMs: number): Promise<void> {
  const { books, stores, directory } = composed.accounting;
  if (!stores) return;
  const { spending } = books;
  const { clock } = composed.gateway;
  const windows = spending.windows(scopesOf(composed.accounting), clock.now());
  const { tenants, keys } = directory.directory;
  const keysByName = new Map(Array.from(keys.values(), (key) => [key.name, key]));
  const parentOf = (kind: string, name: string) => (kind === 'tenant' ? tenants : keysByName).get(name)?.parent;
  const above = (kind: string, name: string): string[] => {
    const parent = parentOf(kind, name);
    const parentName = parent !== undefined && kind === 'key' ? keys.get(parent)?.name : parent;
    return parentName === undefined ? [] : [parentName, ...above(kind, parentName)];
  };
  await stores.ledger.ready();
  spending.restore(await spentBefore(windows, { store: stores.ledger, above, untilMs }), clock.now());
}
