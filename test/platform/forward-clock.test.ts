import { beforeEach, expect, it } from 'vitest';
import { wallMs } from '../../src/core/wall.ts';
import { Bucket } from '../../src/limits/bucket.ts';
import { forwardClock } from '../../src/platform/forward-clock.ts';

const START = Date.UTC(2026, 10, 23);
const HOUR_MS = 3_600_000;

let setBackMs: number;
let passedMs: number;
const clockThatIsSet = () =>
  forwardClock(
    () => START + passedMs - setBackMs,
    () => passedMs,
  );

beforeEach(() => {
  setBackMs = 0;
  passedMs = 0;
});

it('shows what the machine shows, also when that is set forward', () => {
  const clock = clockThatIsSet();
  expect(clock.now()).toBe(START);
  passedMs = 7;
  setBackMs = -HOUR_MS;
  expect(clock.now()).toBe(START + HOUR_MS + 7);
});

it('set back, goes on a tenth slower until it is caught up with', () => {
  const clock = clockThatIsSet();
  clock.now();
  setBackMs = 1_000;
  expect(clock.now()).toBe(START);
  const at = (ms: number) => {
    passedMs = ms;
    return clock.now() - START;
  };
  expect([at(100), at(5_005), at(9_990)]).toEqual([90, 4_504, 8_991]);
  expect([at(10_000), at(10_010), at(20_000)]).toEqual([9_000, 9_010, 19_000]);
});

it('set back twice, never goes back', () => {
  const clock = clockThatIsSet();
  const seen: number[] = [];
  for (passedMs = 0; passedMs < 40_000; passedMs += 50) {
    if (passedMs === 1_000) setBackMs = 800;
    if (passedMs === 2_000) setBackMs = 2_000;
    seen.push(clock.now());
  }
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(new Set(seen).size).toBe(seen.length - 1); // The look that sees the step is the last before it again.
  expect(seen.at(-1)).toBe(START + 39_950 - 2_000);
});

it('tells the wall time to those who compare it with theirs', () => {
  const clock = clockThatIsSet();
  clock.now();
  setBackMs = HOUR_MS;
  expect(wallMs(clock)).toBe(START - HOUR_MS);
  expect(wallMs({ now: () => 5 })).toBe(5);
});

it('lets a bucket fill while the machine is an hour behind', () => {
  const clock = clockThatIsSet();
  const bucket = new Bucket({ perMinute: 60, isDeclared: true, burst: 1 / 60 }, clock.now());
  bucket.take(1, clock.now());
  setBackMs = HOUR_MS;
  expect(bucket.waitMs(1, clock.now())).toBeGreaterThan(0);
  passedMs = 1_200;
  expect(bucket.waitMs(1, clock.now())).toBe(0);
});
