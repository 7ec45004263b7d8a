/** `tenants:` and `keys:` of the configuration, and keys and tenants as the CLI and the admin API take them. */
import * as z from 'zod';
import { DOORS, isDoor, MAX_TAGS } from '../core/caller.ts';
import { PRIORITIES } from '../core/priority.ts';
import { BudgetsOf, LimitsOf } from './spending.ts';

export const Name = z.string().regex(/^[\w.:-]{1,64}$/, 'use letters, digits and . : _ - (at most 64)');

const Label = (what: string) =>
  z.string().regex(/^\P{Cc}{1,64}$/u, `${what} has at most 64 characters, none of them a control character`);
const Pattern = z.string().min(1).max(200);
const Patterns = z.array(Pattern).max(100);
const Doors = z
  .array(
    Pattern.refine(isDoor, {
      error: ({ input }) => `there is no way in called "${String(input)}"; there are ${DOORS.join(', ')}`,
    }),
  )
  .max(100);

/** The same words for tenants and keys. */
const SHARE = {
  models: Patterns.optional().describe('Models it may ask for, `*` for any text; default all'),
  routes: Patterns.optional().describe(
    'Routes it may ask for, such as `auto`; default all, or none if `models` is set',
  ),
  doors: Doors.optional().describe('Ways in: `chat`, `messages`, …; default all'),
  maxCostUsd: z.number().positive().optional().describe('What one of its requests may cost, in US dollars'),
  maxLatencyMs: z.int().min(1).optional().describe('How long one of its answers may take'),
  limits: LimitsOf.optional(),
  budgets: BudgetsOf.optional(),
  tags: z.array(Label('a tag')).max(MAX_TAGS).optional().describe('In the ledger: usage is grouped by them'),
};

const TENANT = {
  parent: Name.optional().describe('The tenant above it: its limits, budgets and models hold too'),
  ...SHARE,
};

const KEY = {
  name: Name.describe('In the log, the ledger and the rules; no two keys have the same'),
  tenant: Name.optional().describe('The name of an entry under `tenants`, or of a stored tenant'),
  owner: Label('an owner').optional().describe('Who answers for it: a person or a team'),
  expiresAt: z
    .union([z.iso.datetime({ offset: true }), z.iso.date()], {
      error: 'write it like 2027-01-31, or 2027-01-31T18:00:00Z',
    })
    .optional()
    .describe('When it ceases to open anything; a date is its first moment in UTC'),
  ...SHARE,
};

const Priority = z.enum(PRIORITIES);

/** An entry of `tenants:`. */
export const Tenant = z.strictObject(TENANT);

export const Tenants = z
  .record(Name, Tenant)
  .default({})
  .describe('Who shares limits, budgets and models; more of them can be stored');

/** An entry of `keys:`. */
export const Key = z.strictObject({
  ...KEY,
  priority: Priority.default('normal').describe('For requests without x-signalbox-priority'),
  key: z
    .string()
    .trim()
    .min(16, 'a client key has at least 16 characters')
    .max(512)
    .refine((key) => !/[^\x21-\x7e]/.test(key), 'a client key is ASCII without spaces: no other one can be sent')
    .describe('Best as "${NAME}"'),
});

/** A key to be made and stored: its secret is drawn, its id too. */
export const NewKey = z.strictObject({
  ...KEY,
  priority: Priority.optional(),
  parent: Name.optional().describe('The key above it, of which it can only be a part'),
});

/** What of a stored key may be changed. */
export const NewTerms = z.strictObject({ ...KEY, priority: Priority.optional() }).omit({ name: true, tenant: true });

/** A tenant to be stored. */
export const NewTenant = z.strictObject({ name: Name, ...TENANT });
