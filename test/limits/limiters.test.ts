import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../src/core/deployment.ts';
import type { DeclaredLimits } from '../../src/core/limits.ts';
import { Limiters } from '../../src/limits/limiters.ts';
import { makeCall } from '../support/call.ts';

interface Wanted {
  account?: string;
  family?: string;
  region?: string;
  limits?: DeclaredLimits;
  own?: DeclaredLimits;
  id?: string;
  isDirect?: boolean;
}

function deployment({
  account = 'acme',
  family = 'opus',
  region,
  limits,
  own,
  id = 'a/opus',
  isDirect,
}: Wanted): Deployment {
  const { endpoint, capabilities } = makeCall({}, { settings: { region } });
  const rest = { providerModel: 'opus', model: 'opus', capabilities, price: undefined };
  return { ...rest, id, family, limits: own, isDirect, endpoint: { ...endpoint, account, limits } };
}

const TEN: DeclaredLimits = { requestsPerDay: 10 };
const ONE = { requests: 1 };

describe('limits are shared', () => {
  it.each([
    { name: 'within an account, family and region', other: { id: 'b/opus' }, left: 9 },
    { name: 'not with another account', other: { account: 'other' }, left: 10 },
    { name: 'not with another family', other: { family: 'sonnet' }, left: 10 },
    { name: 'not with another region', other: { region: 'eu-west-1' }, left: 10 },
  ])('$name', ({ other, left }) => {
    const limiters = new Limiters();
    const [one, two] = [deployment({ limits: TEN }), deployment({ limits: TEN, ...other })].map((it) =>
      limiters.of(it, 0),
    );
    one?.take(ONE, 0);
    expect(two?.room(0)).toBeCloseTo(left / 10);
    expect(two?.resource === one?.resource).toBe(left === 9);
  });
});

describe("a deployment's own limits", () => {
  const limiters = new Limiters();
  const small = limiters.of(deployment({ limits: TEN, own: { requestsPerDay: 2, concurrency: 2 } }), 0);
  const sibling = limiters.of(deployment({ limits: TEN, id: 'b/opus' }), 0);

  it('come on top of its account', () => {
    const [lease] = [small.take(ONE, 0), small.take(ONE, 0)];
    expect(small.waitMs(ONE, 0)).toBeGreaterThan(0);
    expect(small.why(ONE, 0)).toBe('requests_per_day');
    expect(sibling.waitMs(ONE, 0)).toBe(0);
    expect(sibling.room(0)).toBeCloseTo(0.8);
    lease?.answered('whole', 0);
    lease?.settle({}, 0);
    lease?.settle({}, 0);
    expect(small.waitMs(ONE, 0)).toBe(0);
    expect(sibling.room(0)).toBeCloseTo(0.9);
    expect(small.room(0)).toBeCloseTo(0.5);
  });

  it('do not hide what the account has not', () => {
    for (let n = 0; n < 9; n++) sibling.take(ONE, 0);
    expect(small.why(ONE, 0)).toBe('requests_per_day');
    expect(small.waitMs(ONE, 0)).toBeGreaterThan(0);
  });

  it('and its account say what is more than they ever allow', () => {
    expect(small.exceeded({ requests: 3 })).toMatchObject({ limit: 'requestsPerDay', allowed: 2 });
    expect(sibling.exceeded({ requests: 3 })).toBeUndefined();
    const own = limiters.of(deployment({ limits: TEN, own: { requestsPerDay: 20 }, id: 'c/opus' }), 0);
    expect(own.exceeded({ requests: 11 })).toMatchObject({ limit: 'requestsPerDay', allowed: 10 });
  });

  it('learn nothing from headers and refusals: those are about the account', () => {
    small.throttled({ dimension: 'tokens', waitMs: 1_000 }, 0, () => 0);
    expect(sibling.why({ tokens: 1 }, 0)).toBe('tokens');
    small.rest(2_000, 0, () => 0);
    expect(sibling.waitMs({}, 0)).toBe(2_000);
    small.take(ONE, 0).heard([{ dimension: 'input', limit: 1_000, remaining: 0 }], 0);
    expect(sibling.waitMs({ input: 1 }, 0)).toBeGreaterThan(0);
  });
});

describe('the keeper of limiters', () => {
  it('gives the same one for the same deployment', () => {
    const limiters = new Limiters();
    const one = deployment({});
    expect(limiters.of(one, 0)).toBe(limiters.of(one, 5));
    expect(limiters.size).toBe(1);
  });

  it('keeps a bounded number, and those that are in use before others', () => {
    const limiters = new Limiters({ maxInvented: 3 });
    const busy = deployment({ family: 'busy', limits: TEN, isDirect: true });
    limiters.of(busy, 0).take(ONE, 0);
    for (let n = 0; n < 50; n++) limiters.of(deployment({ family: `idle-${n}`, isDirect: true }), 0);
    expect(limiters.size).toBe(3);
    expect(limiters.of({ ...busy }, 0).room(0)).toBeCloseTo(0.9);
  });

  it('lets go of one in use when all are', () => {
    const limiters = new Limiters({ maxInvented: 3 });
    for (let n = 0; n < 50; n++) limiters.of(deployment({ family: `busy-${n}`, isDirect: true }), 0).take(ONE, 0);
    expect(limiters.size).toBe(3);
  });

  it('keeps those of the configuration, though a client came upon them first, whatever names clients invent', () => {
    const limiters = new Limiters({ maxInvented: 3 });
    const configured = [{ family: 'shared' }, { family: 'own', own: TEN }].map((it) => deployment(it));
    limiters.of(deployment({ family: 'shared', isDirect: true }), 0);
    const before = configured.map((it) => limiters.of(it, 0).resource);
    configured.forEach((it) => limiters.of(it, 0).rest(1_000, 0, () => 0));
    for (let n = 0; n < 50; n++) limiters.of(deployment({ family: `invented-${n}`, isDirect: true }), 0);
    expect(configured.map((it) => limiters.of({ ...it }, 0).waitMs(ONE, 0))).toEqual([1_000, 1_000]);
    expect(limiters.standings(0).map(({ resource }) => resource)).toEqual(expect.arrayContaining(before));
    expect(limiters.size).toBe(3 + 3); // Two families, and limits of its own.
  });

  it("counts a dialect's days where they are", () => {
    const limiters = new Limiters({ timeZoneOf: () => 'America/Los_Angeles' });
    const now = Date.parse('2026-11-22T07:30:00Z');
    const limits = limiters.of(deployment({ limits: { requestsPerDay: 1 } }), now);
    limits.take(ONE, now);
    expect(limits.waitMs(ONE, now)).toBe(30 * 60_000);
  });
});
