/** However a request ends, whatever limits it: nothing is held afterwards, and what is counted is what the ledger says. */
import { describe, expect, it } from 'vitest';
import type { RequestRow } from '../../../src/core/ledger.ts';
import { ask } from '../../chaos/client.ts';
import { type Providers, startProviders } from '../../chaos/providers.ts';
import { well } from '../../chaos/scripts.ts';
import { WIRES } from '../../chaos/wires.ts';
import { end, type Ending, ENDINGS } from './endings.ts';
import { type House, idle, startHouse, tokensOf } from './house.ts';

const LIMITS: Readonly<Record<string, string>> = {
  requests: 'limits: 1000 requests/day',
  tokens: 'limits: 1M tokens/day',
  concurrency: 'limits: 2 at once',
  dollars: 'budgets: $100/day',
  all: '',
};
const ALL = "limits: '1000 requests/day, 1M tokens/day, 2 at once', budgets: $100/day";
const secretOf = (limit: string) => `sk-ending-${limit}-0123456789`;
const OF_NOBODY = 'sk-ending-of-nobody-0123456789';

async function open(ending: Ending): Promise<{ house: House; providers: Providers }> {
  const { first, second, settings = '', ofModel = '', before } = ending;
  const providers = await startProviders();
  providers.plays('/first', WIRES.openai, before?.first ?? first);
  if (second) providers.plays('/second', WIRES.openai, second);
  providers.plays('/two', WIRES.openai, well('a copy'));
  const provider = (name: string, more = '') =>
    `  ${name}: { dialect: openai, baseUrl: "${providers.url}/${name}/v1", apiKey: key-of-nobody${more} }`;
  const at = (name: string) => `{ provider: ${name}, model: m, price: { input: 1000, output: 1000 } }`;
  const house = await startHouse(`
${settings.includes('reliability') ? settings.replace(/ }$/, ', circuit: { consecutive: 1000, minimumCalls: 1000 } }') : `reliability: { circuit: { consecutive: 1000, minimumCalls: 1000 } }\n${settings}`}
log: { level: error }
providers:
${provider('first', ofModel && `, ${ofModel}`)}
${provider('second')}
${provider('two')}
models:
  one: { deployments: [${at('first')}${second ? `, ${at('second')}` : ''}] }
  two: { deployments: [${at('two')}] }
tenants:
  parent: { ${ALL} }
  child: { parent: parent, ${ALL} }
keys:
  - { name: nobody, key: ${OF_NOBODY} }
${Object.entries(LIMITS)
  .map(([name, declares]) => `  - { name: ${name}, key: ${secretOf(name)}, ${declares || `tenant: child, ${ALL}`} }`)
  .join('\n')}
`);
  for (let times = before?.times ?? 0; times > 0; times--) {
    const body = { model: 'one', messages: [{ role: 'user', content: 'Hi' }], ...before?.body };
    await ask(house.url, JSON.stringify(body), { headers: { authorization: `Bearer ${OF_NOBODY}` } });
  }
  providers.plays('/first', WIRES.openai, first);
  await idle(house);
  return { house, providers };
}

/** Longer than a deployment that broke off is passed over. */
const FORGIVEN_MS = 11_000;

/** What should be counted of this row by each measure: who asked nobody has not even asked. */
function countsOf(row: RequestRow | undefined): Record<string, number> {
  if (!row) return { requests: 0, tokens: 0, concurrency: 0, usd: 0 };
  return { requests: row.calls > 0 ? 1 : 0, tokens: tokensOf(row), concurrency: 0, usd: row.costUsd ?? 0 };
}

/** What was asked under this limit, as the ledger has it; and that the books say the same. */
async function check(ending: Ending, house: House, limit: string): Promise<void> {
  const stories = await house.stories(limit);
  const own = stories.filter(({ request }) => !request.shadow);
  expect(own.map(({ request }) => request.outcome)).toEqual(ending.outcome ? [ending.outcome] : []);
  const [story] = own;
  const request = story?.request;
  expect(request ?? {}).toMatchObject(ending.row ?? {});
  expect(request?.calls ?? 0).toSatisfy((calls: number) =>
    ending.calls === undefined ? calls > 0 : calls === ending.calls,
  );
  expect((story?.attempts ?? []).filter(({ called }) => called)).toHaveLength(request?.calls ?? 0);
  expect((request?.costUsd ?? 0) > 0).toBe(ending.costs === true);
  expect(request ? tokensOf(request) / 1_000 : 0).toBeCloseTo(request?.costUsd ?? 0, 9);
  expect(request ? tokensOf(request) : 0).toBeGreaterThanOrEqual(ending.leastTokens ?? 0);
  const counted = countsOf(request);
  const names = limit === 'all' ? ['all', 'child', 'parent'] : [limit];
  for (const { name, measure, used, reserved } of names.flatMap((each) => house.readings(each))) {
    expect(`${name} ${measure}: ${used.toFixed(9)}, ${reserved} reserved`).toBe(
      `${name} ${measure}: ${counted[measure]?.toFixed(9)}, 0 reserved`,
    );
  }
}

describe.concurrent.for(ENDINGS.map((ending) => [ending.name, ending] as const))('%s', ([, ending]) => {
  it('leaves nothing behind, under any limit', async () => {
    const { house, providers } = await open(ending);
    try {
      for (const limit of Object.keys(LIMITS)) {
        expect(await end(ending, house.url, { key: secretOf(limit), providers })).toBe(ending.status);
        await idle(house);
        await check(ending, house, limit);
        house.skip(FORGIVEN_MS); // Or who keeps breaking off would be passed over.
      }
      expect(house.gateway.books.spending.open).toBe(0);
    } finally {
      await house[Symbol.asyncDispose]();
      await providers[Symbol.asyncDispose]();
    }
  });
});
