import { describe, expect, it } from 'vitest';
import type { Amounts, DeclaredLimits, LimitLease } from '../../src/core/limits.ts';
import { Limiter } from '../../src/limits/limiter.ts';

const limiter = (declared: DeclaredLimits = {}, leaseMs?: number) =>
  new Limiter({ resource: 'a', declared, leaseMs }, 0);
/** Half of what jitter there is. */
const half = () => 0.5;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ONE: Amounts = { requests: 1, input: 100, output: 50, tokens: 150 };

/** How many of these go at once. */
function atOnce(limits: Limiter, need: Amounts, now = 0): number {
  let count = 0;
  for (; count < 20_000 && limits.waitMs(need, now) === 0; count++) limits.take(need, now);
  return count;
}

describe('each limit holds', () => {
  it.each([
    { name: 'requests', declared: { requestsPerMinute: 100 }, goes: 10, why: 'requests' },
    { name: 'input', declared: { inputTokensPerMinute: 10_000 }, goes: 10, why: 'input' },
    { name: 'output', declared: { outputTokensPerMinute: 10_000 }, goes: 20, why: 'output' },
    { name: 'tokens', declared: { tokensPerMinute: 30_000 }, goes: 20, why: 'tokens' },
    {
      name: 'the tightest of them',
      declared: { tokensPerMinute: 30_000, requestsPerMinute: 90 },
      goes: 9,
      why: 'requests',
    },
    { name: 'concurrency', declared: { concurrency: 8 }, goes: 8, why: 'concurrency' },
    { name: 'requests a day', declared: { requestsPerDay: 7 }, goes: 7, why: 'requests_per_day' },
    { name: 'tokens a week', declared: { tokensPerWeek: 1_500 }, goes: 10, why: 'tokens_per_week' },
    { name: 'tokens a month', declared: { tokensPerMonth: 1_600 }, goes: 10, why: 'tokens_per_month' },
    { name: 'nothing declared: 64 at the same time', declared: {}, goes: 64, why: 'concurrency' },
  ])('$name', ({ declared, goes, why }) => {
    const limits = limiter({
      concurrency: 10_000,
      ...declared,
      ...(Object.keys(declared).length === 0 && { concurrency: undefined }),
    });
    expect(limits.room(0)).toBe(1);
    expect(limits.why(ONE, 0)).toBeUndefined();
    expect(atOnce(limits, ONE)).toBe(goes);
    expect(limits.why(ONE, 0)).toBe(why);
    expect(limits.room(0)).toBeLessThan(0.1);
  });

  it('what a request does not need does not hold it up', () => {
    const limits = limiter({ tokensPerMinute: 1_000, requestsPerMinute: 6_000 });
    limits.take({ tokens: 1_000 }, 0);
    expect(limits.waitMs({ requests: 1 }, 0)).toBe(0);
    expect(limits.waitMs({ requests: 1, tokens: 1 }, 0)).toBeGreaterThan(0);
  });

  it('what can never go is told from what has to wait', () => {
    expect(limiter({ tokensPerMinute: 1_000 }).waitMs({ tokens: 1_001 }, 0)).toBe(Infinity);
    expect(limiter({ tokensPerDay: 1_000 }).waitMs({ tokens: 1_001 }, 0)).toBe(Infinity);
    expect(limiter({ tokensPerDay: 1_000 }).why({ tokens: 1_001 }, 0)).toBe('tokens_per_day');
  });

  it.each([
    {
      name: 'per minute',
      declared: { inputTokensPerMinute: 99 },
      is: { limit: 'inputTokensPerMinute', allowed: 99, needed: 100 },
    },
    { name: 'per day', declared: { tokensPerDay: 149 }, is: { limit: 'tokensPerDay', allowed: 149, needed: 150 } },
    { name: 'none that it fits into', declared: { tokensPerDay: 150, inputTokensPerMinute: 100 }, is: undefined },
  ])('what can never go is named by its limit: $name', ({ declared, is }) => {
    const limits = limiter(declared);
    limits.learn([{ dimension: 'requests', limit: 1, remaining: 0 }], 0);
    expect(limits.exceeded(ONE)).toEqual(is);
    expect(limits.exceeded({ requests: 100 })).toBeUndefined(); // A provider may take back what it said.
  });
});

describe('a lease', () => {
  it('gives back what was not used, and its slot', () => {
    const limits = limiter({ tokensPerMinute: 10_000, tokensPerDay: 1_000, concurrency: 1 });
    const lease = limits.take({ tokens: 1_000 }, 0);
    expect(limits.waitMs({ tokens: 400 }, 0)).toBeGreaterThan(0);
    lease.settle({ tokens: 600 }, 0);
    expect(limits.waitMs({ tokens: 400 }, 0)).toBe(0);
    expect(limits.waitMs({ tokens: 401 }, 0)).toBeGreaterThan(0);
  });

  it('takes what it used beyond that', () => {
    const limits = limiter({ tokensPerMinute: 10_000 });
    limits.take({ tokens: 100 }, 0).settle({ tokens: 1_960 }, 0);
    expect(limits.waitMs({ tokens: 1 }, 0)).toBe(6_007); // 961 tokens at 160 a second
  });

  it('keeps what it reserved where nobody knows', () => {
    const limits = limiter({ tokensPerMinute: 10_000 });
    limits.take({ tokens: 900 }, 0).settle(undefined, 0);
    expect(limits.waitMs({ tokens: 100 }, 0)).toBe(0);
    expect(limits.waitMs({ tokens: 101 }, 0)).toBeGreaterThan(0);
  });

  it('is settled once', () => {
    const limits = limiter({ requestsPerDay: 2, concurrency: 2 });
    const leases = [limits.take({ requests: 1 }, 0), limits.take({ requests: 1 }, 0)];
    for (let n = 0; n < 5; n++) leases[0]?.settle({}, 0);
    expect(limits.open).toBe(1);
    expect(atOnce(limits, { requests: 1 })).toBe(1);
  });

  it('expires by itself, keeps its tokens, and is over then', () => {
    const limits = limiter({ requestsPerDay: 3, concurrency: 2 }, 1_000);
    const forgotten = limits.take({ requests: 1 }, 0);
    limits.take({ requests: 1 }, 500);
    expect(forgotten.expiresAtMs).toBe(1_000);
    expect(limits.waitMs({ requests: 1 }, 999)).toBeGreaterThan(0);
    expect(limits.waitMs({ requests: 1 }, 1_000)).toBe(0);
    expect(limits.open).toBe(1);
    forgotten.settle({}, 1_000);
    expect(limits.room(1_000)).toBeCloseTo(1 / 3);
    expect(limits.why({ requests: 2 }, 1_500)).toBe('requests_per_day');
    expect(limits.open).toBe(0);
  });
});

describe('what headers say', () => {
  it('is a limit where none was declared', () => {
    const limits = limiter();
    limits.learn([{ dimension: 'requests', limit: 600, remaining: 3 }], 0);
    expect(atOnce(limits, ONE)).toBe(2); // 96 % of the three that are left.
    expect(limits.why(ONE, 0)).toBe('requests');
  });

  it('follows the provider up and down where none was declared', () => {
    const limits = limiter();
    for (const limit of [600, 60, 60_000]) limits.learn([{ dimension: 'requests', limit }], 0);
    expect(limits.waitMs({ requests: 60_000 }, 600_000)).toBe(0);
  });

  it('is believed when it has more left than was counted here, less what is on its way', () => {
    const limits = limiter();
    const left = { dimension: 'requests', limit: 600, remaining: 600 } as const;
    limits.learn([left], 0);
    for (let round = 0; round < 5; round++) {
      const leases = Array.from({ length: 500 }, () => limits.take(ONE, 0));
      for (const lease of leases) lease.settle(ONE, 0);
      limits.learn([left], 0);
    }
    for (let call = 0; call < 500; call++) limits.take(ONE, 0);
    limits.learn([left], 0);
    expect(atOnce(limits, ONE)).toBe(76);
  });

  it('has calls whose answers have begun taken off already', () => {
    const limits = limiter();
    const left = { dimension: 'tokens', limit: 1_000, remaining: 400 } as const;
    const heard = limits.take({ tokens: 600, output: 500 }, 0);
    const other = limits.take({ tokens: 84 }, 0);
    heard.heard([left], 0);
    expect(limits.waitMs({ tokens: 300 }, 0)).toBe(0); // 96 % of 400, less the call that has not begun.
    expect(limits.waitMs({ tokens: 301 }, 0)).toBeGreaterThan(0);
    heard.heard([left], 0);
    heard.settle({ tokens: 600 }, 0);
    heard.heard([left], 0);
    expect(limits.waitMs({ tokens: 301 }, 0)).toBeGreaterThan(0);
    other.heard([left], 0);
    expect(limits.waitMs({ tokens: 384 }, 0)).toBe(0);
  });

  it('has calls taken off that went before anybody knew of it', () => {
    const limits = limiter();
    for (let call = 0; call < 9; call++) limits.take({ tokens: 100 }, 0);
    limits.learn([{ dimension: 'tokens', limit: 1_000, remaining: 1_000 }], 0);
    expect(limits.waitMs({ tokens: 60 }, 0)).toBe(0);
    expect(limits.waitMs({ tokens: 61 }, 0)).toBeGreaterThan(0);
  });

  it('has their output still to come where the provider counts what is written', () => {
    const limits = limiter();
    const left = { dimension: 'tokens', limit: 1_000, remaining: 400, countsAsWritten: true } as const;
    const heard = limits.take({ tokens: 600, output: 284 }, 0);
    heard.heard([left], 0);
    expect(limits.waitMs({ tokens: 100 }, 0)).toBe(0);
    expect(limits.waitMs({ tokens: 101 }, 0)).toBeGreaterThan(0);
    heard.settle({ tokens: 600 }, 0);
    limits.learn([left], 0);
    expect(limits.waitMs({ tokens: 384 }, 0)).toBe(0);
  });

  it.each([
    { name: 'that are streamed', headAfterMs: 300, countsAsWritten: undefined },
    { name: 'that come whole', headAfterMs: 120_000, countsAsWritten: undefined },
    { name: 'that are counted as they are written', headAfterMs: 300, countsAsWritten: true as const },
  ])('leaves no part of the limit unused by answers of two minutes $name', ({ headAfterMs, countsAsWritten }) => {
    const limits = new Limiter({ resource: 'a', adaptive: false }, 0);
    const need = { requests: 1, output: 100, tokens: 100 };
    const [perMinute, stepMs, lastMs] = [60_000, 50, 10 * 60_000];
    const open: { lease: LimitLease; headAtMs: number; endsAtMs: number }[] = [];
    let [left, served] = [perMinute, 0];
    limits.learn([{ dimension: 'tokens', limit: perMinute, remaining: left }], 0);
    for (let now = 0; now < lastMs; now += stepMs) {
      if (countsAsWritten) left -= (open.length * 100 * stepMs) / 120_000;
      left = Math.min(perMinute, left + (perMinute / 60_000) * stepMs);
      const remaining = Math.max(0, Math.floor(left));
      const reading = { dimension: 'tokens', limit: perMinute, remaining, countsAsWritten } as const;
      for (const { lease } of open.filter(({ headAtMs }) => headAtMs === now)) lease.heard([reading], now);
      while (open[0] && open[0].endsAtMs <= now) open.shift()?.lease.settle(need, now);
      for (; limits.waitMs(need, now) === 0; served++) {
        if (!countsAsWritten) left -= 100;
        open.push({ lease: limits.take(need, now), headAtMs: now + headAfterMs, endsAtMs: now + 120_000 });
      }
    }
    expect((served * 100) / (perMinute * 10)).toBeGreaterThan(0.9);
  });

  it('ends the search for a concurrency limit', () => {
    const limits = limiter();
    limits.learn([{ dimension: 'requests', limit: 60_000, remaining: 59_999 }], 0);
    expect(atOnce(limits, ONE)).toBe(10_000);
  });

  it('is nothing where only the rest is known, of a limit that nobody declared', () => {
    const limits = limiter();
    limits.learn([{ dimension: 'tokens', remaining: 0 }], 0);
    expect(limits.waitMs(ONE, 0)).toBe(0);
  });

  it('is forgotten when sixteen answers in a row name others and not it', () => {
    const limits = limiter();
    const requests = { dimension: 'requests', limit: 60_000, remaining: 60_000 } as const;
    limits.learn([requests, { dimension: 'tokens', limit: 600, remaining: 0 }], 0);
    limits.learn([requests], 0);
    limits.learn([requests, { dimension: 'tokens', remaining: 0 }], 0);
    for (let answer = 0; answer < 15; answer++) limits.learn([requests], 0);
    expect(limits.why(ONE, 0)).toBe('tokens');
    limits.learn([requests], 0);
    expect(limits.waitMs(ONE, 0)).toBe(0);
    expect(limits.why({ requests: 60_000 }, 0)).toBe('requests');
  });

  it('is not forgotten when the operator declared it', () => {
    const limits = limiter({ tokensPerMinute: 1_000 });
    limits.take({ tokens: 1_000 }, 0);
    for (let answer = 0; answer < 50; answer++) limits.learn([{ dimension: 'requests', limit: 600 }], 0);
    expect(limits.why(ONE, 0)).toBe('tokens');
  });

  it('counts what is on its way when a forgotten one is named again', () => {
    const limits = limiter();
    const [requests, tokens] = [
      { dimension: 'requests', limit: 60_000 },
      { dimension: 'tokens', limit: 600, remaining: 600 },
    ] as const;
    limits.learn([requests, tokens], 0);
    limits.take({ tokens: 500 }, 0);
    for (let answer = 0; answer < 16; answer++) limits.learn([requests], 0);
    limits.learn([requests, tokens], 0);
    expect(limits.waitMs({ tokens: 76 }, 0)).toBe(0);
    expect(limits.waitMs({ tokens: 77 }, 0)).toBeGreaterThan(0);
  });

  it('lowers the declared one', () => {
    const limits = limiter({ requestsPerMinute: 600 });
    limits.learn([{ dimension: 'requests', limit: 600, remaining: 0 }], 0);
    expect(limits.waitMs(ONE, 0)).toBe(105);
  });
});

describe('a throttle', () => {
  it('cools exactly its dimension for what was announced, and up to a tenth more', () => {
    const limits = limiter();
    limits.throttled({ dimension: 'tokens', waitMs: 4_000 }, 0, half);
    expect(limits.waitMs(ONE, 0)).toBe(4_200);
    expect(limits.why(ONE, 0)).toBe('tokens');
    expect(limits.waitMs({ requests: 1 }, 0)).toBe(0);
    expect(limits.waitMs(ONE, 4_200)).toBe(0);
  });

  it('of an unknown dimension cools all', () => {
    const limits = limiter();
    limits.throttled({ waitMs: 4_000 }, 0, () => 0);
    expect(limits.waitMs({}, 0)).toBe(4_000);
    expect(limits.why({}, 0)).toBe('throttled');
  });

  it('makes a rest longer, never shorter', () => {
    const limits = limiter();
    limits.throttled({ dimension: 'input', waitMs: 4_000 }, 0, half);
    limits.throttled({ dimension: 'input', waitMs: 100 }, 400, half);
    expect(limits.waitMs(ONE, 400)).toBe(3_800);
    limits.throttled({ dimension: 'input', waitMs: 10_000 }, 500, half);
    expect(limits.waitMs(ONE, 500)).toBe(10_500);
  });

  it.each([
    [1, 500],
    [2, 1_000],
    [3, 2_000],
    [5, 8_000],
    [6, 15_000],
    [20, 15_000],
  ])('%i in a row without an announced time: %i ms with half the jitter', (count, ms) => {
    const limits = limiter();
    let now = 0;
    for (let n = 0; n < count; n++) {
      now += 100_000;
      limits.throttled({ sentAtMs: now - 10 }, now, half);
    }
    expect(limits.waitMs(ONE, now)).toBe(ms);
  });

  it('of calls that were on their way together is one', () => {
    const limits = limiter({ requestsPerMinute: 60_000 });
    for (let n = 0; n < 50; n++) limits.throttled({ sentAtMs: 990 + n / 10 }, 1_000 + n * 20, half);
    expect(limits.waitMs({ requests: 1 }, 1_000)).toBe(500);
    // Slowed once: 48 a second of 60,000 a minute less 4 % and a fifth; its level has waited with the rest.
    expect(limits.waitMs({ requests: 2_000 }, 1_980)).toBeGreaterThan(0);
  });

  it('is forgotten with the first success of a call that was made after it', () => {
    const limits = limiter();
    const before = limits.take(ONE, 0);
    limits.throttled({ sentAtMs: 1 }, 1_000, half);
    before.answered('first', 1_100);
    limits.throttled({ sentAtMs: 2_000 }, 2_100, half);
    expect(limits.waitMs(ONE, 2_100)).toBe(1_000);
    limits.take(ONE, 5_000).answered('whole', 5_100);
    limits.throttled({ sentAtMs: 6_000 }, 6_100, half);
    expect(limits.waitMs(ONE, 6_100)).toBe(500);
  });

  it('is the first of a row, if a call that was made since the one before succeeds after it', () => {
    const limits = limiter();
    for (const now of [1_000, 50_000, 100_000]) limits.throttled({ sentAtMs: now - 10 }, now, half);
    const lease = limits.take(ONE, 199_000);
    limits.throttled({ sentAtMs: 199_000 }, 200_000, half);
    expect(limits.waitMs(ONE, 200_000)).toBe(4_000);
    lease.answered('first', 200_100);
    limits.throttled({ sentAtMs: 300_000 }, 300_100, half);
    expect(limits.waitMs(ONE, 300_100)).toBe(1_000);
  });

  it('slows only the bucket of its dimension', () => {
    const limits = limiter({ requestsPerMinute: 6_000, tokensPerMinute: 6_000 });
    limits.throttled({ dimension: 'tokens', waitMs: 0 }, 0, half);
    expect(limits.waitMs({ requests: 600 }, 0)).toBe(0);
    expect(limits.waitMs({ tokens: 96 }, 0)).toBe(1_250);
  });

  it('that names no dimension slows all to what the most used was given since the last', () => {
    const limits = limiter({ requestsPerMinute: 6_000, tokensPerMinute: 6_000 });
    limits.throttled({ waitMs: 0 }, 0, half);
    limits.take({ requests: 48, tokens: 24 }, 500);
    limits.throttled({ waitMs: 0 }, 1_000, half);
    expect(limits.waitMs({ tokens: 96 }, 1_000)).toBe(2_000);
    expect(limits.waitMs({ requests: 96 }, 1_000)).toBe(2_000);
  });

  it('keeps its bucket slow while the provider rests', () => {
    const limits = limiter({ requestsPerMinute: 6_000 });
    limits.throttled({ waitMs: 3_000 }, 0, half);
    limits.take({ requests: 280 }, 3_650); // Of 280.32, at four fifths.
    expect(limits.waitMs({ requests: 96 }, 3_650)).toBe(1_246);
  });

  it('for concurrency lowers the limit that finds itself', () => {
    const limits = limiter();
    limits.throttled({ dimension: 'concurrency', waitMs: 0 }, 0, half);
    expect(atOnce(limits, ONE)).toBe(57);
  });

  it('of a whole day is looked at by one call after a minute, after two, and every ten minutes later', () => {
    const limits = limiter();
    limits.throttled({ dimension: 'tokens', waitMs: 12 * HOUR }, 0, () => 0);
    expect(limits.waitMs(ONE, MINUTE - 1)).toBe(12 * HOUR - MINUTE + 1); // Nobody waits for a look.
    const looks: number[] = [];
    for (let now = 0; now < HOUR; now += MINUTE / 2) {
      if (limits.waitMs(ONE, now) > 0) continue;
      expect(limits.why(ONE, now)).toBeUndefined();
      limits.take(ONE, now).settle({ requests: 1 }, now);
      expect(limits.why(ONE, now)).toBe('tokens');
      limits.throttled({ dimension: 'tokens', waitMs: 12 * HOUR - now, sentAtMs: now }, now, () => 0);
      looks.push(now / MINUTE);
    }
    expect(looks).toEqual([1, 2, 4, 8, 16, 26, 36, 46, 56]);
    expect(limits.waitMs(ONE, HOUR)).toBe(11 * HOUR);
  });

  it('of a whole day is over for all when the call that looks succeeds', () => {
    const limits = limiter();
    const early = limits.take(ONE, 0);
    limits.throttled({ dimension: 'tokens', waitMs: 12 * HOUR }, 0, () => 0);
    early.answered('whole', 1_000);
    const look = limits.take(ONE, MINUTE);
    expect(limits.waitMs(ONE, MINUTE)).toBeGreaterThan(0);
    look.answered('first', MINUTE + 500);
    expect(limits.waitMs(ONE, MINUTE + 500)).toBe(0);
    limits.throttled({ dimension: 'tokens', waitMs: 4_000 }, 2 * HOUR, () => 0);
    expect(limits.waitMs(ONE, 2 * HOUR)).toBe(4_000);
  });

  it('of a whole day is not looked at while another rest lasts', () => {
    const limits = limiter();
    limits.throttled({ dimension: 'tokens', waitMs: 12 * HOUR }, 0, () => 0);
    limits.rest(5_000, MINUTE, () => 0);
    expect(limits.waitMs(ONE, MINUTE)).toBe(5_000);
    expect(limits.waitMs(ONE, MINUTE + 5_000)).toBe(0);
  });

  it('of ten minutes is left alone for all of them', () => {
    const limits = limiter();
    limits.throttled({ dimension: 'tokens', waitMs: 10 * MINUTE }, 0, () => 0);
    expect(limits.waitMs(ONE, 10 * MINUTE - 1)).toBe(1);
  });

  it('announced as nonsense is not announced', () => {
    for (const waitMs of [Number.NaN, -1, Infinity]) {
      const limits = limiter();
      limits.throttled({ waitMs }, 0, half);
      expect(limits.waitMs(ONE, 0)).toBe(500);
    }
  });
});

it('rests without a word about limits', () => {
  const limits = limiter({ requestsPerMinute: 6_000 });
  limits.rest(5_000, 0, half);
  expect(limits.waitMs(ONE, 0)).toBe(5_250);
  expect(limits.why(ONE, 0)).toBe('throttled');
  limits.rest(1_000, 0, half);
  expect(limits.waitMs(ONE, 0)).toBe(5_250);
  expect(limits.waitMs({ requests: 600 }, 5_250)).toBe(0);
});
