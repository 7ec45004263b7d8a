/** How long results are there, as the client wished (`output_expires_after`). */
import { expect, it } from 'vitest';
import { begin, house, HOUR_MS, jsonl, linesIn, startWorld } from './world.ts';

const WISH = { output_expires_after: { anchor: 'created_at', seconds: 2 * 3_600 } };
const LINES = jsonl([{ id: 'a', model: 'gpt-4.1' }]);

it('the results of a batch that took longer than they are wanted for are there as long after its end', async () => {
  const of = house();
  const { practice } = of;
  const { client, batches, settle, clock } = await startWorld(of);
  const { id } = await begin(client(), LINES, WISH);
  await batches.workOnAll();
  of.upstream.fetch = () => Promise.reject(new Error('away'));
  await settle(5);
  of.upstream.fetch = practice;
  await batches.workOnAll();
  const { status, output_file_id: output } = await client().batches.retrieve(id);
  expect(status).toBe('completed');
  expect(await linesIn(client(), output)).toHaveLength(1);
  const { expires_at: expiresAt, created_at: createdAt } = await client().files.retrieve(output ?? '');
  expect((expiresAt ?? 0) - createdAt).toBe(2 * 3_600);
  clock.nowMs += 2 * HOUR_MS;
  await expect(client().files.retrieve(output ?? '')).rejects.toMatchObject({ status: 404 });
});
