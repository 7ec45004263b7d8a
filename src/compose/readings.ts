/** What the router's parts say of themselves, for the numbers, the alerts and the admin API. */
import type { Sources } from '../books/metrics/sources.ts';
import type { Scope } from '../books/spending/claim.ts';
import type { Composed } from '../compose.ts';
import type { Accounting } from './accounting.ts';

/** Keys and tenants whose limits are shown; more would be a page that nobody reads. */
const MAX_SCOPES = 2_000;

/** Every limit and budget that somebody has declared, `most` of the keys' at the most; as slowly as they are taken. */
export function* scopesOf(
  { directory: { directory }, scopes }: Pick<Accounting, 'directory' | 'scopes'>,
  most = Infinity,
): Generator<Scope, void, undefined> {
  const found = new Set<Scope>();
  function* fresh(each: readonly Scope[]) {
    for (const scope of each) {
      if (!(scope.limits ?? scope.budgets) || found.has(scope)) continue;
      found.add(scope);
      yield scope;
    }
  }
  yield* fresh(scopes);
  for (const name of directory.tenants.keys()) yield* fresh(directory.rightsOfTenant(name).scopes);
  for (const key of directory.keys.values()) {
    if (found.size >= most) return;
    if (key.limits ?? key.budgets) yield* fresh(directory.rightsOfKey(key).scopes);
  }
}

/** `most`: how many limits and budgets; a page or a scrape has an end, whoever watches over them has none. */
export function sourcesOf(
  { accounting, gateway }: Pick<Composed, 'accounting' | 'gateway'>,
  most = MAX_SCOPES,
): Sources {
  const { dispatcher, clock } = gateway;
  const { books, writer, tracer, alerts } = accounting;
  return {
    waiting: () => dispatcher.room.waitingBy,
    targets: () =>
      Array.from(dispatcher.targets, (target) => ({
        deployment: target.deployment.id,
        resource: target.resource,
        circuit: target.fuse.state,
        room: target.limitRoom(clock.now()),
      })),
    parked: () => alerts.parked,
    isEmergency: () => dispatcher.emergency.active(clock.now()),
    retryBudgets: () =>
      Array.from(dispatcher.pools, ([model, { budget }]) => ({ model, level: budget.left(clock.now()) })),
    *budgets() {
      for (const scope of scopesOf(accounting, most)) yield* books.spending.readings([scope], clock.now());
    },
    ledger: writer && (() => writer.state),
    spans: tracer && (() => tracer.state),
    alerts: () => alerts.reading(),
  };
}
