/** `store:`: where the ledger, stored keys and tenants are kept. */
import { z } from 'zod';

const Days = z.int().min(1).max(36_500).optional();

export const Store = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Without it nothing is kept but the log'),
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
  })
  .describe(
    'Where the ledger, stored keys and tenants are kept; PostgreSQL where DATABASE_URL names one, D1 on Workers',
  );
