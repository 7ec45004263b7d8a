/** From when to when, and which requests: the words that the ledger's endpoints share. */
import * as z from 'zod';
import { type Dimension, LEDGER_DIMENSIONS, type LedgerFilter, type Range, type TimeBucket } from '../core/ledger.ts';
import { invalid } from './reading.ts';

const DAY_MS = 86_400_000;

const Time = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'write it like 2026-11-22, or 2026-11-22T18:00:00Z',
  })
  .transform((text) => Date.parse(text));

export const Span = {
  from: Time.optional().describe('Default: a day before `to`'),
  to: Time.optional().describe('Not included; default: now'),
};

const Value = z.string().max(200).optional();
const Dimensions = Object.fromEntries(LEDGER_DIMENSIONS.map((name) => [name, Value])) as Record<
  Dimension,
  typeof Value
>;

/** A parameter for each dimension: `tenant=acme&outcome=timeout`. */
export const Filter = Dimensions;

export const Shadow = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .optional()
  .describe("Copies for the operator's eyes instead of what clients asked");

export const Every = z.enum(['minute', 'hour', 'day', 'week', 'month'] satisfies TimeBucket[]);

export interface Said {
  from?: number | undefined;
  to?: number | undefined;
}

/** What is not said is the last day. The moment is part of it: `to` is not included. */
export function rangeOf({ from, to }: Said, nowMs: number): Range {
  const toMs = to ?? nowMs + 1;
  const fromMs = from ?? toMs - DAY_MS;
  if (fromMs >= toMs) throw invalid('from', 'must be before `to`');
  return { fromMs, toMs };
}

export function filterOf(query: Partial<Record<Dimension, string | undefined>>): LedgerFilter {
  const said = LEDGER_DIMENSIONS.map((name) => [name, query[name]] as const);
  return Object.fromEntries(said.filter(([, value]) => value !== undefined));
}

export function isoOf(atMs: number): string {
  return new Date(atMs).toISOString();
}
