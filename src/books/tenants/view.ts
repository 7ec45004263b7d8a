/** Keys as people may see them: everything but what could open a door. */
import type { Book, Share, VirtualKey } from './book.ts';
import { createDirectory } from './directory.ts';

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

/** What stands above the key is not in it. */
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
  if (revokedAtMs !== undefined && revokedAtMs <= nowMs) return 'revoked';
  return expiresAtMs !== undefined && expiresAtMs <= nowMs ? 'expired' : 'active';
}

/** Why a key would open nothing if it were added: its name is taken, its tenant or its parent is not there. */
export function problemsWith(key: VirtualKey, { tenants, keys }: Book): string[] {
  const own = `keys.${key.name}: `;
  const { problems } = createDirectory({ tenants, keys: [...keys, key] });
  return problems.filter((problem) => problem.startsWith(own)).map((problem) => problem.slice(own.length));
}

function isoOf(atMs: number | undefined): string | undefined {
  return atMs === undefined ? undefined : new Date(atMs).toISOString();
}
