/** What the endpoints of keys and tenants share. */
import type { Book, VirtualKey } from '../books/tenants/book.ts';
import type { Directory } from '../books/tenants/directory.ts';
import { viewOf } from '../books/tenants/view.ts';
import { GatewayError } from '../core/errors.ts';
import type { AdminSources, Change } from './sources.ts';
import { askBooks, freshen } from './stores.ts';

export function keyOf(
  key: VirtualKey,
  { declared, clock, directory }: Pick<AdminSources, 'declared' | 'clock' | 'directory'>,
): object {
  const isDeclared = declared.keys.some(({ id }) => id === key.id);
  const tenant = directory.directory.tenantOf(key);
  return { ...viewOf(key, clock.now()), tenant, source: isDeclared ? 'configuration' : 'store' };
}

/** By its id or its name, as it is known here. */
export async function findKey(idOrName: string, sources: AdminSources): Promise<VirtualKey> {
  await freshen(sources);
  const { keys } = sources.directory.directory;
  const key = keys.get(idOrName) ?? keys.values().find(({ name }) => name === idOrName);
  if (!key) throw notThere('key', idOrName);
  return key;
}

/** As the store has it now: one to be changed. */
export async function storedKey(idOrName: string, sources: AdminSources): Promise<VirtualKey> {
  const { keys } = sources.declared;
  if (keys.some(({ name }) => name === idOrName)) throw declared('key', idOrName);
  const key = await askBooks(sources, (store) => store.key(idOrName));
  if (!key) throw notThere('key', idOrName);
  return key;
}

/** Everybody is told: this server at once, the log, and other servers when they look. */
export async function changed(sources: AdminSources, change: Change): Promise<void> {
  sources.onChange(change);
  await freshen(sources, 'after_change');
}

/** What stands above a key: enough to say what is wrong with it, however many others there are. */
export function bookAbove(key: VirtualKey, { keys, tenants }: Pick<Directory, 'keys' | 'tenants'>): Book {
  const line = chainOf(key.parent, keys);
  const { tenant } = line.at(-1) ?? key;
  const ofItsName = tenants.get(key.name);
  const above = chainOf(tenant, tenants);
  const isAmong = ofItsName === undefined || above.includes(ofItsName);
  return { keys: line, tenants: isAmong ? above : [...above, ...chainOf(key.name, tenants)] };
}

function chainOf<T extends { parent?: string | undefined }>(
  first: string | undefined,
  all: ReadonlyMap<string, T>,
): T[] {
  const chain: T[] = [];
  for (let name = first; name !== undefined;) {
    const one = all.get(name);
    if (!one || chain.includes(one)) break;
    chain.push(one);
    name = one.parent;
  }
  return chain;
}

export function notThere(kind: 'key' | 'tenant', name: string): GatewayError {
  const code = `${kind}_not_found`;
  return new GatewayError('route_not_found', `There is no ${kind} "${name}"`, { code, param: kind });
}

export function declared(kind: 'key' | 'tenant', name: string): GatewayError {
  return taken(`${kind}_declared`, `The ${kind} "${name}" stands in the configuration; change it there`);
}

/** 409: it is right by itself, and does not fit what there is. */
export function taken(code: string, message: string): GatewayError {
  return new GatewayError('invalid_request', message, { code, status: 409 });
}
