/** OpenAI's `x-ratelimit-…`: how much is left of whatever is scarcest, and when all of it is back. */
import type { Account } from './account.ts';
import type { Meter } from './meter.ts';
import type { Moment } from './moment.ts';

/** What a client can count by itself; of input and output apart OpenAI's headers do not speak, but tokens they are. */
const TOKENS = new Set(['tokens', 'inputTokens', 'outputTokens']);

export function rateHeaders(accounts: readonly Account[], moment: Moment): Record<string, string> {
  const headers: Record<string, string> = {};
  describe(
    'requests',
    scarcest(accounts, moment, (measure) => measure === 'requests'),
    { headers, moment },
  );
  describe(
    'tokens',
    scarcest(accounts, moment, (measure) => TOKENS.has(measure)),
    { headers, moment },
  );
  return headers;
}

interface Writing {
  headers: Record<string, string>;
  moment: Moment;
}

function describe(what: 'requests' | 'tokens', meter: Meter | undefined, { headers, moment }: Writing): void {
  if (!meter) return;
  headers[`x-ratelimit-limit-${what}`] = String(meter.rule.limit);
  headers[`x-ratelimit-remaining-${what}`] = String(left(meter, moment));
  const resetMs = meter.resetMs(moment);
  if (resetMs < Infinity) headers[`x-ratelimit-reset-${what}`] = duration(resetMs); // A total never comes back.
}

/** The one of which least is left; of those that are equal, the one that takes longest to come back. */
function scarcest(
  accounts: readonly Account[],
  moment: Moment,
  counts: (measure: string) => boolean,
): Meter | undefined {
  let least: Meter | undefined;
  for (const { meters } of accounts) {
    for (const meter of meters) {
      if (counts(meter.rule.measure) && (!least || isScarcer(meter, least, moment))) least = meter;
    }
  }
  return least;
}

function isScarcer(meter: Meter, other: Meter, moment: Moment): boolean {
  const difference = left(meter, moment) - left(other, moment);
  return difference < 0 || (difference === 0 && meter.resetMs(moment) > other.resetMs(moment));
}

function left(meter: Meter, moment: Moment): number {
  return Math.max(0, Math.floor(meter.rule.limit - meter.used(moment)));
}

/** As Go writes durations, and OpenAI with it: `20ms`, `1.5s`, `6m0s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return ms <= 0 ? '0s' : `${Math.ceil(ms)}ms`;
  const wholeMs = Math.ceil(ms);
  const seconds = `${(wholeMs % 60_000) / 1_000}s`;
  const minutes = Math.floor(wholeMs / 60_000);
  if (minutes === 0) return seconds;
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}
