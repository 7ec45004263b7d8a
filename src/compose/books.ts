/** Keys, tenants, limits and budgets, as they are in force. */
import { Books } from '../books/books.ts';
import type { Scope } from '../books/spending/claim.ts';
import { Spending, type SpendingOptions } from '../books/spending/spending.ts';
import type { Configuration } from '../config/schema.ts';

export function booksOf(configuration: Configuration, onThreshold: SpendingOptions['onThreshold']): Books {
  const { unknownPrices: unknownCost } = configuration;
  return new Books(new Spending({ unknownCost, onThreshold }), new Map(scopesOf(configuration)));
}

/** Of models and routes, by the names that clients ask for. */
function scopesOf({ models, routing }: Configuration): [string, Scope][] {
  const declared = [
    ...Object.entries(models).map(([name, entry]) => ({ kind: 'model' as const, name, ...entry })),
    ...Object.entries(routing.routes ?? {}).map(([name, entry]) => ({ kind: 'route' as const, name, ...entry })),
  ];
  return declared
    .filter(({ limits, budgets }) => limits ?? budgets)
    .map(({ kind, name, limits, budgets }) => [name, { kind, name, limits, budgets }]);
}
