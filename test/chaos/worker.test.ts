/** The same tables in workerd, where sockets are the runtime's own. */
import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { type Running, startWorkerd } from '../support/servers.ts';
import { asks, type Case, casesOf, configurationOf, MOMENTS, outcomeOf, play, stage, type Staged } from './cases.ts';
import { ask, chat, tell } from './client.ts';

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
const stages = new Map<Case, Staged>();
let running: Running;

beforeAll(async () => {
  for (const one of cases.flatMap((each) => each.cases)) stages.set(one, await stage(one));
  running = await startWorkerd(configurationOf([...stages.values()]));
});
afterAll(async () => {
  await running.stop();
  await Promise.all([...stages.values()].map(({ providers }) => providers[Symbol.asyncDispose]()));
});

describe.each(cases)('$moment', ({ cases: all }) => {
  it.concurrent.for(all)('$fault: $wire.dialect, $mode, $who: $sees', { retry: 1 }, async (one, { expect }) => {
    const providers = stages.get(one)?.providers;
    if (!providers) return expect.unreachable();
    const staged = play(one, providers);
    const answer = await asks(staged, running.url);
    expect(outcomeOf(staged, answer)).toBe(one.sees);
    expect(tell(await ask(running.url, chat('near')))).toBe('200 "near" stop');
  });
});
