/** A client cancels its batch at any moment. */
import { expect, it } from 'vitest';
import { begin, house, jsonl, startWorld } from './world.ts';

const LINES = Array.from({ length: 24 }, (_, place) => ({ id: `line ${place}`, model: 'gpt-4.1' }));

it('while its state is being written down: what the client was told holds', async () => {
  const of = house();
  const { database } = of;
  const runAll = database.runAll.bind(database);
  const { client, batches, calls } = await startWorld(of, { settings: { run: ['openai'] } });
  const { id } = await begin(client(), jsonl(LINES));
  let told: string | undefined;
  database.runAll = async (queries) => {
    const isBatch = queries.some(({ parameters }) => parameters.some((each) => String(each).includes('"in_progress"')));
    if (isBatch && told === undefined) {
      told = '';
      ({ status: told } = await client().batches.cancel(id));
    }
    return runAll(queries);
  };
  await batches.workOnAll();
  expect(told).toBe('cancelling');
  expect((await client().batches.retrieve(id)).status).toBe('cancelled');
  expect(calls.length).toBeLessThan(LINES.length);
});
