/** What of a key is changed: what is named; null takes it away, and what stands above the key decides. */
import * as z from 'zod';
import type { KeyTerms, VirtualKey } from '../books/tenants/book.ts';
import { NewTerms } from '../config/tenants.ts';

const { shape } = NewTerms;

export const KeyPatch = z.strictObject({
  owner: shape.owner.nullable(),
  priority: shape.priority.nullable(),
  expiresAt: shape.expiresAt.nullable(),
  models: shape.models.nullable(),
  routes: shape.routes.nullable(),
  doors: shape.doors.nullable(),
  maxCostUsd: shape.maxCostUsd.nullable(),
  maxLatencyMs: shape.maxLatencyMs.nullable(),
  limits: shape.limits.nullable(),
  budgets: shape.budgets.nullable(),
  tags: shape.tags.nullable(),
}) satisfies z.ZodType<Partial<Record<keyof z.output<typeof NewTerms>, unknown>>>;

export function changedTerms(key: VirtualKey, { expiresAt, ...patch }: z.output<typeof KeyPatch>): KeyTerms {
  return {
    owner: after(key.owner, patch.owner),
    priority: after(key.priority, patch.priority),
    expiresAtMs: after(key.expiresAtMs, typeof expiresAt === 'string' ? Date.parse(expiresAt) : expiresAt),
    models: after(key.models, patch.models),
    routes: after(key.routes, patch.routes),
    doors: after(key.doors, patch.doors),
    maxCostUsd: after(key.maxCostUsd, patch.maxCostUsd),
    maxLatencyMs: after(key.maxLatencyMs, patch.maxLatencyMs),
    limits: after(key.limits, patch.limits),
    budgets: after(key.budgets, patch.budgets),
    tags: after(key.tags, patch.tags),
  };
}

function after<T>(before: T | undefined, patch: T | null | undefined): T | undefined {
  return patch === undefined ? before : (patch ?? undefined);
}
