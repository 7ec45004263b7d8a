/** The same tables in workerd, where sockets are the runtime's own. */
import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { type Running, startWorkerd } from '../support/servers.ts';
import { asks, casesOf, configurationOf, MOMENTS, outcomeOf, stage } from './cases.ts';
import { ask, chat, tell } from './client.ts';
import { closedUrl, type Providers, startProviders } from './providers.ts';

vi.setConfig({ maxConcurrency: 12 }); // Most of it is waiting for silences.

/** Half of the cases, so that it takes half as long: each row on each wire, once alone and once helped. */
const cases = Object.entries(MOMENTS).map(([moment, rows]) => ({
  moment,
  cases: casesOf(rows.filter(({ worker }) => !worker || 'alone' in worker))
    .filter(({ wire, who }) => (wire.dialect === 'openai') === (who === 'alone'))
    .map((one) =>
      one.worker && 'alone' in one.worker && one.who === 'alone' ? { ...one, sees: one.worker.alone } : one,
    ),
}));
let providers: Providers;
let running: Running;

beforeAll(async () => {
  providers = await startProviders();
  const all = cases.flatMap((each) => each.cases);
  stage(providers, all);
  running = await startWorkerd(configurationOf(all, providers.url, await closedUrl()));
});
afterAll(async () => {
  await running.stop();
  await providers[Symbol.asyncDispose]();
});

describe.each(cases)('$moment', ({ cases: all }) => {
  it.concurrent.for(all)('$fault: $wire.dialect, $mode, $who: $sees', async (one, { expect }) => {
    const answer = await asks(one, running.url);
    expect(outcomeOf(one, answer, providers)).toBe(one.sees);
    expect(tell(await ask(running.url, chat('near')))).toBe('200 "near" stop');
  });
});
