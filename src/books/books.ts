/** What the gateway asks of the books before it serves a request. What was spent goes in by the recorder, behind it. */
import type { Caller } from '../core/caller.ts';
import type { Deployment, Price } from '../core/deployment.ts';
import type { Hold, Scope } from './spending/claim.ts';
import type { Spending } from './spending/spending.ts';
import { scopesOf } from './tenants/directory.ts';

export interface Admission {
  caller: Caller;
  /** The model or route that the client asked for. */
  asked: string;
  requestId: string;
  /** 0: a batch. */
  requests?: number | undefined;
  /** At most, as far as anybody can say. */
  inputTokens: number;
  outputTokens: number;
  /** Undefined where the price is unknown. */
  costUsd: number | undefined;
  lastsMs: number;
  /** Headers that the client is to get, whatever becomes of its request. */
  told: Record<string, string>;
}

export type CeilingOf = (deployment: Deployment, nowMs: number) => Price | undefined;

export class Books {
  readonly spending: Spending;
  /** The price that a deployment counts with whose own nobody knows; undefined where that is none. */
  readonly ceilingOf: CeilingOf;
  readonly #scopes: ReadonlyMap<string, Scope>;

  /** `scopes`: limits and budgets of models and routes, by the names that clients ask for. */
  constructor(spending: Spending, scopes: ReadonlyMap<string, Scope>, ceilingOf: CeilingOf) {
    this.spending = spending;
    this.ceilingOf = ceilingOf;
    this.#scopes = scopes;
  }

  /** Whether any limit or budget is over the request. */
  isLimited(caller: Caller, asked: string): boolean {
    return this.#over(caller, asked).length > 0;
  }

  /** Throws `limited` or `budget`, and then nothing is taken. */
  admit({ caller, asked, told, ...claim }: Admission, nowMs: number): Hold {
    const scopes = this.#over(caller, asked);
    try {
      const hold = this.spending.admit({ ...claim, scopes }, nowMs);
      Object.assign(told, hold.headers(nowMs));
      return hold;
    } catch (refusal) {
      Object.assign(told, this.spending.headers(scopes, nowMs));
      throw refusal;
    }
  }

  /** 0 to 1; undefined where there is no budget. */
  budgetLeft(caller: Caller, asked: string, nowMs: number): number | undefined {
    const scopes = this.#over(caller, asked);
    if (!scopes.some(({ budgets }) => budgets)) return undefined;
    return this.spending.budgetLeft(scopes, nowMs);
  }

  #over(caller: Caller, asked: string): readonly Scope[] {
    const own = scopesOf(caller);
    const named = this.#scopes.get(asked);
    return named ? [...own, named] : own;
  }
}
