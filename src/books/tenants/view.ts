/** Keys as people may see them: everything but what could open a door. */
import type { Book, Share, VirtualKey } from './book.ts';
import { createDirectory, type Directory } from './directory.ts';
import { nameOfTenant } from './names.ts';

export interface KeyView extends Share {
  id: string;
  name: string;
  state: 'active' | 'expired' | 'revoked';
  tenant: string | undefined;
  parent: string | undefined;
  owner: string | undefined;
  priority: VirtualKey['priority'];
  /** ISO 8601. */
  createdAt: string | undefined;
  expiresAt: string | undefined;
  revokedAt: string | undefined;
  /** How its secrets begin, the newest first, and when the older ones end. */
  secrets: readonly { prefix: string | undefined; until: string | undefined }[];
}

/** What stands above the key is not in it; nor is the tenant of one that is a part of another (`Directory.tenantOf`). */
export function viewOf(key: VirtualKey, nowMs: number): KeyView {
  const { id, name, tenant, parent, owner, priority, createdAtMs, expiresAtMs, revokedAtMs } = key;
  const { models, routes, doors, maxCostUsd, maxLatencyMs, limits, budgets, tags } = key;
  return {
    id,
    name,
    state: stateOf(key, nowMs),
    tenant,
    parent,
    owner,
    priority,
    createdAt: createdAtMs === 0 ? undefined : isoOf(createdAtMs), // The configuration does not say.
    expiresAt: isoOf(expiresAtMs),
    revokedAt: isoOf(revokedAtMs),
    secrets: key.secrets
      .filter(({ untilMs = Infinity }) => untilMs > nowMs)
      .map(({ prefix, untilMs }) => ({ prefix, until: isoOf(untilMs) })),
    models,
    routes,
    doors,
    maxCostUsd,
    maxLatencyMs,
    limits,
    budgets,
    tags,
  };
}

export function stateOf({ expiresAtMs, revokedAtMs }: VirtualKey, nowMs: number): KeyView['state'] {
  if (revokedAtMs !== undefined) return 'revoked'; // For good, also where this clock is behind.
  return expiresAtMs !== undefined && expiresAtMs <= nowMs ? 'expired' : 'active';
}

/** Why a key may not be added: its name is taken or a tenant's, its tenant or its parent is not there, or they differ. */
export function problemsWith(key: VirtualKey, { tenants, keys }: Book): string[] {
  const own = `keys.${key.name}: `;
  const directory = createDirectory({ tenants, keys: [...keys, key] });
  const wrong = directory.problems.filter((problem) => problem.startsWith(own));
  if (wrong.length > 0) return wrong.map((problem) => problem.slice(own.length));
  const tenant = directory.tenantOf(key);
  if (key.tenant !== undefined && key.tenant !== tenant) {
    return [`tenant: a key belongs to the tenant of the key above it, which is ${tenant ? `"${tenant}"` : 'none'}`];
  }
  return directory.tenants.has(key.name) && isAlone(key, directory) ? [`name: ${nameOfTenant(key.name)}`] : [];
}

/** A configuration and a store that were changed apart: the keys work, and their tenants get what they spend. */
export function namesakes(directory: Directory): string[] {
  return [...directory.keys.values()]
    .filter((key) => directory.tenants.has(key.name) && isAlone(key, directory))
    .map(({ name }) => `keys.${name}.name: ${nameOfTenant(name)}`);
}

/** In the ledger a key without a tenant is a tenant of its own name: another one would get what it spends. */
export function isAlone(key: VirtualKey, directory: Directory): boolean {
  return !directory.rightsOfKey(key).scopes.some(({ kind }) => kind === 'tenant');
}

function isoOf(atMs: number | undefined): string | undefined {
  return atMs === undefined ? undefined : new Date(atMs).toISOString();
}
