import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { processReading } from '../../src/server/process-reading.ts';

test('the lag is by how much the loop was late, and is watched from the first reading on', async () => {
  const reading = processReading(5);
  const from = performance.now();
  expect(reading()).toMatchObject({ startedAtMs: 5, eventLoopLagP99Ms: 0 });
  await wait(150); // It has looked once, after 100 ms or later.

  const heldUpFrom = performance.now();
  while (performance.now() - heldUpFrom < 400);
  await wait(1);
  const { eventLoopLagP99Ms } = reading();
  expect(eventLoopLagP99Ms).toBeGreaterThan(250);
  expect(eventLoopLagP99Ms).toBeLessThan(performance.now() - from - 150);
});
