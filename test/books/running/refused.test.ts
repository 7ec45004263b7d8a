/** Who is refused has taken nothing, and nothing is done for it. */
import { expect, it } from 'vitest';
import { ask, chat, tell } from '../../chaos/client.ts';
import { startProviders } from '../../chaos/providers.ts';
import { refuses, well } from '../../chaos/scripts.ts';
import { WIRES } from '../../chaos/wires.ts';
import { startHouse } from './house.ts';

it.each([
  {
    name: 'copied',
    settings: 'routing: { rules: { rules: [{ name: copy, do: { use: [one], shadow: { use: two } } }] } }',
    copies: 1,
  },
  {
    name: 'told the words for an emergency',
    settings: 'reliability: { emergency: { mode: on, answer: "Later." } }',
    copies: 0,
  },
])('a refused request is not $name', async ({ settings, copies }) => {
  await using providers = await startProviders();
  providers.plays('/one', WIRES.openai, copies ? well('yes') : refuses(500, 'server_error'));
  providers.plays('/two', WIRES.openai, well('copy'));
  const at = (name: string) =>
    `${name}: { dialect: openai, baseUrl: "${providers.url}/${name}/v1", apiKey: key-of-nobody }`;
  await using house = await startHouse(`
log: { level: error }
${settings}
providers: { ${at('one')}, ${at('two')} }
models: { one: { deployments: [{ provider: one, model: m }] }, two: { deployments: [{ provider: two, model: m }] } }
keys: [{ name: k, key: sk-refused-0123456789, limits: '1 request/day' }]
`);
  const asking = () =>
    ask(house.url, chat(copies ? 'auto' : 'one'), { headers: { authorization: 'Bearer sk-refused-0123456789' } });
  expect((await asking()).status).toBe(200);
  await expect.poll(() => providers.calls('/two')).toBe(copies);
  expect(tell(await asking())).toMatch(/^429 rate_limit_exceeded/);
  await new Promise((later) => setTimeout(later, 50));
  expect(providers.calls('/two')).toBe(copies);
});
