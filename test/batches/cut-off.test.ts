/** Workers cut off work that takes too long, and the process that goes on is told nothing. */
import { expect, it } from 'vitest';
import { begin, house, jsonl, linesIn, startWorld } from './world.ts';

const LOST_MS = 60_000;
const PATIENCE = { timeout: 10_000 };

it('a batch whose work was cut off goes on in the same process, and so does one that waited behind eight of them', async () => {
  const of = house();
  const { practice } = of;
  const world = await startWorld(of, { settings: { run: ['openai'] } });
  of.upstream.fetch = () => new Promise(() => {});
  const file = (place: number) => jsonl([{ id: `line ${place}`, model: 'gpt-4.1' }]);
  const ids: string[] = [];
  for (let place = 0; place < 8; place++) ids.push((await begin(world.client(), file(place))).id);
  await expect.poll(() => world.calls.length, PATIENCE).toBe(8);
  const { id: last } = await begin(world.client(), file(8));
  of.upstream.fetch = practice;

  const stands = async (id: string) => (await world.client().batches.retrieve(id)).status;
  const stood = await Promise.all([...ids, last].map(stands));
  expect(stood).toEqual([...ids.map(() => 'in_progress'), 'validating']);

  of.clock.nowMs += LOST_MS;
  for (const id of [...ids, last]) await expect.poll(() => stands(id), PATIENCE).toBe('completed');
  const { output_file_id: output } = await world.client().batches.retrieve(last);
  expect(await linesIn(world.client(), output)).toHaveLength(1);
  expect(world.troubles).toEqual([]);
});
