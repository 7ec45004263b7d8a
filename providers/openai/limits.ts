/**
 * OpenAI has one limit on tokens, and sets aside what the client allows the answer to take. Cached input counts.
 * Azure and most compatible servers count alike and use the same headers.
 */
import type { Usage } from '../../src/core/chat.ts';
import type { Amounts, LimitReading, Weight } from '../../src/core/limits.ts';
import { countOf, limitOf } from '../shared/limits.ts';
import { durationMs } from '../shared/wait.ts';

export function reserve({ inputTokens, outputTokens, maxOutputTokens }: Weight): Amounts {
  const output = maxOutputTokens ?? outputTokens;
  return { requests: 1, input: inputTokens, output, tokens: inputTokens + output };
}

/** What the client allowed and the model did not write may come back or not: the next answer's headers correct us. */
export function spent({ prompt_tokens: input, completion_tokens: output }: Usage): Amounts {
  return { requests: 1, input, output, tokens: input + output };
}

type Header = (name: string) => string | undefined;
type Dimension = 'requests' | 'tokens';

/** The headers of one limit. */
interface Names {
  dimension: Dimension;
  limit: string;
  remaining: string;
  reset: string;
}

function named(dimension: Dimension, suffix: string): Names {
  return {
    dimension,
    limit: `x-ratelimit-limit-${suffix}`,
    remaining: `x-ratelimit-remaining-${suffix}`,
    reset: `x-ratelimit-reset-${suffix}`,
  };
}

const USUAL = [named('requests', 'requests'), named('tokens', 'tokens')];
/** The same of other scopes: the tightest holds. */
const BESIDE = [named('tokens', 'project-tokens'), named('tokens', 'tokens_usage_based')];
const MISTRAL = [named('requests', 'req-minute'), named('tokens', 'tokens-minute')];

export function readLimits(header: Header): LimitReading[] {
  const usual = readAll(header, USUAL);
  if (usual.length === 0) return readAll(header, MISTRAL);
  for (const other of readAll(header, BESIDE)) tighten(usual, other);
  return usual;
}

function readAll(header: Header, limits: readonly Names[]): LimitReading[] {
  const readings: LimitReading[] = [];
  for (const names of limits) {
    const limit = limitOf(header(names.limit));
    const remaining = countOf(header(names.remaining));
    if (limit === undefined && remaining === undefined) continue;
    readings.push(sane(names.dimension, { limit, remaining, reset: header(names.reset) }));
  }
  return readings;
}

interface Said {
  limit: number | undefined;
  remaining: number | undefined;
  reset: string | undefined;
}

function sane(dimension: Dimension, { limit, remaining, reset }: Said): LimitReading {
  if (limit === undefined || remaining === undefined) return { dimension, limit, remaining };
  const isPerMinute = !isLonger(limit - remaining, limit, reset);
  return { dimension, limit: isPerMinute ? limit : undefined, remaining: Math.min(remaining, limit) };
}

function tighten(readings: LimitReading[], other: LimitReading): void {
  const reading = readings.find(({ dimension }) => dimension === other.dimension);
  if (!reading) {
    readings.push(other);
    return;
  }
  reading.limit = least(reading.limit, other.limit);
  reading.remaining = least(reading.remaining, other.remaining);
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

const FIVE_MINUTES_MS = 300_000;

/**
 * Groq always and OpenAI for some models state requests per day in the same header. It shows in how slowly what was
 * used comes back: one of 10,000 after 8.64 s. Milliseconds are rounded too much to tell, and Azure's have no unit.
 */
function isLonger(used: number, limit: number, reset: string | undefined): boolean {
  if (used <= 0 || !reset || reset.endsWith('ms')) return false;
  return ((durationMs(reset) ?? 0) * limit) / used > FIVE_MINUTES_MS;
}
