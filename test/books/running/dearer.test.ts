/** A free deployment before a dear one: what the dear one costs is held before it is asked, or it is passed over. */
import { expect, it } from 'vitest';
import type { Reading } from '../../../src/books/spending/claim.ts';
import { type Answer, ask, chat, tell } from '../../chaos/client.ts';
import { type Providers, startProviders } from '../../chaos/providers.ts';
import { refuses, resets, says, streams, well } from '../../chaos/scripts.ts';
import { WIRES } from '../../chaos/wires.ts';
import { type House, idle, startHouse } from './house.ts';

const BROKEN = refuses(500, 'server_error');
const priced = (rate: number) => `{ input: ${rate}, output: ${rate} }`;
const PRICES = {
  free: priced(0),
  cheap: priced(10),
  dear: priced(1_000),
  /** Nobody has heard the sound yet. */
  sound: '{ input: 0, output: 0, perMinute: 1 }',
};
type Name = keyof typeof PRICES;

/** Of these in this order; the key may spend so much a day. */
async function open(names: readonly Name[], usd: number, settings = '', more = ''): Promise<[House, Providers]> {
  const providers = await startProviders();
  const at = (name: Name) => `${name}: { dialect: openai, baseUrl: "${providers.url}/${name}/v1", apiKey: of-nobody }`;
  const deployment = (name: Name) => `{ provider: ${name}, model: m, price: ${PRICES[name]} }`;
  const house = await startHouse(`
log: { level: error }
${settings}
providers: { ${names.map(at).join(', ')} }
models: { one: { deployments: [${names.map(deployment).join(', ')}] } }
keys: [{ name: k, key: sk-dearer-0123456789, budgets: { usd: { perDay: ${usd} } }${more} }]
`);
  return [house, providers];
}

/** At 1000 dollars a million, a hundred tokens are ten cents and the prompt a few more. */
const asking = ({ url }: House, more: object = {}): Promise<Answer> =>
  ask(url, chat('one', { max_tokens: 100, ...more }), { headers: { authorization: 'Bearer sk-dearer-0123456789' } });
const triedBy = ({ headers }: Answer) => String(headers['x-signalbox-attempts']).replaceAll(/\d+ms/g, 'ms');

/** Of the key's one budget. */
function dayOf(house: House): Reading {
  const [reading] = house.readings('k');
  if (!reading) throw new Error('The key has no budget');
  return reading;
}

async function close(house: House, providers: Providers): Promise<void> {
  await house[Symbol.asyncDispose]();
  await providers[Symbol.asyncDispose]();
}

it('a spent budget does not pay for the dear one when the free one fails', async () => {
  const [house, providers] = await open(
    ['free', 'dear'],
    0.15,
    'reliability: { circuit: { consecutive: 1000, minimumCalls: 1000 } }',
  );
  providers.plays('/free', WIRES.openai, BROKEN);
  providers.plays('/dear', WIRES.openai, well('yes'));
  for (let requests = 0; requests < 8; requests++) await asking(house);
  await idle(house);
  const { used, reserved } = dayOf(house);
  expect(used).toBeLessThanOrEqual(0.15);
  expect(used).toBeGreaterThan(0);
  expect(reserved).toBe(0);
  const refused = await asking(house);
  expect(tell(refused)).toMatch(/^502 upstream_error/);
  expect(triedBy(refused)).toContain('dear/m;budget;ms');
  expect(used).toBeCloseTo(sum((await house.stories('k')).map(({ request }) => request.costUsd ?? 0)), 9);
  await close(house, providers);
});

const sum = (amounts: readonly number[]) => amounts.reduce((all, each) => all + each, 0);

it.each([
  { name: 'the free one after a dear one that it cannot pay', order: ['dear', 'free'] as const, by: 'free' },
  { name: 'the cheap one behind it, when the free one fails', order: ['free', 'dear', 'cheap'] as const, by: 'cheap' },
])('a budget that is too small for one still pays $name', async ({ order, by }) => {
  const [house, providers] = await open(order, 0.05);
  providers.plays('/free', WIRES.openai, by === 'free' ? well('free') : BROKEN);
  providers.plays('/cheap', WIRES.openai, well('cheap'));
  providers.plays('/dear', WIRES.openai, well('dear'));
  const answer = await asking(house);
  expect(tell(answer)).toBe(`200 "${by}" stop`);
  expect(triedBy(answer)).toContain('dear/m;budget;ms');
  expect(providers.calls('/dear')).toBe(0);
  await idle(house);
  const [story] = await house.stories('k');
  expect(house.readings('k')).toMatchObject([{ used: story?.request.costUsd, reserved: 0 }]);
  await close(house, providers);
});

it('a budget that pays none of them says so, and nobody is asked', async () => {
  const [house, providers] = await open(['dear', 'cheap'], 0.0001);
  const answer = await asking(house);
  expect(tell(answer)).toMatch(/^429 insufficient_quota/);
  expect(answer.text).toContain('a lower max_tokens');
  expect([providers.calls('/dear'), providers.calls('/cheap')]).toEqual([0, 0]);
  expect(house.readings('k')).toMatchObject([{ used: 0, reserved: 0 }]);
  await close(house, providers);
});

it.each([
  {
    name: 'the limit that holds up the cheap one',
    limits: '1 request/hour',
    spentUsd: 0,
    is: /^429 rate_limit_exceeded/,
  },
  {
    name: 'when there is room for the cheap one',
    limits: '9 requests/hour',
    spentUsd: 0.05,
    is: /room at .*T00:00:00Z/,
  },
])('where the dear one can never be paid the client is told of $name', async ({ limits, spentUsd, is }) => {
  const [house, providers] = await open(['dear', 'cheap'], 0.05, '', `, limits: "${limits}"`);
  providers.plays('/cheap', WIRES.openai, well('yes'));
  expect(tell(await asking(house))).toBe('200 "yes" stop');
  await idle(house);
  const { books, clock } = house.gateway;
  const startMs = Math.floor(clock.now() / 86_400_000) * 86_400_000;
  books.spending.restore([{ kind: 'key', name: 'k', span: 'day', startMs, used: { usd: spentUsd } }], clock.now());
  const refused = await asking(house);
  expect(`${tell(refused)} ${refused.text}`).toMatch(is);
  await close(house, providers);
});

it.each([
  { name: 'is paid, and both parts are counted', usd: 10, calls: 1 },
  { name: 'is not asked for where it cannot be paid', usd: 0.05, calls: 0 },
])('the rest of an answer that broke off $name', async ({ usd, calls }) => {
  const [house, providers] = await open(['free', 'dear'], usd, 'stream: { onBreak: continue }');
  const torn = streams(({ wire }) => wire.open + wire.words('on and on'), resets);
  providers.plays('/free', WIRES.openai, torn);
  providers.plays('/dear', WIRES.openai, well('on and on, and on'));
  await asking(house, { stream: true });
  await idle(house);
  expect(providers.calls('/dear')).toBe(calls);
  const rows = (await house.stories('k')).map(({ request }) => request);
  expect(house.readings('k')).toMatchObject([{ used: rows[0]?.costUsd ?? 0, reserved: 0 }]);
  await close(house, providers);
});

it.each([
  { name: 'what is free', order: 'free' as const, ends: '200 "yes" stop' },
  {
    name: 'and not what costs something that nobody knows yet',
    order: 'sound' as const,
    ends: '429 insufficient_quota',
  },
])('a spent budget still lets in $name', async ({ order, ends }) => {
  const [house, providers] = await open([order], 1);
  providers.plays(`/${order}`, WIRES.openai, well('yes'));
  const { books, clock } = house.gateway;
  const startMs = Math.floor(clock.now() / 86_400_000) * 86_400_000;
  books.spending.restore([{ kind: 'key', name: 'k', span: 'day', startMs, used: { usd: 1 } }], clock.now());
  const answer = await asking(house);
  expect(tell(answer).replace(/ in \d+ s$/, '')).toBe(ends);
  await close(house, providers);
});

it('holds what the dear one may cost while it runs', async () => {
  const [house, providers] = await open(['free', 'dear'], 10);
  providers.plays('/free', WIRES.openai, BROKEN);
  providers.plays('/dear', WIRES.openai, says(''));
  const answer = asking(house);
  await expect.poll(() => providers.calls('/dear')).toBe(1);
  expect(dayOf(house).reserved).toBeGreaterThanOrEqual(0.1);
  providers.last()?.socket.destroy();
  providers.plays('/dear', WIRES.openai, BROKEN);
  await answer;
  await idle(house);
  expect(house.readings('k')).toMatchObject([{ used: 0, reserved: 0 }]);
  await close(house, providers);
});
