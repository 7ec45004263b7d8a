/** The store takes no more results. What was asked is paid for, so it is not lost, and nothing more is asked. */
import { expect, it } from 'vitest';
import { begin, house, jsonl, linesIn, startWorld, upload } from './world.ts';

const LINES = 12;
const lineOf = (place: number) => ({ id: `line ${place}`, model: 'gpt-4.1', said: 'Say [practice: words=200]' });

it('lines that the router runs wait for room, and each is asked once', async () => {
  const of = house();
  const options = { settings: { run: ['openai'], concurrency: 2 }, bounds: { maxOwnerBytes: 30_000 } };
  const { client, batches, calls, clock } = await startWorld(of, options);
  const other = await upload(client(), jsonl([{ id: 'long', model: 'gpt-4.1', said: 'x'.repeat(20_000) }]));
  const { id } = await begin(client(), jsonl(Array.from({ length: LINES }, (_, place) => lineOf(place))));
  for (let look = 0; look < 5; look++) {
    await batches.workOnAll();
    clock.nowMs += 30_000;
  }
  const { completed = 0 } = (await client().batches.retrieve(id)).request_counts ?? {};
  expect(completed).toBeLessThan(LINES - 2);
  expect(calls).toHaveLength(completed + 2);
  await client().files.delete(other);
  await batches.workOnAll();
  const ended = await client().batches.retrieve(id);
  expect(ended).toMatchObject({ status: 'completed', request_counts: { total: LINES, completed: LINES, failed: 0 } });
  expect(new Set((await linesIn(client(), ended.output_file_id)).map((line) => line.custom_id)).size).toBe(LINES);
  expect(calls).toHaveLength(LINES);
});
