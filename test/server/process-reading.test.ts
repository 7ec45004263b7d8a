import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { processReading } from '../../src/server/process-reading.ts';

test('the lag is by how much the loop was late, and is watched from the first reading on', async () => {
  const reading = processReading(5);
  expect(reading()).toMatchObject({ startedAtMs: 5, eventLoopLagP99Ms: 0 });
  await wait(250); // It has fired twice.

  const from = performance.now();
  while (performance.now() - from < 400);
  await wait(1);
  const heldUpMs = performance.now() - from;
  const { eventLoopLagP99Ms } = reading();
  expect(eventLoopLagP99Ms).toBeGreaterThan(250);
  expect(eventLoopLagP99Ms).toBeLessThan(heldUpMs);
});
