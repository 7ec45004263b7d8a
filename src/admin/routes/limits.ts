import * as z from 'zod';
import type { Scope } from '../../books/spending/claim.ts';
import { Account, Reading } from '../answers/books.ts';
import { endpoint, json } from '../endpoint.ts';
import { pageOf, pageSchema, Paging } from '../paging.ts';
import type { AdminSources } from '../sources.ts';
import { freshen } from '../stores.ts';

export const limitEndpoints = [
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/limits',
      summary: 'Limits and budgets as they stand: of keys, tenants, models and routes',
      query: z.strictObject({
        kind: z.enum(['key', 'tenant', 'model', 'route']).optional(),
        name: z.string().max(200).optional(),
        ...Paging,
        limit: Paging.limit.describe('Keys, tenants, models and routes; each has all its limits in one page'),
      }),
      answer: { status: 200, schema: pageSchema(Reading) },
    },
    async ({ query, sources, nowMs }) => {
      await freshen(sources);
      const owners = ownersOf(sources).filter(
        ({ kind, name }) => (query.kind ?? kind) === kind && (query.name ?? name) === name,
      );
      const { data, cursor } = pageOf(owners, ({ kind, name }) => `${kind} ${name}`, query);
      const scopes = data.flatMap(({ scope }) => scope() ?? []);
      return json({ data: sources.spending.readings(scopes, nowMs), cursor });
    },
  ),
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/accounts',
      summary: "Providers' limits as they stand: what each account still allows each family of models",
      query: z.strictObject(Paging),
      answer: { status: 200, schema: pageSchema(Account) },
    },
    ({ query, sources }) => json(pageOf(sources.accounts(), ({ resource }) => resource, query)),
  ),
];

/** Who declares something, and the object that the books know it by. */
interface Owner extends Pick<Scope, 'kind' | 'name'> {
  scope: () => Scope | undefined;
}

function ownersOf({ directory, scopes }: Pick<AdminSources, 'directory' | 'scopes'>): Owner[] {
  const known = directory.directory;
  const declares = ({ limits, budgets }: Pick<Scope, 'limits' | 'budgets'>) => limits ?? budgets;
  return [
    ...[...known.keys.values()].filter(declares).map((key): Owner => {
      return { kind: 'key', name: key.name, scope: () => known.rightsOfKey(key).scopes[0] };
    }),
    ...[...known.tenants.values()].filter(declares).map(({ name }): Owner => {
      return { kind: 'tenant', name, scope: () => known.rightsOfTenant(name).scopes[0] };
    }),
    ...scopes.filter(declares).map((scope): Owner => ({ ...scope, scope: () => scope })),
  ];
}
