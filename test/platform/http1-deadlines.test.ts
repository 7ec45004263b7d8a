import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Deadlines, type Watched } from '../../src/platform/http1/deadlines.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function create(count: number) {
  const deadlines = new Deadlines();
  const expired: [number, number][] = [];
  const watched = Array.from({ length: count }, (_, index): Watched => {
    const one = {
      deadline: Infinity,
      expire: () => {
        one.deadline = Infinity;
        expired.push([index, performance.now()]);
      },
    };
    deadlines.watch(one);
    return one;
  });
  return { deadlines, watched: watched as [Watched, ...Watched[]], expired };
}

it('is never early, and at most 50 ms late', () => {
  const { deadlines, watched, expired } = create(200);
  const start = performance.now();
  const limits = watched.map((one, index) => {
    const ms = ((index * 7_919) % 3_000) + 5;
    deadlines.set(one, ms);
    return ms;
  });
  vi.advanceTimersByTime(4_000);
  expect(expired).toHaveLength(200);
  for (const [index, at] of expired) {
    const late = at - start - (limits[index] ?? 0);
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThanOrEqual(51);
  }
});

it('makes one timer for all, however often a deadline moves', () => {
  const { deadlines, watched, expired } = create(100);
  for (let step = 0; step < 50; step++) {
    for (const one of watched) deadlines.set(one, 300);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(200);
  }
  expect(expired).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(expired).toHaveLength(100);
  expect(vi.getTimerCount()).toBe(0);
});

it('wakes earlier for a deadline that is earlier', () => {
  const { deadlines, watched, expired } = create(2);
  deadlines.set(watched[0], 60_000);
  deadlines.set(watched[1] as Watched, 100);
  vi.advanceTimersByTime(101);
  expect(expired.map(([index]) => index)).toEqual([1]);
});

it('after a standstill looks twice, so that what arrived meanwhile can put deadlines off', () => {
  const { deadlines, watched, expired } = create(2);
  for (const one of watched) deadlines.set(one, 300);
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + 10_000);
  vi.advanceTimersByTime(310);
  expect(expired).toEqual([]);
  deadlines.set(watched[0], 300);
  vi.advanceTimersByTime(50);
  expect(expired.map(([index]) => index)).toEqual([1]);
  vi.advanceTimersByTime(350);
  expect(expired.map(([index]) => index)).toEqual([1, 0]);
});

it('keeps no timer when nobody is watched', () => {
  const { deadlines, watched } = create(1);
  deadlines.set(watched[0], 100);
  deadlines.forget(watched[0]);
  expect(vi.getTimerCount()).toBe(0);
});

it.each([Infinity, 2 ** 40])('%s ms is not at once', (ms) => {
  const { deadlines, watched, expired } = create(1);
  deadlines.set(watched[0], ms);
  vi.advanceTimersByTime(1_000);
  expect(expired).toEqual([]);
});
