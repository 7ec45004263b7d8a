/** A budget that an operator sets on a running server takes in what was spent before it, in the same day. */
import { expect, it } from 'vitest';
import { ask, chat, tell } from '../../chaos/client.ts';
import { startProviders } from '../../chaos/providers.ts';
import { well } from '../../chaos/scripts.ts';
import { WIRES } from '../../chaos/wires.ts';
import { virtualKey } from '../tenants/sample.ts';
import { idle, startHouse } from './house.ts';

it('refuses what the day has no room for any more', async () => {
  await using providers = await startProviders();
  providers.plays('/one', WIRES.openai, well('yes'));
  await using house = await startHouse(`
log: { level: error }
providers: { one: { dialect: openai, baseUrl: "${providers.url}/one/v1", apiKey: key-of-nobody } }
models: { one: { deployments: [{ provider: one, model: m, price: { input: 1000, output: 1000 } }] } }
`);
  const { accounting } = house;
  await accounting.stores?.keys.addKey(virtualKey('acme', { id: 'key_acme' }));
  await accounting.directory.refreshAfterChange();
  const asking = () =>
    ask(house.url, chat('one', { max_tokens: 5 }), { headers: { authorization: 'Bearer secret-of-acme' } });
  for (let requests = 0; requests < 5; requests++) expect((await asking()).status).toBe(200);
  await idle(house);
  const rows = (await house.stories('acme')).map(({ request }) => request.costUsd ?? 0);
  const spentUsd = rows.reduce((sum, costUsd) => sum + costUsd, 0);

  await accounting.stores?.keys.setTerms('key_acme', { budgets: { usd: { perDay: spentUsd } } });
  await accounting.directory.refreshAfterChange();
  await expect.poll(() => house.readings('acme').map(({ used }) => used)).toEqual([expect.closeTo(spentUsd, 9)]);
  expect(tell(await asking())).toMatch(/^429 insufficient_quota/);
});
