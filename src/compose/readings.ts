/** What the router's parts say of themselves, for the numbers, the alerts and the admin API. */
import type { Sources } from '../books/metrics/sources.ts';
import type { Scope } from '../books/spending/claim.ts';
import type { Directory } from '../books/tenants/directory.ts';
import type { Composed } from '../compose.ts';
import type { Accounting } from './accounting.ts';

/** Keys and tenants whose limits are shown; more would be a page that nobody reads. */
const MAX_SCOPES = 2_000;

/**
 * Every limit and budget that somebody has declared, `most` of the keys' at the most; as slowly as they are taken. Always
 * as they are by then: the books take another object for another declaration, and drop what the old one does not count.
 */
export function* scopesOf(
  { directory: live, scopes }: Pick<Accounting, 'directory' | 'scopes'>,
  most = Infinity,
): Generator<Scope, void, undefined> {
  const found = new Set<Scope>();
  function* fresh(each: readonly Scope[], of?: Directory) {
    for (const scope of each) {
      if (of && of !== live.directory) return;
      if (!(scope.limits ?? scope.budgets) || found.has(scope)) continue;
      found.add(scope);
      yield scope;
    }
  }
  yield* fresh(scopes);
  for (const name of live.directory.tenants.keys()) {
    const { directory } = live;
    yield* fresh(directory.rightsOfTenant(name).scopes, directory);
  }
  const { directory: begun } = live;
  for (const [id, known] of begun.keys) {
    if (found.size >= most) return;
    const { directory } = live;
    const key = directory === begun ? known : directory.keys.get(id);
    if (key?.limits ?? key?.budgets) yield* fresh(directory.rightsOfKey(key).scopes, directory);
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
