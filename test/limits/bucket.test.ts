import { describe, expect, it } from 'vitest';
import { Bucket } from '../../src/limits/bucket.ts';

const MINUTE = 60_000;
/** 6,000 a minute: 5,760 at 96 %, 96 each second; it holds 600. */
const declared = (burst?: number) => new Bucket({ perMinute: 6_000, isDeclared: true, burst }, 0);

describe('a bucket', () => {
  it('lets as much go at once as a tenth of a minute, then 96 % of the rate', () => {
    const bucket = declared();
    expect(bucket.waitMs(600, 0)).toBe(0);
    bucket.take(600, 0);
    expect(bucket.waitMs(1, 0)).toBe(11); // 1 / 0.096 = 10.4
    expect(bucket.waitMs(96, 0)).toBe(1_000);
    expect(bucket.waitMs(96, 999)).toBe(1);
    expect(bucket.waitMs(96, 1_000)).toBe(0);
  });

  it('holds what the operator says that the provider holds', () => {
    expect(declared(0.5).capacity).toBe(3_000);
    expect(declared(0.5).waitMs(3_000, 0)).toBe(0);
  });

  it('lets a request go that is larger than all it holds, when it is full, and has it paid back', () => {
    const bucket = declared();
    bucket.take(100, 0);
    expect(bucket.waitMs(5_000, 0)).toBe(1_042);
    bucket.take(5_000, 1_042);
    expect(bucket.level).toBe(-4_400);
    expect(bucket.waitMs(1, 1_042)).toBe(45_844);
  });

  it('never lets go what is more than a minute allows', () => {
    expect(declared().waitMs(6_001, 0)).toBe(Infinity);
  });

  it('is paced evenly where its share of a minute is less than one request', () => {
    const bucket = new Bucket({ perMinute: 5, isDeclared: true }, 0);
    bucket.take(1, 0);
    expect(bucket.waitMs(1, 0)).toBe(12_500);
  });

  it('takes back what was not used, but never holds more than it can', () => {
    const bucket = declared();
    bucket.take(500, 0);
    bucket.giveBack(400, 0);
    expect(bucket.level).toBe(500);
    bucket.giveBack(400, 0);
    expect(bucket.level).toBe(600);
    bucket.giveBack(-1_000, 0);
    expect(bucket.level).toBe(-400);
  });

  it('refills slowly after a throttle, as before once answers tell that plenty is left, and still less while hardly anything is', () => {
    const told = (remaining: number) => {
      const bucket = declared();
      for (let throttle = 0; throttle < 10; throttle++) bucket.slow(0);
      for (let answer = 0; answer < 50; answer++) bucket.learn({ dimension: 'requests', remaining }, 0, 1_000);
      bucket.take(bucket.level, 1_000);
      return bucket.waitMs(96, 1_000);
    };
    expect(told(299)).toBe(4_000); // A quarter: a fifth, and a twentieth for half a second.
    expect(told(301)).toBe(1_000);
    expect(told(121)).toBe(4_000);
    expect(told(119)).toBe(5_000);
  });

  it('is not confused by a clock that goes back', () => {
    const bucket = declared();
    bucket.take(600, 5_000);
    expect(bucket.waitMs(96, 0)).toBe(1_000);
    expect(bucket.level).toBe(0);
  });
});

describe('what the provider says', () => {
  it('lowers the level, never lifts it', () => {
    const bucket = declared();
    bucket.learn({ dimension: 'tokens', remaining: 100 }, 0, 0);
    expect(bucket.level).toBe(100);
    bucket.learn({ dimension: 'tokens', remaining: 500 }, 0, 0);
    expect(bucket.level).toBe(100);
  });

  it('lowers a declared rate, and gives it back, but never lifts it', () => {
    const bucket = declared();
    bucket.learn({ dimension: 'tokens', limit: 600 }, 0, 0);
    expect(bucket.level).toBe(60);
    expect(bucket.waitMs(601, 0)).toBe(0); // It is full, and only who asks hears that more may go again.
    expect(bucket.waitMs(6_001, 0)).toBe(Infinity);
    bucket.learn({ dimension: 'tokens', limit: 60_000 }, 0, 0);
    expect(bucket.perMinute).toBe(6_000);
  });

  it('is the rate where none was declared, whichever way it changes', () => {
    const bucket = new Bucket({ perMinute: 600, isDeclared: false }, 0);
    bucket.learn({ dimension: 'tokens', limit: 60_000 }, 0, 0);
    expect(bucket.perMinute).toBe(60_000);
  });

  it('makes the bucket larger where the provider shows that it holds more; the level follows with time', () => {
    const bucket = declared();
    bucket.learn({ dimension: 'tokens', remaining: 4_000 }, 0, 0);
    expect(bucket).toMatchObject({ capacity: 4_000, level: 600 });
    bucket.learn({ dimension: 'tokens', remaining: 9_000 }, 0, 0);
    expect(bucket.capacity).toBe(6_000);
    expect(bucket.waitMs(696, 0)).toBe(1_000);
  });

  it('does not make it larger than the operator said', () => {
    const bucket = declared(0.2);
    bucket.learn({ dimension: 'tokens', remaining: 4_000 }, 0, 0);
    expect(bucket.capacity).toBe(1_200);
  });
});

describe('a throttle', () => {
  it('empties the bucket and slows its refill by a fifth', () => {
    const bucket = declared();
    bucket.slow(0);
    expect(bucket.waitMs(96, 0)).toBe(1_250);
  });

  it('slows it to a fifth at the most', () => {
    const bucket = declared();
    for (let n = 0; n < 20; n++) bucket.slow(0);
    expect(bucket.waitMs(96, 0)).toBe(5_000);
  });

  it('slows it to what went since the one before, where that was not long ago', () => {
    const afterMs = (ms: number) => {
      const bucket = declared();
      bucket.slow(0);
      bucket.take(40, 300);
      bucket.giveBack(16, 600);
      bucket.slow(ms, bucket.given(ms));
      bucket.take(bucket.level, ms);
      return bucket.waitMs(96, ms);
    };
    expect(afterMs(1_000)).toBe(4_000); // 24 of 96.
    expect(afterMs(4_999)).toBe(5_000);
    expect(afterMs(5_500)).toBe(1_250);
  });

  it('is not forgotten while the provider rests, nor half a second later, whatever answers say of their time before', () => {
    const bucket = declared();
    bucket.slow(0, 1, 2_000);
    bucket.learn({ dimension: 'requests', remaining: 600 }, 0, 2_499);
    bucket.take(10_000, 2_499);
    expect(bucket.waitMs(0, 2_499)).toBe(Math.ceil(-bucket.level / (0.096 * 0.8)));
    bucket.learn({ dimension: 'requests', remaining: 600 }, 0, 2_500);
    expect(bucket.waitMs(0, 2_500)).toBe(Math.ceil(-bucket.level / (0.096 * 0.85)));
  });

  it('is forgotten by a tenth each second, after half a second of quiet', () => {
    const bucket = declared();
    bucket.slow(0);
    bucket.slow(0);
    bucket.take(0, 499);
    expect(bucket.waitMs(100_000 / 1e6, 499)).toBe(0);
    bucket.take(10_000, 499);
    const debt = -bucket.level;
    expect(bucket.waitMs(0, 499)).toBe(Math.ceil(debt / (0.096 * 0.64)));
    expect(bucket.waitMs(0, 1_499)).toBe(Math.ceil(-bucket.level / (0.096 * 0.7399)));
    expect(bucket.waitMs(0, 9_999)).toBe(Math.ceil(-bucket.level / 0.096));
  });

  it('makes a bucket small again that was believed to be large, for a minute', () => {
    const bucket = declared();
    bucket.learn({ dimension: 'tokens', remaining: 4_000 }, 0, 0);
    bucket.slow(0);
    bucket.learn({ dimension: 'tokens', remaining: 4_000 }, 0, MINUTE);
    expect(bucket.capacity).toBe(600);
    bucket.learn({ dimension: 'tokens', remaining: 4_000 }, 0, MINUTE + 1);
    expect(bucket.capacity).toBe(4_000);
  });
});
