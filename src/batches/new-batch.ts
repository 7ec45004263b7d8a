import type { Caller } from '../core/caller.ts';
import { ownerOf } from '../core/objects.ts';
import type { Batch, BatchRules } from './terms.ts';

export interface NewBatch {
  inputFileId: string;
  endpoint: string;
  metadata: Record<string, string> | null;
  outputExpiresInMs: number | undefined;
  strict: boolean;
}

interface Circumstances {
  rules: BatchRules;
  nowMs: number;
  id: string;
}

/** As it begins. */
export function batchOf(caller: Caller, wanted: NewBatch, { rules, nowMs, id }: Circumstances): Batch {
  const { outputExpiresInMs = rules.keepMs, ...asked } = wanted;
  return {
    ...asked,
    id,
    owner: ownerOf(caller),
    caller: bare(caller),
    status: 'validating',
    createdAtMs: nowMs,
    sinceMs: { validating: nowMs },
    dueAtMs: nowMs + rules.windowMs,
    expiresAtMs: nowMs + rules.keepMs,
    outputExpiresInMs,
    outputExpiresAtMs: nowMs + Math.min(2 * rules.windowMs + outputExpiresInMs, rules.keepMs),
    lines: 0,
    errors: [],
    shards: [],
  };
}

/** What the ledger needs to know of it, and no limits: those are asked for again. */
function bare(caller: Caller): Caller {
  const { id, name, prefix, tenant, parents, priority, ceilings, allowed, tags, owner } = caller;
  return { id, name, prefix, tenant, parents, priority, ceilings, allowed, tags, owner };
}
