/** What was used, what it cost and how long it took, by any dimension over time. */
import * as z from 'zod';
import {
  LEDGER_DIMENSIONS,
  type LatencyGroup,
  type Range,
  type TimeBucket,
  type UsageGroup,
  type UsageQuery,
} from '../../core/ledger.ts';
import { Attempts, Latency, Savings, Usage } from '../answers/ledger.ts';
import { endpoint, json } from '../endpoint.ts';
import { invalid } from '../reading.ts';
import type { AdminSources } from '../sources.ts';
import { Every, Filter, filterOf, isoOf, rangeOf, Shadow, Span } from '../span.ts';
import { savingsOf } from '../savings.ts';
import { askLedger } from '../stores.ts';

/** A day of minutes, two months of hours, four years of days. */
const MAX_BUCKETS = 1_500;
/** Beyond it nobody reads a chart, and the answer becomes megabytes. */
const MAX_POINTS = 20_000;
const MAX_GROUPS = 1_000;
const LINES = 12;
/** Those that spend most. */
const MAX_ROUTES = 50;

const BUCKET_MS: Record<TimeBucket, number> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 28 * 86_400_000,
};

const Query = z.strictObject({
  by: z.enum(LEDGER_DIMENSIONS).optional().describe('A group for each of its values, the dearest first'),
  every: Every.optional().describe('A group for each of these, of a calendar in UTC; weeks begin on Mondays'),
  ...Span,
  ...Filter,
  shadow: Shadow,
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_GROUPS)
    .optional()
    .describe(`The biggest groups only; default ${MAX_GROUPS}, over time ${LINES} lines and at most 50`),
});

/** Throws for what would make too long an answer. */
function usageQuery(query: z.output<typeof Query>, nowMs: number): UsageQuery {
  const { by, every, shadow, limit = by && every ? LINES : MAX_GROUPS } = query;
  const range = rangeOf(query, nowMs);
  const buckets = every ? Math.ceil((range.toMs - range.fromMs) / BUCKET_MS[every]) : 1;
  if (buckets > MAX_BUCKETS) {
    throw invalid('every', `that is ${buckets} of them, and ${MAX_BUCKETS} are the most; take longer ones`);
  }
  if (by && every && buckets * limit > MAX_POINTS) {
    throw invalid('limit', `${limit} lines of ${buckets} points are too many; ${MAX_POINTS} points are the most`);
  }
  return { ...range, by, every, shadow, limit, where: filterOf(query) };
}

export const usageEndpoints = [
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/usage',
      summary: 'Requests, tokens and cost, by any dimension over time',
      query: Query,
      answer: { status: 200, schema: Usage },
    },
    async ({ query, sources, nowMs }) => {
      const asked = usageQuery(query, nowMs);
      const { range, groups } = await askLedger(sources, 'every', (store) => store.usage(asked));
      return json({ ...spanOf(range), data: groups.map(groupOf) });
    },
  ),
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/latency',
      summary: 'Time to the first token and to the end, p50 and p95, by any dimension over time',
      query: Query,
      answer: { status: 200, schema: Latency },
    },
    async ({ query, sources, nowMs }) => {
      const asked = usageQuery(query, nowMs);
      const { range, groups } = await askLedger(sources, 'every', (store) => store.latency(asked));
      return json({ ...spanOf(range), data: groups.map(groupOf) });
    },
  ),
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/attempts',
      summary: 'What became of the calls to each deployment; at most eight days',
      query: z.strictObject(Span),
      answer: { status: 200, schema: Attempts },
    },
    async ({ query, sources, nowMs }) => {
      const range = rangeOf(query, nowMs);
      const data = await askLedger(sources, 'from', (store) => store.attempts(range));
      return json({ ...spanOf(range), data });
    },
  ),
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/savings',
      summary: 'What the rules have saved against the best model for everything',
      query: z.strictObject(Span),
      answer: { status: 200, schema: Savings },
    },
    async ({ query, sources, nowMs }) => json(await savingsBetween(rangeOf(query, nowMs), sources)),
  ),
];

/** Of the requests that asked for a route; those that named a model have had what they wanted. */
async function savingsBetween(asked: Range, sources: AdminSources): Promise<object> {
  const { range, groups: routes } = await askLedger(sources, 'from', (store) => store.usage({ ...asked, by: 'route' }));
  const named = routes.map(({ value = '' }) => value).filter((route) => route !== '');
  const groups = await Promise.all(
    named.slice(0, MAX_ROUTES).map(async (route) => {
      const query: UsageQuery = { ...asked, by: 'deployment', where: { route } };
      return (await askLedger(sources, 'from', (store) => store.usage(query))).groups;
    }),
  );
  const yardstick = sources.savings?.();
  const nothing = { requests: 0, unpriced: 0, costUsd: 0, againstUsd: 0 };
  const sums = yardstick ? savingsOf(groups.flat(), yardstick) : nothing;
  const against = yardstick ? { tier: yardstick.tier, deployment: yardstick.deployment } : null;
  return { ...spanOf(range), against, ...sums };
}

function spanOf({ fromMs, toMs }: Range): { from: string; to: string } {
  return { from: isoOf(fromMs), to: isoOf(toMs) };
}

export function groupOf({ value, atMs, ...sums }: UsageGroup | LatencyGroup): object {
  return { value, at: atMs === undefined ? undefined : isoOf(atMs), ...sums };
}
