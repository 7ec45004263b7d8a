/** What the endpoints of the moment's state answer. */
import * as z from 'zod';

const Severity = z.enum(['critical', 'warning']);

export const Health = z.strictObject({
  at: z.string(),
  version: z.string(),
  source: z.string().describe("The configuration's name"),
  startedAt: z.string(),
  practice: z.boolean().describe('The providers are practice ones'),
  attention: z
    .array(z.strictObject({ severity: Severity, message: z.string(), next: z.string() }))
    .describe('What an operator should know, the worst first'),
  emergency: z.boolean(),
  waiting: z.strictObject({ critical: z.number(), normal: z.number(), background: z.number() }),
  keys: z.strictObject({
    fresh: z.boolean().describe('The store could be read just now'),
    complete: z.boolean().describe('False: it was never read'),
    keys: z.number(),
    tenants: z.number(),
  }),
  ledger: z.strictObject({
    state: z.enum(['ok', 'failing', 'none']),
    spentRead: z.boolean().describe('False: what was spent before could not be read yet, and budgets count from zero'),
    waiting: z.number(),
    written: z.number(),
    dropped: z.strictObject({ full: z.number(), rejected: z.number() }),
    failures: z.number(),
  }),
  deployments: z
    .array(
      z.strictObject({
        deployment: z.string(),
        model: z.string(),
        provider: z.string(),
        resource: z.string().describe('Those with the same one draw on the same limits'),
        circuit: z.enum(['closed', 'open', 'half_open']),
        room: z.number().describe('0 to 1'),
        obstacle: z.string().optional().describe('Why a small request would be passed over now'),
        waitMs: z.number().nullable().describe('Until one would not be; null: nobody knows'),
        firstTokenMs: z.number().optional().describe('Of its answers of late'),
        tokensPerSecond: z.number().optional(),
        lastCallAt: z.string().optional(),
      }),
    )
    .describe('Those that were considered since the start'),
});

export const Alerts = z.strictObject({
  firing: z.array(
    z.strictObject({
      rule: z.string(),
      title: z.string(),
      subject: z.string(),
      severity: Severity,
      summary: z.string(),
      firedAt: z.string(),
    }),
  ),
  messages: z.array(z.strictObject({ receiver: z.string(), outcome: z.string(), count: z.number() })),
});

export const Rules = z.strictObject({
  tiers: z.array(z.strictObject({ name: z.string(), models: z.array(z.string()) })).describe('The lowest first'),
  profiles: z.record(z.string(), z.unknown()),
  routes: z.record(z.string(), z.unknown()),
  rules: z
    .array(z.strictObject({ name: z.string(), isGuard: z.boolean(), when: z.unknown().optional(), do: z.unknown() }))
    .describe('In the order in which they are read'),
});

export const Configuration = z.record(z.string(), z.unknown()).describe('Without secrets: those are (hidden)');

export const Failure = z.strictObject({
  error: z.strictObject({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable().describe('The field that is wrong'),
    code: z.string(),
    origin: z.enum(['router', 'provider']),
  }),
});
