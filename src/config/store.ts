/** `store:`: where the ledger, stored keys and tenants are kept, and what clients leave with the router. */
import * as z from 'zod';

const Days = z.int().min(1).max(36_500).optional();
const Count = z.int().min(1);
const Kept = z.int().min(1).max(36_500).default(30);

const Objects = z
  .strictObject({
    keepDays: z
      .strictObject({
        responses: Kept.describe('As long as OpenAI keeps them'),
        files: Kept,
        batches: Kept,
      })
      .prefault({}),
    maxObjectBytes: Count.default(64 * 1024 ** 2).describe('Of one response or file'),
    maxOwnerBytes: Count.default(1024 ** 3).describe('Of all that one tenant has, or a key without a tenant'),
    maxOwnerObjects: Count.default(100_000),
    maxBytes: Count.default(10 * 1024 ** 3).describe('Of all that there is'),
  })
  .describe('What clients leave with the router: responses, files, batches');

export const Store = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('Without it nothing is kept but the log, and in memory the latest responses'),
    path: z
      .string()
      .min(1)
      .optional()
      .describe('SQLite file, from where the configuration lies; default signalbox.db, in practice ":memory:"'),
    keepDays: z
      .strictObject({
        rows: Days.default(90).describe('Requests and attempts'),
        hours: Days.default(400).describe('Sums by the hour'),
        days: Days.describe('Sums by the day; default for ever'),
      })
      .prefault({}),
    objects: Objects.prefault({}),
  })
  .describe(
    'Where the ledger, stored keys and tenants are kept; PostgreSQL where DATABASE_URL names one, D1 on Workers',
  );
