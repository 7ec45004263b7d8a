/** Clients that leave, at every moment: the provider is hung up on, and nothing is left. Those who stay are served. */
import { describe, expect, it } from 'vitest';
import { ask, chat, tell } from './client.ts';
import { dial, post } from './client-raw.ts';
import { emptied, type House, startHouse } from './house.ts';
import { type Providers, type Script, startProviders } from './providers.ts';
import { half, says, stays, streams, well } from './scripts.ts';
import { WIRES } from './wires.ts';

const words: Script = streams(({ wire }) => wire.open + wire.words('on and on'), stays);
const opening: Script = streams(({ wire }) => wire.open, stays);
const FULL = { reliability: '{ queue: { maxWaiting: 6 } }', limits: '{ concurrency: 1 }' };

async function open(name: string, { reliability = '{}', limits = '{}' } = {}) {
  const providers = await startProviders();
  providers.plays('/a', WIRES.openai, says(''));
  providers.plays('/near', WIRES.openai, well('near'));
  const house = await startHouse(`
server: { keepAliveMs: 60000 }
reliability: ${reliability}
providers:
  ${name}a: { dialect: openai, baseUrl: "${providers.url}/a/v1", apiKey: key-of-nobody, limits: ${limits} }
  ${name}near: { dialect: openai, baseUrl: "${providers.url}/near/v1", apiKey: key-of-nobody }
models:
  one: { deployments: [{ provider: ${name}a, model: m }] }
  near: { deployments: [{ provider: ${name}near, model: m }] }
`);
  return { providers, house };
}

async function close({ providers, house }: { providers: Providers; house: House }): Promise<void> {
  await house[Symbol.asyncDispose]();
  await providers[Symbol.asyncDispose]();
}

/** Waits until it is so. */
async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    if (tries > 1_000) throw new Error('It never came to be');
    await new Promise((later) => setTimeout(later, 5));
  }
}

interface Moment {
  when: string;
  script: Script;
  stream: boolean;
  /** How much of the request is sent. */
  sends?: (request: string) => string;
  /** What the client waits for before it leaves: this in the answer, or the provider's being asked. */
  sees?: string;
  asked: number;
}

const MOMENTS: Moment[] = [
  { when: 'in its head', script: says(''), stream: false, sends: (request) => request.slice(0, 30), asked: 0 },
  { when: 'in its body', script: says(''), stream: false, sends: (request) => request.slice(0, -5), asked: 0 },
  { when: 'while the provider thinks', script: says(''), stream: false, asked: 1 },
  { when: 'while the provider thinks', script: says(''), stream: true, asked: 1 },
  { when: 'while a whole answer comes', script: half(stays), stream: false, asked: 1 },
  { when: 'before the first word', script: opening, stream: true, asked: 1 },
  { when: 'in mid-stream', script: words, stream: true, sees: 'on and on', asked: 1 },
];

describe('a client leaves', () => {
  const table = MOMENTS.flatMap((moment) => [
    { ...moment, how: 'by a reset' },
    { ...moment, how: 'by closing' },
  ]);
  it.each(table)(
    '$when, $how (stream: $stream)',
    async ({ script, stream, sends = (all) => all, sees, asked, how }) => {
      const { providers, house } = await open('leaves-');
      providers.plays('/a', WIRES.openai, script);
      const client = dial(house.url, sends(post(chat('one', { stream }))));
      if (sees) await client.until(sees);
      else await until(() => providers.calls('/a') === asked);
      await new Promise((later) => setTimeout(later, 60));
      expect(providers.calls('/a')).toBe(asked);
      if (how === 'by a reset') client.socket.resetAndDestroy();
      else client.socket.destroy();
      expect(await emptied(house, providers, 'leaves-')).toBe('');
      expect(providers.calls('/a')).toBe(asked);
      expect(tell(await ask(house.url, chat('near')))).toBe('200 "near" stop');
      expect(house.errors).toEqual([]);
      await close({ providers, house });
    },
  );

  it.each([true, false])('while it waits for room (stream: %s), and its place is the next one’s', async (stream) => {
    const { providers, house } = await open('waits-', FULL);
    const { room } = house.gateway.dispatcher;
    const first = dial(house.url, post(chat('one')));
    await until(() => providers.calls('/a') === 1);
    const leaver = dial(house.url, post(chat('one', { stream })));
    await until(() => room.waiting === 1);
    providers.plays('/a', WIRES.openai, well('at last'));
    const patient = ask(house.url, chat('one'));
    await until(() => room.waiting === 2);
    leaver.socket.destroy();
    await until(() => room.waiting === 1);
    first.socket.destroy();
    expect(tell(await patient)).toBe('200 "at last" stop');
    expect(providers.calls('/a')).toBe(1); // Of the new script: the leaver has asked nobody.
    expect(await emptied(house, providers, 'waits-')).toBe('');
    await close({ providers, house });
  });
});

describe('more wait than may', () => {
  it('the others are told at once, those who wait are served, and a deadline that cannot be met is said', async () => {
    const { providers, house } = await open('crowd-', FULL);
    const { room } = house.gateway.dispatcher;
    const first = dial(house.url, post(chat('one')));
    await until(() => providers.calls('/a') === 1);
    providers.plays('/a', WIRES.openai, well('served'));
    const answers = Array.from({ length: 50 }, () => ask(house.url, chat('one')).then(tell));
    await until(() => room.waiting > 0);
    expect(tell(await ask(house.url, chat('near')))).toBe('200 "near" stop');
    const hurried = await ask(house.url, chat('one'), { headers: { 'x-signalbox-deadline-ms': '1' } });
    expect(tell(hurried)).toMatch(/^(429 router_at_capacity|504 deadline_exceeded)/);
    const refused = await Promise.any(answers);
    expect(refused).toMatch(/^429 router_at_capacity/);
    expect(room.waiting).toBeLessThanOrEqual(6);
    first.socket.destroy();
    const tally = Object.groupBy(await Promise.all(answers), (answer) => answer.replace(/ in .*/, ''));
    const served = tally['200 "served" stop']?.length ?? 0;
    expect(Object.keys(tally).toSorted()).toEqual(['200 "served" stop', '429 router_at_capacity']);
    expect(served).toBeGreaterThanOrEqual(3);
    expect(served).toBeLessThanOrEqual(6);
    expect(await emptied(house, providers, 'crowd-')).toBe('');
    await close({ providers, house });
  });

  it.each([
    ['a silent provider', says(''), false],
    ['a silent provider', says(''), true],
    ['a half answer', half(stays), false],
    ['a stream before its first word', opening, true],
  ])('%s is not waited for beyond the client’s deadline', async (_what, script, stream) => {
    const { providers, house } = await open('deadline-');
    providers.plays('/a', WIRES.openai, script);
    const answer = await ask(house.url, chat('one', { stream }), { headers: { 'x-signalbox-deadline-ms': '600' } });
    expect(tell(answer)).toMatch(/^504 (upstream_timeout|deadline_exceeded)$/);
    expect(answer.ms).toBeLessThan(5_000);
    expect(providers.calls('/a')).toBe(1);
    expect(await emptied(house, providers, 'deadline-')).toBe('');
    await close({ providers, house });
  });
});
