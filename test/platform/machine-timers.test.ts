import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { machineTimers } from '../../src/platform/machine-timers.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function timer(ms: number) {
  const act = vi.fn<() => void>();
  return { act, callOff: machineTimers.after(ms, act) };
}

function standStill(forMs: number): void {
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + forMs);
}

it('acts when it is due', () => {
  const { act } = timer(300);
  vi.advanceTimersByTime(299);
  expect(act).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(act).toHaveBeenCalledOnce();
});

it('does nothing once it was called off', () => {
  const { act, callOff } = timer(300);
  callOff();
  vi.advanceTimersByTime(1_000);
  expect(act).not.toHaveBeenCalled();
});

it('after a standstill acts only when what arrived meanwhile could be read', () => {
  const { act } = timer(300);
  standStill(5_000);
  vi.advanceTimersByTime(300);
  expect(act).not.toHaveBeenCalled();
  vi.advanceTimersByTime(50);
  expect(act).toHaveBeenCalledOnce();
});

it('after a standstill does nothing where that calls it off', () => {
  const { act, callOff } = timer(300);
  standStill(5_000);
  vi.advanceTimersByTime(300);
  callOff();
  vi.advanceTimersByTime(1_000);
  expect(act).not.toHaveBeenCalled();
});

const DAY_MS = 86_400_000;
const long = [
  { name: '30 days', ms: 30 * DAY_MS },
  { name: 'just more than a timer holds', ms: 2 ** 31 },
  { name: '100 days', ms: 100 * DAY_MS },
];
it.each(long)('waits for $name, which no timer of the machine holds', ({ ms }) => {
  const { act } = timer(ms);
  vi.advanceTimersByTime(ms - 1_000);
  expect(act).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_000 + 64);
  expect(act).toHaveBeenCalledOnce();
});

it('never acts where there is no end', () => {
  const { act, callOff } = timer(Infinity);
  vi.advanceTimersByTime(1_000 * DAY_MS);
  expect(act).not.toHaveBeenCalled();
  callOff();
  expect(vi.getTimerCount()).toBe(0);
});

it.each([
  { ms: 3_999, atMs: 3_999 },
  { ms: 4_001, atMs: 4_032 },
  { ms: 9_499.5, atMs: 9_536 },
])('puts $ms ms off to $atMs, with others of that length', ({ ms, atMs }) => {
  const { act } = timer(ms);
  vi.advanceTimersByTime(atMs - 1);
  expect(act).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(act).toHaveBeenCalledOnce();
});
