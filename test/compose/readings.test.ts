import { expect, it } from 'vitest';
import { NO_TOKENS } from '../../src/books/ledger/buckets.ts';
import { Spending } from '../../src/books/spending/spending.ts';
import { createDirectory } from '../../src/books/tenants/directory.ts';
import type { Composed } from '../../src/compose.ts';
import { readBack } from '../../src/compose/read-back.ts';
import { scopesOf, sourcesOf } from '../../src/compose/readings.ts';
import { START_MS } from '../books/ledger/sample.ts';

const MANY = 2_100;
const NOON = START_MS;
const names = Array.from({ length: MANY }, (_, index) => `key-${index}`);
const LAST = names.at(-1) ?? '';

/** What is asked of a router here, with a ledger in which every key has spent a dollar. */
function manyKeys(): Composed {
  const keys = names.map((name) => ({
    id: `id-${name}`,
    name,
    createdAtMs: 0,
    secrets: [],
    budgets: { usd: { total: 10 } },
  }));
  const spent = { requests: 1, costUsd: 1, ...NO_TOKENS };
  const usage = ({ by }: { by?: string }) =>
    Promise.resolve({ groups: by === 'key' ? names.map((value) => ({ value, ...spent })) : [] });
  return {
    accounting: {
      directory: { directory: createDirectory({ tenants: [], keys }), begin: () => Promise.resolve() },
      scopes: [],
      books: { spending: new Spending() },
      stores: { ledger: { ready: () => Promise.resolve(), usage } },
    },
    gateway: { clock: { now: () => NOON } },
  } as unknown as Composed;
}

it('reads back what every key has spent, however many there are', async () => {
  const composed = manyKeys();
  const { accounting } = composed;
  await readBack(composed, NOON);
  const last = [...scopesOf(accounting)].filter(({ name }) => name === LAST);
  expect(accounting.books.spending.readings(last, NOON)).toMatchObject([{ used: 1 }]);
});

it('reads back what stored keys have spent, which are known a little later', async () => {
  const composed = manyKeys();
  const { accounting } = composed;
  const { directory: stored } = accounting.directory;
  const live = {
    directory: createDirectory({ tenants: [], keys: [] }),
    begin: async (): Promise<void> => void (live.directory = stored),
  };
  Object.assign(accounting, { directory: live });
  await readBack(composed, NOON);
  const last = [...scopesOf(accounting)].filter(({ name }) => name === LAST);
  expect(accounting.books.spending.readings(last, NOON)).toMatchObject([{ used: 1 }]);
});

it('reads back what others have spent where two tenants stand above each other', async () => {
  const composed = manyKeys();
  const { accounting } = composed;
  const budgets = { usd: { total: 10 } };
  const tenants = [
    { name: 'a', parent: 'b' },
    { name: 'b', parent: 'a' },
    { name: 'right', budgets },
  ];
  const groups = tenants.map(({ name }) => ({ value: name, requests: 1, costUsd: 1, ...NO_TOKENS }));
  const usage = ({ by }: { by?: string }) => Promise.resolve({ groups: by === 'tenant' ? groups : [] });
  const stores = { ledger: { ready: () => Promise.resolve(), usage } };
  Object.assign(accounting, {
    stores,
    directory: { begin: () => Promise.resolve(), directory: createDirectory({ tenants, keys: [] }) },
  });
  await readBack(composed, NOON);
  expect(accounting.books.spending.readings([...scopesOf(accounting)], NOON)).toMatchObject([{ used: 1 }]);
});

it('shows as many as a page has room for, and watches over all', () => {
  const composed = manyKeys();
  const seen = (most?: number) => [...(sourcesOf(composed, most).budgets?.() ?? [])].length;
  expect([seen(), seen(Infinity)]).toEqual([2_000, MANY]);
});

it.each([
  { name: 'a key', tenants: [], tenant: undefined, parent: undefined },
  { name: 'its tenant', tenants: [{ name: 't', createdAtMs: 0 }], tenant: 't', parent: undefined },
  { name: 'the key above the one that is looked at', tenants: [], tenant: undefined, parent: 'two' },
])('counts on by the limits of $name that are set while somebody looks', ({ tenants, tenant, parent }) => {
  const composed = manyKeys();
  const { accounting, gateway } = composed;
  const { spending } = accounting.books;
  const budgets = { usd: { total: 10 } };
  const one = { id: 'one', name: 'one', createdAtMs: 0, secrets: [], budgets, tenant };
  const before = [
    { ...one, parent },
    { ...one, id: 'two', name: 'two', parent: undefined },
  ];
  const limits = { requestsPerMinute: 3 };
  const live = { directory: createDirectory({ tenants, keys: before }) };
  Object.assign(accounting, { directory: live });
  const looking = sourcesOf(composed).budgets?.()[Symbol.iterator]();
  expect(looking?.next().value).toMatchObject({ name: 'one', measure: 'usd' });

  const owner = tenant ? { tenants: [{ name: 't', createdAtMs: 0, limits }] } : { tenants };
  const keys = before.map((key) => (tenant || key.parent ? key : { ...key, limits }));
  live.directory = createDirectory({ ...owner, keys }, live.directory);
  const two = live.directory.keys.get('two');
  const scopes = two ? live.directory.rightsOfKey(two).scopes : [];
  const claim = { requestId: 'r', scopes, inputTokens: 1, outputTokens: 1, costUsd: 0, lastsMs: 1_000 };
  spending.admit(claim, gateway.clock.now());
  const rest = [...{ [Symbol.iterator]: () => looking ?? [].values() }];
  expect(rest.filter(({ measure }) => measure === 'requests').map(({ used }) => used)).toEqual([1]);
  const used = spending.readings(scopes, NOON).flatMap((each) => (each.measure === 'requests' ? each.used : []));
  expect(used).toEqual([1]);
});
