import { expect, it } from 'vitest';
import { begin, house, jsonl, startWorld } from './world.ts';

const yaml = 'keys: [{ name: one, key: key-one-0123456789abcdef, budgets: { usd: { perMonth: 10 } } }]';
const LINE = { id: 'a', model: 'claude-opus-4-5', more: { max_tokens: 32_000 } };

it('what one process holds for a batch is free when another has ended it', async () => {
  const of = house();
  const first = await startWorld(of, { yaml });
  const second = await startWorld(of, { yaml });
  await begin(first.client(), jsonl([LINE]));
  await first.batches.workOnAll();
  expect(first.budgetLeft('one')).toBeLessThan(0.97);
  await first.batches.workOnAll();
  expect(first.budgetLeft('one')).toBeLessThan(0.97);
  await second.settle();
  await first.batches.workOnAll();
  expect(first.budgetLeft('one')).toBe(1);
});
