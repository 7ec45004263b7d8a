import { describe, expect, it } from 'vitest';
import { AdaptiveLimit } from '../../src/limits/adaptive.ts';
import { Slots } from '../../src/limits/concurrency.ts';

/** So many answers, each after so long, while so many calls run. */
function answers(limit: AdaptiveLimit, count: number, afterMs: number, inUse = limit.limit) {
  for (let n = 0; n < count; n++) {
    limit.used(inUse);
    limit.answered('first', afterMs);
  }
}

describe('a limit that finds itself', () => {
  it('begins at 64 and grows by its root with each window', () => {
    const limit = new AdaptiveLimit();
    expect(limit.limit).toBe(64);
    answers(limit, 16, 200);
    expect(limit.limit).toBe(72);
  });

  it('grows only while at least half of it is in use', () => {
    const limit = new AdaptiveLimit();
    answers(limit, 160, 200, 32);
    expect(limit.limit).toBe(64);
    answers(limit, 16, 200, 33);
    expect(limit.limit).toBe(72);
  });

  it('suffers answers that begin twice as late as usual', () => {
    const limit = new AdaptiveLimit();
    answers(limit, 400, 200, 10);
    answers(limit, 16, 390, 10);
    expect(limit.limit).toBe(64);
  });

  it('shrinks when they begin later, down to 4', () => {
    const limit = new AdaptiveLimit();
    answers(limit, 400, 200, 10);
    answers(limit, 16, 1_000);
    expect(limit.limit).toBeLessThan(45);
    for (let ms = 1_000; ms < 1e9; ms *= 2) answers(limit, 16, ms);
    expect(limit.limit).toBe(4);
  });

  it('recovers when they begin as early as before', () => {
    const limit = new AdaptiveLimit();
    answers(limit, 400, 200, 10);
    answers(limit, 64, 5_000);
    const low = limit.limit;
    answers(limit, 160, 200);
    expect(limit.limit).toBeGreaterThan(low * 2);
  });

  it('is not led by the first answer alone', () => {
    const limit = new AdaptiveLimit();
    answers(limit, 1, 1);
    answers(limit, 47, 200);
    expect(limit.limit).toBeGreaterThanOrEqual(64);
  });

  it('times whole answers apart from those that are streamed', () => {
    const limit = new AdaptiveLimit();
    for (let n = 0; n < 200; n++) {
      limit.used(60);
      limit.answered(n % 2 ? 'first' : 'whole', n % 2 ? 200 : 9_000);
    }
    expect(limit.limit).toBeGreaterThan(64);
  });

  it('shrinks by a tenth with a throttle', () => {
    const limit = new AdaptiveLimit();
    limit.throttled();
    expect(limit.limit).toBe(57);
    for (let n = 0; n < 100; n++) limit.throttled();
    expect(limit.limit).toBe(4);
  });

  it('stays finite when answers take no time', () => {
    const limit = new AdaptiveLimit();
    for (let window = 0; window < 1_000; window++) answers(limit, 16, 0);
    expect(limit.limit).toBe(10_000);
  });

  it('hears no queue in what begins within a tenth of a second', () => {
    const limit = new AdaptiveLimit();
    answers(limit, 160, 1);
    answers(limit, 160, 100);
    expect(limit.limit).toBeGreaterThan(64);
  });
});

describe('slots', () => {
  it('are a little fewer than declared, and none is found out', () => {
    const slots = new Slots({ limit: 32, adaptive: true });
    expect(slots.limit).toBe(31);
    slots.throttled();
    for (let n = 0; n < 1_000; n++) slots.answered('first', n);
    expect(slots.limit).toBe(31);
    expect(new Slots({ limit: 1, adaptive: true }).limit).toBe(1);
  });

  it('are 64 at first where nothing was declared, and no longer limited once the provider says its limits', () => {
    const slots = new Slots({ adaptive: true });
    expect(slots.limit).toBe(64);
    slots.stopAdapting();
    expect(slots.limit).toBe(10_000);
  });

  it('say when one may be free: as calls take, over how many run', () => {
    const slots = ended(2, 100, 4_000);
    expect(slots.waitMs()).toBe(0);
    slots.take();
    slots.take();
    expect(slots.waitMs()).toBe(2_000);
    slots.free(0, 4_000);
    expect(slots.waitMs()).toBe(0);
  });

  it('do not know that before five calls have ended: look again soon', () => {
    const slots = ended(1, 4, 60_000);
    slots.take();
    expect(slots.waitMs()).toBe(250);
    slots.free(60_000, 60_000);
    slots.take();
    expect(slots.waitMs()).toBeGreaterThan(10_000);
  });

  it('take one long call for no rule', () => {
    const slots = ended(1, 100, 2_000);
    slots.free(400_000, slots.take());
    slots.take();
    expect(slots.waitMs()).toBeCloseTo(3_800, -1);
  });

  it('take many that were suspended together for ten usual ones at the most', () => {
    const slots = ended(32, 100, 2_000);
    const usual = Array.from({ length: 31 }, () => slots.take());
    for (const usualMs of usual) slots.free(8 * 3_600_000, usualMs);
    for (let call = 0; call < 31; call++) slots.take();
    expect(slots.waitMs()).toBeLessThan(20_000 / 31);
  });

  it('learn that calls have become long', () => {
    const slots = ended(1, 100, 2_000);
    for (let call = 0; call < 30; call++) slots.free(400_000, slots.take());
    slots.take();
    expect(slots.waitMs()).toBeGreaterThan(300_000);
  });
});

/** So many that may run, after so many calls of this length, one after the other. */
function ended(limit: number, calls: number, heldMs: number): Slots {
  const slots = new Slots({ limit, adaptive: false });
  for (let call = 0; call < calls; call++) slots.free(heldMs, slots.take());
  return slots;
}
