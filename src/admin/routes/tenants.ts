/** Tenants: those of the configuration are shown, those of the store made and changed, too. */
import * as z from 'zod';
import type { Tenant as StoredTenant } from '../../books/tenants/book.ts';
import { createDirectory } from '../../books/tenants/directory.ts';
import { isAlone, stateOf } from '../../books/tenants/view.ts';
import { Name, Tenant as TenantBody } from '../../config/tenants.ts';
import { Tenant } from '../answers/books.ts';
import { endpoint, json } from '../endpoint.ts';
import { changed, declared, notThere, taken } from '../key-book.ts';
import { pageOf, pageSchema, Paging } from '../paging.ts';
import { invalid } from '../reading.ts';
import type { AdminSources } from '../sources.ts';
import { askBooks, freshen } from '../stores.ts';

const parameters = z.strictObject({ tenant: Name });

export const tenantEndpoints = [
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/tenants',
      summary: 'Tenants by their names',
      query: z.strictObject(Paging),
      answer: { status: 200, schema: pageSchema(Tenant) },
    },
    async ({ query, sources }) => {
      await freshen(sources);
      const all = [...sources.directory.directory.tenants.values()];
      const { data, cursor } = pageOf(all, ({ name }) => name, query);
      return json({ data: data.map((tenant) => tenantOf(tenant, sources)), cursor });
    },
  ),
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/tenants/:tenant',
      summary: 'One tenant',
      parameters,
      answer: { status: 200, schema: Tenant },
    },
    async ({ parameters: { tenant: name }, sources }) => {
      await freshen(sources);
      const tenant = sources.directory.directory.tenants.get(name);
      if (!tenant) throw notThere('tenant', name);
      return json(tenantOf(tenant, sources));
    },
  ),
  endpoint(
    {
      method: 'put',
      path: '/admin/v1/tenants/:tenant',
      summary: 'Make a tenant, or replace what is said of it; what is left out is taken away',
      parameters,
      body: TenantBody,
      answer: { status: 200, schema: Tenant },
    },
    async ({ parameters: { tenant: name }, body, sources }) => {
      checkStored(name, sources);
      await freshen(sources);
      const tenant = { ...body, name };
      checkFamily(tenant, sources);
      checkNoKeyOfThisName(name, sources);
      await askBooks(sources, (store) => store.putTenant(tenant));
      await changed(sources, { change: 'tenant_put', name });
      return json(tenantOf(tenant, sources));
    },
  ),
  endpoint(
    {
      method: 'delete',
      path: '/admin/v1/tenants/:tenant',
      summary: 'Delete a tenant; its keys open nothing any more',
      parameters,
      query: z.strictObject({
        force: z.enum(['true', 'false']).default('false').describe('true: even if it has keys, or tenants below it'),
      }),
      answer: { status: 204 },
    },
    async ({ parameters: { tenant: name }, query: { force }, sources, nowMs }) => {
      checkStored(name, sources);
      await freshen(sources);
      if (force === 'false') checkUnused(name, sources, nowMs);
      if (!(await askBooks(sources, (store) => store.dropTenant(name)))) throw notThere('tenant', name);
      await changed(sources, { change: 'tenant_deleted', name });
      return new Response(null, { status: 204 });
    },
  ),
];

function tenantOf(tenant: StoredTenant, { declared: { tenants } }: Pick<AdminSources, 'declared'>): object {
  const isDeclared = tenants.some(({ name }) => name === tenant.name);
  return { ...tenant, source: isDeclared ? 'configuration' : 'store' };
}

function checkStored(name: string, { declared: { tenants } }: AdminSources): void {
  if (tenants.some((tenant) => tenant.name === name)) throw declared('tenant', name);
}

/** Neither it nor any below it may lose its way up. */
function checkFamily(tenant: StoredTenant, { directory }: AdminSources): void {
  const before = [...directory.directory.tenants.values()];
  const others = before.filter(({ name }) => name !== tenant.name);
  const known = new Set(createDirectory({ tenants: before, keys: [] }).problems);
  const { problems } = createDirectory({ tenants: [...others, tenant], keys: [] });
  const own = `tenants.${tenant.name}: parent: `;
  const problem = problems.find((one) => one.startsWith(own)) ?? problems.find((one) => !known.has(one));
  if (problem !== undefined) throw invalid('parent', problem.startsWith(own) ? problem.slice(own.length) : problem);
}

/** The ledger would give it what the key has spent. One that is there already may still be changed. */
function checkNoKeyOfThisName(name: string, { directory: { directory } }: AdminSources): void {
  if (directory.tenants.has(name)) return;
  const key = directory.keys.values().find((one) => one.name === name);
  if (!key || !isAlone(key, directory)) return;
  throw taken('name_taken', `There is a key "${name}" without a tenant; take another name for this tenant`);
}

function checkUnused(name: string, { directory }: AdminSources, nowMs: number): void {
  const { directory: known } = directory;
  const below = [...known.tenants.values()].filter(({ parent }) => parent === name).length;
  const own = [...known.keys.values()].filter((key) => known.tenantOf(key) === name);
  const open = own.filter((key) => stateOf(key, nowMs) === 'active').length;
  if (below + open === 0) return;
  const has = `${open} key(s) that open something and ${below} tenant(s) below it`;
  throw taken('tenant_in_use', `The tenant "${name}" has ${has}; end those first, or say ?force=true`);
}
