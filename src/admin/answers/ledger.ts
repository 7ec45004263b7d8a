/** What the ledger's endpoints answer. Times are ISO 8601. */
import * as z from 'zod';

export const At = z.string().describe('ISO 8601');
const Count = z.number().describe('A whole number');
const Usd = z.number().describe('US dollars');
const Price = z.unknown().describe('The row of the price list it was worked out with; null: none');

const BUCKETS = {
  fresh: Count,
  cacheRead: Count,
  cacheWrite5m: Count,
  cacheWrite1h: Count,
  output: Count.describe('Without reasoning'),
  reasoning: Count,
};

export const Request = z.strictObject({
  requestId: z.string(),
  at: At,
  tenant: z.string(),
  key: z.string(),
  session: z.string(),
  asked: z.string().describe('The model or route that the client asked for'),
  route: z.string(),
  model: z.string().describe('What served it; empty: nobody did'),
  provider: z.string(),
  deployment: z.string(),
  tier: z.string(),
  reason: z.string(),
  priority: z.string(),
  outcome: z.string().describe('`ok`, `client_gone`, or the kind of the error'),
  origin: z.enum(['', 'router', 'provider']).describe('Whose error it is'),
  finishReason: z.string(),
  ...BUCKETS,
  costUsd: Usd.nullable().describe('US dollars; null: the price is unknown'),
  price: Price,
  queuedMs: z.number(),
  firstTokenMs: z.number().nullable(),
  totalMs: z.number(),
  calls: Count,
  stream: z.boolean(),
  estimated: z.boolean().describe('The usage is our guess'),
  cacheHit: z.boolean(),
  fallback: z.boolean(),
  continued: z.boolean(),
  shadow: z.boolean(),
  tags: z.array(z.string()),
});

const Attempt = z.strictObject({
  requestId: z.string(),
  number: Count,
  at: At,
  tenant: z.string(),
  provider: z.string(),
  deployment: z.string(),
  model: z.string(),
  outcome: z.string(),
  called: z.boolean().describe('False: it was passed over'),
  shadow: z.boolean(),
  ...BUCKETS,
  durationMs: z.number(),
  costUsd: Usd.nullable(),
  price: Price,
});

export const Story = z.strictObject({
  request: Request,
  attempts: z.array(Attempt),
  plan: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('How it was chosen, with its score; null: not by rules, or no longer in memory'),
});

const USAGE = {
  requests: Count,
  failures: Count,
  calls: Count,
  ...BUCKETS,
  costUsd: Usd.describe('Of the requests whose price is known'),
  unpriced: Count,
  estimated: Count,
  cacheHits: Count,
  fallbacks: Count,
  queuedMs: z.number(),
  totalMs: z.number(),
};

const GROUP = {
  value: z.string().optional().describe('Where it is grouped `by` something'),
  at: At.optional().describe('Where it is grouped by time: when the bucket begins'),
};
const RANGE = {
  from: At.describe('What was counted: as asked, widened to whole hours or days where sums answer'),
  to: At,
};
const Group = z.strictObject({ ...GROUP, ...USAGE });

export const Usage = z.strictObject({ ...RANGE, data: z.array(Group) });

export const Savings = z.strictObject({
  ...RANGE,
  against: z
    .strictObject({ tier: z.string(), deployment: z.string() })
    .nullable()
    .describe('The best model of the highest tier; null: nobody serves it, or its price is unknown'),
  requests: Count.describe('That rules chose for and somebody served'),
  unpriced: Count.describe('Of deployments that are left out, because the price of some of their requests is unknown'),
  costUsd: Usd.describe('What the others cost'),
  againstUsd: Usd.describe('What the same tokens would have cost there, at today’s list price'),
});

const Percentiles = z.strictObject({ p50: z.number().optional(), p95: z.number().optional() });

export const Latency = z.strictObject({
  ...RANGE,
  data: z.array(z.strictObject({ ...GROUP, requests: Count, firstTokenMs: Percentiles, totalMs: Percentiles })),
});

export const Attempts = z.strictObject({
  ...RANGE,
  data: z.array(
    z.strictObject({
      deployment: z.string(),
      outcome: z.string(),
      called: z.boolean(),
      attempts: Count,
      durationMs: z.number(),
      costUsd: Usd,
    }),
  ),
});

export const Statement = z.strictObject({
  tenant: z.string(),
  month: z.string(),
  total: z.strictObject(USAGE),
  byModel: z.array(Group),
  byKey: z.array(Group),
  byDay: z.array(Group),
});
