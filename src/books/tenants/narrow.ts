/** What a key may do follows from what stands above it, and is never more: everything here only takes away. */
import { type Allowed, MAX_TAGS, type Patterns } from '../../core/caller.ts';
import { type Ceilings, lowest } from '../../core/ceilings.ts';
import { PRIORITIES, type Priority } from '../../core/priority.ts';
import type { Scope } from '../spending/claim.ts';
import type { Share } from './book.ts';

/** What a tenant or a key may do, with all that stands above it. */
export interface Rights {
  allowed: Allowed;
  /** The most urgent that its requests are when they name no priority. */
  priority: Priority;
  ceilings: Ceilings;
  expiresAtMs: number | undefined;
  revokedAtMs: number | undefined;
  tags: readonly string[];
  owner: string | undefined;
  /** What its requests draw on, nearest first. */
  scopes: readonly Scope[];
}

export interface Wanted extends Share {
  priority?: Priority | undefined;
  expiresAtMs?: number | undefined;
  revokedAtMs?: number | undefined;
  owner?: string | undefined;
}

export const EVERYTHING: Rights = {
  allowed: { models: [], routes: [], doors: [] },
  priority: 'critical',
  ceilings: {},
  expiresAtMs: undefined,
  revokedAtMs: undefined,
  tags: [],
  owner: undefined,
  scopes: [],
};

/** `scope` is the wanted one's own: it draws on itself and on all above it. */
export function narrow(above: Rights, wanted: Wanted, scope: Scope): Rights {
  const { allowed, ceilings, tags } = above;
  const { models, routes, doors } = wanted;
  return {
    allowed: {
      models: and(allowed.models, models),
      // A route chooses among all models: who may use some only may use no route, unless it is named.
      routes: and(allowed.routes, routes ?? (models && [])),
      doors: and(allowed.doors, doors),
    },
    priority: lessUrgent(above.priority, wanted.priority),
    ceilings: lowest(ceilings, wanted),
    expiresAtMs: earlier(above.expiresAtMs, wanted.expiresAtMs),
    revokedAtMs: earlier(above.revokedAtMs, wanted.revokedAtMs),
    tags: [...new Set([...tags, ...(wanted.tags ?? [])])].slice(0, MAX_TAGS),
    owner: wanted.owner ?? above.owner,
    scopes: [scope, ...above.scopes],
  };
}

function and(lists: readonly Patterns[], patterns: Patterns | undefined): readonly Patterns[] {
  return patterns === undefined ? lists : [...lists, patterns];
}

function lessUrgent(above: Priority, wanted: Priority = above): Priority {
  return PRIORITIES.indexOf(wanted) > PRIORITIES.indexOf(above) ? wanted : above;
}

function earlier(above: number | undefined, wanted: number | undefined): number | undefined {
  return above === undefined || wanted === undefined ? (above ?? wanted) : Math.min(above, wanted);
}
