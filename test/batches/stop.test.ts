/** The process is stopped in order, in the middle of a batch. */
import { expect, it, vi } from 'vitest';
import { begin, house, jsonl, startWorld } from './world.ts';

/** Longer than a claim lasts that nobody renews. */
const DEAD_MS = 61_000;

it('lines that wait for room are asked by the next process, and none is asked twice', async () => {
  const of = house();
  const keys = (perMinute: number) =>
    `keys: [{ name: one, key: key-one-0123456789abcdef, limits: { requestsPerMinute: ${perMinute} } }]`;
  const settings = { run: ['openai'], concurrency: 4 };
  const first = await startWorld(of, { yaml: keys(2), settings });
  const lines = Array.from({ length: 6 }, (_, place) => ({ id: `line ${place}`, model: 'gpt-4.1' }));
  const { id } = await begin(first.client(), jsonl(lines));
  const stop = first.batches.follow();
  await vi.waitFor(() => expect(first.calls).toHaveLength(2));
  await stop();
  of.clock.nowMs += DEAD_MS;
  const second = await startWorld(of, { yaml: keys(100), settings });
  await second.settle();
  const ended = await second.client().batches.retrieve(id);
  expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 6, completed: 6, failed: 0 } });
  expect([first.calls.length, second.calls.length]).toEqual([2, 4]);
});
