import { Account, type Common, merged } from './account.ts';
import { Calendars } from '../../core/calendar.ts';
import type { Scope, ScopeKind, SpentRow } from './claim.ts';
import type { Moment } from './moment.ts';

const NONE: readonly Account[] = [];

/** An account for each scope that declares something, made when it is first asked for. */
export class Accounts {
  /** Of each kind; beyond it one is forgotten for each new one. */
  readonly #maxKept: number;
  readonly #kept: Record<ScopeKind, Map<string, Account>> = {
    key: new Map(),
    tenant: new Map(),
    model: new Map(),
    route: new Map(),
  };
  readonly #common: Common;
  /** For accounts that are opened later, or again. */
  readonly #restored = new Map<string, readonly SpentRow[]>();
  /** Accounts that were forgotten with something counted on them. */
  forgotten = 0;

  constructor(maxKept: number, onCounting: Common['onCounting']) {
    this.#maxKept = maxKept;
    this.#common = { calendars: new Calendars(), onCounting };
  }

  /** Of all the scopes that declare something, each once. */
  over(scopes: readonly Scope[], moment: Moment): readonly Account[] {
    let accounts: Account[] | undefined;
    for (const scope of scopes) {
      if (scope.limits === undefined && scope.budgets === undefined) continue;
      const account = this.#of(scope, moment);
      if (!accounts) accounts = [account];
      else if (!accounts.includes(account)) accounts.push(account);
    }
    return accounts ?? NONE;
  }

  restore(rows: readonly SpentRow[], moment: Moment): void {
    const byScope = Map.groupBy(rows, ({ kind, name }) => `${kind} ${name}`);
    for (const [scope, of] of byScope) {
      const [{ kind, name } = { kind: 'key' as const, name: '' }] = of;
      const before = this.#restored.get(scope);
      if (before || this.#restored.size < this.#maxKept) this.#restored.set(scope, merged(before ?? [], of));
      this.#kept[kind].get(name)?.restore(of, moment);
    }
  }

  snapshot(moment: Moment): SpentRow[] {
    return Object.values(this.#kept).flatMap((kept) =>
      [...kept.values()].flatMap((account) => account.snapshot(moment)),
    );
  }

  #of(scope: Scope, moment: Moment): Account {
    const kept = this.#kept[scope.kind];
    let account = kept.get(scope.name);
    if (!account) {
      account = this.#opened(scope, moment);
      if (kept.size >= this.#maxKept) this.#forgetOne(kept, moment);
      kept.set(scope.name, account);
    }
    account.declare(scope, moment);
    return account;
  }

  #opened(scope: Scope, moment: Moment): Account {
    const account = new Account(scope, this.#common);
    const rows = this.#restored.get(`${scope.kind} ${scope.name}`);
    if (rows) account.restore(rows, moment);
    return account;
  }

  /** The oldest on which nothing is counted; else the oldest that no request holds, else the oldest. */
  #forgetOne(kept: Map<string, Account>, moment: Moment): void {
    const empty = kept.values().find((account) => account.isEmpty(moment));
    const [first] = kept.values();
    const leaving = empty ?? kept.values().find(({ holds }) => holds === 0) ?? first;
    if (!leaving) return;
    if (!empty) this.forgotten++;
    kept.delete(leaving.name);
  }
}
