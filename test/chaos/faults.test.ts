/** Every fault of a provider at every moment: what the client sees, how often each provider was asked, what is left. */
import { describe, it, vi } from 'vitest';
import { asks, casesOf, configurationOf, MOMENTS, outcomeOf, stage } from './cases.ts';
import { ask, chat, tell } from './client.ts';
import { emptied, startHouse } from './house.ts';

vi.setConfig({ maxConcurrency: 12 }); // Most of it is waiting for silences.
/** These are real clocks and sockets: a machine that stands still for half a second makes another plan of a row. */
const AGAIN = { retry: 1 };

describe.each(Object.entries(MOMENTS))('%s', (_moment, rows) => {
  it.concurrent.for(casesOf(rows))('$fault: $wire.dialect, $mode, $who: $sees', AGAIN, async (one, { expect }) => {
    const staged = await stage(one);
    await using providers = staged.providers;
    await using house = await startHouse(configurationOf([staged]));
    const asked = asks(staged, house.url);
    const neighbour = await ask(house.url, chat('near'));
    const answer = await asked;
    expect(outcomeOf(staged, answer)).toBe(one.sees);
    expect(answer.ms).toBeLessThan(one.idleMs ?? Infinity);
    expect(tell(neighbour)).toBe('200 "near" stop');
    expect(neighbour.ms).toBeLessThan(5_000);
    expect(await emptied(house, providers, one.id)).toBe('');
    expect(house.errors).toEqual([]);
  });
});
