/** What the endpoints of keys, tenants, limits and budgets answer. */
import * as z from 'zod';
import { PRIORITIES } from '../../core/priority.ts';

const SHARE = {
  models: z.array(z.string()).optional(),
  routes: z.array(z.string()).optional(),
  doors: z.array(z.string()).optional(),
  maxCostUsd: z.number().optional(),
  maxLatencyMs: z.number().optional(),
  limits: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
  budgets: z.record(z.string(), z.unknown()).optional(),
  tags: z.array(z.string()).optional(),
};
const SOURCE = z
  .enum(['configuration', 'store'])
  .describe('What stands in the configuration can only be changed there');

const KEY = {
  id: z.string(),
  name: z.string(),
  source: SOURCE,
  state: z.enum(['active', 'expired', 'revoked']),
  tenant: z.string().optional(),
  parent: z.string().optional().describe('The id of the key above it'),
  owner: z.string().optional(),
  priority: z.enum(PRIORITIES).optional(),
  createdAt: z.string().optional(),
  expiresAt: z.string().optional(),
  revokedAt: z.string().optional(),
  secrets: z.array(z.strictObject({ prefix: z.string().optional(), until: z.string().optional() })),
  ...SHARE,
};

/** What stands above it holds for it, too, and is not in it. */
export const Key = z.strictObject(KEY);
export const IssuedKey = z.strictObject({
  ...KEY,
  secret: z.string().describe('Shown this once; only its hash is kept'),
});

export const Tenant = z.strictObject({ name: z.string(), source: SOURCE, parent: z.string().optional(), ...SHARE });

export const Reading = z.strictObject({
  kind: z.enum(['key', 'tenant', 'model', 'route']),
  name: z.string(),
  measure: z.enum(['requests', 'tokens', 'inputTokens', 'outputTokens', 'usd', 'concurrency']),
  span: z.enum(['second', 'minute', 'hour', 'day', 'week', 'month', 'total']).optional(),
  isBudget: z.boolean(),
  limit: z.number(),
  used: z.number().describe('Spent and reserved'),
  reserved: z.number().describe('Of `used`, what running requests hold'),
  resetMs: z.number().nullable().describe('Until all of it is free; null: never'),
});

export const Account = z.strictObject({
  resource: z.string().describe('account|region|family, and the deployment where it has limits of its own'),
  room: z.number().describe('Of the scarcest limit, 0 to 1'),
  running: z.number(),
  limits: z.array(
    z.strictObject({
      limit: z.string(),
      per: z.enum(['minute', 'day', 'week', 'month']).optional(),
      allowed: z.number(),
      left: z.number().describe('Per minute: of what may go at once'),
    }),
  ),
  cooling: z.array(z.strictObject({ limit: z.string(), forMs: z.number() })),
});
