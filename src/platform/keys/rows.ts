/** Tenants and keys as rows, and back. What somebody else has written into a row is not believed. */
import * as z from 'zod';
import type { KeySecret, Share, Tenant, VirtualKey } from '../../books/tenants/book.ts';
import type { Budgets, SpendingLimits } from '../../books/spending/declared.ts';
import { PRIORITIES } from '../../core/priority.ts';
import type { StoredKey, StoredTenant } from './tables.ts';

const Names = z.array(z.string());
const Amount = z.number().min(0);

const StoredShare = z.strictObject({
  models: Names.optional(),
  routes: Names.optional(),
  doors: Names.optional(),
  maxCostUsd: Amount.optional(),
  maxLatencyMs: Amount.optional(),
  limits: z.record(z.string(), z.union([Amount, z.string()])).optional(),
  budgets: z
    .strictObject({
      usd: z.record(z.string(), Amount).optional(),
      tokens: z.record(z.string(), Amount).optional(),
      soft: z.array(Amount).optional(),
      timeZone: z.string().optional(),
    })
    .optional(),
  tags: Names.optional(),
});

const StoredSecrets = z
  .array(
    z.strictObject({
      hash: z.string().regex(/^[\da-f]{64}$/),
      prefix: z.string().optional(),
      untilMs: z.number().optional(),
    }),
  )
  .min(1);

const Priority = z.enum(PRIORITIES).optional();

export function tenantRow(tenant: Tenant): StoredTenant {
  return { name: tenant.name, parent: tenant.parent ?? null, share: shareText(tenant) };
}

export function keyRow(key: VirtualKey): StoredKey {
  const { id, name, tenant, parent, owner, priority, createdAtMs, expiresAtMs, revokedAtMs, secrets } = key;
  return {
    id,
    name,
    tenant: tenant ?? null,
    parent: parent ?? null,
    owner: owner ?? null,
    priority: priority ?? null,
    created_at_ms: createdAtMs,
    expires_at_ms: expiresAtMs ?? null,
    revoked_at_ms: revokedAtMs ?? null,
    share: shareText(key),
    secrets: secretsText(secrets),
  };
}

/** The same secrets are always the same text. */
export function secretsText(secrets: readonly KeySecret[]): string {
  return JSON.stringify(secrets.map(({ hash, prefix, untilMs }) => ({ hash, prefix, untilMs })));
}

export function shareText(share: Share): string {
  const { models, routes, doors, maxCostUsd, maxLatencyMs, limits, budgets, tags } = share;
  return JSON.stringify({ models, routes, doors, maxCostUsd, maxLatencyMs, limits, budgets, tags });
}

/** Throws what is wrong with it. */
export function tenantFrom({ name, parent, share }: StoredTenant): Tenant {
  return { name, parent: parent ?? undefined, ...shareFrom(share) };
}

/** Throws what is wrong with it. */
export function keyFrom(row: StoredKey): VirtualKey {
  return {
    id: row.id,
    name: row.name,
    tenant: row.tenant ?? undefined,
    parent: row.parent ?? undefined,
    owner: row.owner ?? undefined,
    priority: Priority.parse(row.priority ?? undefined),
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms ?? undefined,
    revokedAtMs: row.revoked_at_ms ?? undefined,
    ...shareFrom(row.share),
    secrets: StoredSecrets.parse(JSON.parse(row.secrets)),
  };
}

function shareFrom(text: string): Share {
  const { limits, budgets, ...share } = StoredShare.parse(JSON.parse(text));
  // Checked by its words when it was written; here, that amounts are amounts.
  return { ...share, limits: limits as SpendingLimits | undefined, budgets: budgets as Budgets | undefined };
}
