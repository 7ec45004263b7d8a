/**
 * Anthropic counts requests, input and output apart. What it reads from its cache is free, and output counts as it is
 * written: `max_tokens` does not. We set aside what an answer will probably take, or it would be missing afterwards.
 */
import type { Usage } from '../../src/core/chat.ts';
import type { Amounts, Dimension, LimitReading, Weight } from '../../src/core/limits.ts';
import { countOf, limitOf, uncachedTokens } from '../shared/limits.ts';

export function reserve({ inputTokens, outputTokens }: Weight): Amounts {
  return { requests: 1, input: inputTokens, output: outputTokens, tokens: inputTokens + outputTokens };
}

export function spent(usage: Usage): Amounts {
  const input = uncachedTokens(usage);
  return { requests: 1, input, output: usage.completion_tokens, tokens: input + usage.completion_tokens };
}

type Header = (name: string) => string | undefined;

/** The headers of one pool. */
interface Names {
  limit: string;
  remaining: string;
}

function named(pool: string): Names {
  return { limit: `anthropic-${pool}-limit`, remaining: `anthropic-${pool}-remaining` };
}

/** A dimension's pools. What does not fit into the priority tier is served by the standard one: they add up. */
const POOLS: readonly { dimension: Dimension; standard: Names; priority?: Names }[] = [
  { dimension: 'requests', standard: named('ratelimit-requests') },
  { dimension: 'input', standard: named('ratelimit-input-tokens'), priority: named('priority-input-tokens') },
  { dimension: 'output', standard: named('ratelimit-output-tokens'), priority: named('priority-output-tokens') },
  { dimension: 'tokens', standard: named('ratelimit-tokens') },
];

const HAS_OUTPUT = new Set<Dimension>(['output', 'tokens']);

export function readLimits(header: Header): LimitReading[] {
  const readings: LimitReading[] = [];
  for (const { dimension, standard, priority } of POOLS) {
    const usual = readPool(header, standard, dimension);
    const { limit, remaining } = priority ? added(usual, readPool(header, priority, dimension)) : usual;
    if (limit === undefined && remaining === undefined) continue;
    const countsAsWritten = HAS_OUTPUT.has(dimension) || undefined;
    readings.push({ dimension, limit, remaining, countsAsWritten });
  }
  return readings;
}

interface Pool {
  limit: number | undefined;
  remaining: number | undefined;
}

function readPool(header: Header, names: Names, dimension: Dimension): Pool {
  const limit = limitOf(header(names.limit));
  const remaining = countOf(header(names.remaining));
  if (remaining === undefined) return { limit, remaining };
  const most = dimension === 'requests' ? remaining : unrounded(remaining);
  return { limit, remaining: Math.min(most, limit ?? Infinity) };
}

/** Tokens are rounded to the nearest thousand, so that `0` may be 499, which is enough for a small request. */
function unrounded(tokens: number): number {
  return tokens % 1000 === 0 ? tokens + 499 : tokens;
}

function added(usual: Pool, extra: Pool): Pool {
  if (extra.limit === undefined || extra.remaining === undefined) return usual;
  const sum = (one: number | undefined, other: number) => (one === undefined ? undefined : one + other);
  return { limit: sum(usual.limit, extra.limit), remaining: sum(usual.remaining, extra.remaining) };
}
