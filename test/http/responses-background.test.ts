import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/core/errors.ts';
import type { ObjectStore } from '../../src/core/objects.ts';
import type { Inbound } from '../../src/gateway/gateway.ts';
import { get, keep } from '../../src/http/responses/archive.ts';
import { BackgroundRuns } from '../../src/http/responses/runs.ts';
import { memoryObjects } from '../../src/platform/objects/memory.ts';
import { handTimers } from '../books/traces/hand-timers.ts';
import { codeOf, ID, kept, recording } from './responses-parts.ts';

const OWNER = 'tenant:acme';
const DOWN = new GatewayError('no_candidate', 'down', { code: 'store_unavailable' });
const turns = async () => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
};

/** One process with one run; several may share a store. */
function world(objects: ObjectStore = memoryObjects()) {
  let nowMs = 1_000_000;
  const timers = handTimers();
  const over = Promise.withResolvers<{ body: string }>();
  const lost: string[] = [];
  const archive = { objects, keepDays: { responses: 1 }, clock: { now: () => nowMs } };
  const runs = new BackgroundRuns({
    archive,
    timers,
    answer: ({ client }) => {
      client.onGone(() => over.reject(new GatewayError('client_gone', 'left')));
      return over.promise;
    },
    onLost: (error) => lost.push(error.code),
  });
  const commission = { owner: OWNER, id: ID, inbound: {} as Inbound, recording: recording(), background: () => {} };
  return {
    objects,
    archive,
    runs,
    timers,
    lost,
    start: async (id = ID) => {
      const started = runs.start({ ...commission, id });
      started.catch(() => {});
      await turns();
      timers.pass(); // What is refused at once has been refused.
      return started;
    },
    says: async (body: string) => {
      over.resolve({ body });
      await turns();
    },
    fails: async (error: Error) => {
      over.reject(error);
      await turns();
    },
    /** A quarter of a minute. */
    beat: async () => {
      nowMs += 15_000;
      timers.pass();
      await turns();
    },
    skip: (ms: number) => void (nowMs += ms),
    stands: async () => {
      const found = await get(archive, OWNER, ID).catch(codeOf);
      return typeof found === 'string' ? found : found.kept.response;
    },
  };
}

describe('a response in the background', () => {
  it('is queued, then in progress, then answered', async () => {
    const { start, stands, says, timers } = world();
    expect(await start()).toMatchObject({ id: ID, status: 'queued', background: true });
    await turns();
    expect(await stands()).toMatchObject({ status: 'in_progress' });
    await says('hello');
    expect(await stands()).toMatchObject({
      id: ID,
      status: 'completed',
      background: true,
      output: [{ text: 'hello' }],
    });
    expect(timers.waits).toEqual([]);
  });

  it('is in progress for as long as it runs', async () => {
    const { start, stands, says, beat } = world();
    await start();
    for (let minute = 0; minute < 40; minute++) await beat();
    expect(await stands()).toMatchObject({ status: 'in_progress' });
    await says('late');
    expect(await stands()).toMatchObject({ status: 'completed' });
  });

  it('has failed with its reason where nobody answers', async () => {
    const { start, stands, fails } = world();
    await start();
    await fails(new GatewayError('overload', 'too much'));
    expect(await stands()).toMatchObject({ status: 'failed', error: 'upstream_overloaded' });
  });

  it('is never begun where it could not be found again', async () => {
    const { start, lost } = world({ ...memoryObjects(), put: () => Promise.reject(DOWN) });
    expect(await start().catch(codeOf)).toBe('503 store_unavailable');
    expect(lost).toEqual([]);
  });

  it('is never begun where the router refuses it', async () => {
    const { start, fails, stands, timers } = world();
    await fails(new GatewayError('model_not_found', 'no such model'));
    expect(await start().catch(codeOf)).toBe('404 model_not_found');
    expect([await stands(), timers.waits]).toEqual(['404 response_not_found', []]);
  });

  it('has failed when its process is gone, a minute later', async () => {
    const { start, stands, skip } = world();
    await start();
    await turns();
    skip(60_001);
    expect(await stands()).toMatchObject({ status: 'failed', error: { code: 'server_error' } });
  });

  it('has failed at once where its process is stopped in order', async () => {
    const { start, stands, runs } = world();
    await start();
    await runs.stop();
    expect(await stands()).toMatchObject({ status: 'failed', error: 'no_healthy_provider' });
  });

  it('is cancelled, stops its provider, and stays cancelled', async () => {
    const { start, stands, runs, timers } = world();
    await start();
    expect(await runs.cancel(OWNER, ID)).toMatchObject({ status: 'cancelled' });
    await turns();
    expect(await stands()).toMatchObject({ status: 'cancelled' });
    expect(await runs.cancel(OWNER, ID)).toMatchObject({ status: 'cancelled' });
    expect(timers.waits).toEqual([]);
  });

  it('is cancelled by another server, and learns it in a quarter of a minute', async () => {
    const { objects, start, beat, timers, stands } = world();
    await start();
    await turns();
    expect(await world(objects).runs.cancel(OWNER, ID)).toMatchObject({ status: 'cancelled' });
    expect(timers.waits).toEqual([15_000]);
    await beat();
    expect(timers.waits).toEqual([]);
    expect(await stands()).toMatchObject({ status: 'cancelled' });
  });

  it('stays cancelled where its answer comes all the same', async () => {
    const { objects, start, says, stands } = world();
    await start();
    await turns();
    await world(objects).runs.cancel(OWNER, ID);
    await says('too late');
    expect(await stands()).toMatchObject({ status: 'cancelled', output: [] });
  });

  it('is gone for good once it is deleted', async () => {
    const { objects, start, says, stands } = world();
    await start();
    await turns();
    await objects.delete(OWNER, ID);
    await says('too late');
    expect(await stands()).toBe('404 response_not_found');
  });

  it.each([
    { status: 'completed', background: true, is: 'completed', name: 'answered already: nothing happens' },
    { status: 'completed', background: false, is: '400 invalid_request', name: 'not in the background: refused' },
  ])('is cancelled when it is $name', async ({ status, background, is }) => {
    const { archive, runs } = world();
    await keep(archive, OWNER, kept({ status, background }));
    const found = await runs.cancel(OWNER, ID).then((response) => response.status, codeOf);
    expect(found).toBe(is);
  });

  it('of another tenant is not there to be cancelled', async () => {
    const { start, runs, says, stands } = world();
    await start();
    expect(await runs.cancel('tenant:globex', ID).catch(codeOf)).toBe('404 response_not_found');
    await says('hello');
    expect(await stands()).toMatchObject({ status: 'completed' });
  });

  it('is written down when the store is back', async () => {
    const objects = memoryObjects();
    let isDown = false;
    const flaky: ObjectStore = {
      ...objects,
      put: (object) => (isDown ? Promise.reject(DOWN) : objects.put(object)),
      setHead: (...head) => (isDown ? Promise.reject(DOWN) : objects.setHead(...head)),
    };
    const { start, says, stands, beat, timers, lost } = world(flaky);
    await start();
    await turns();
    isDown = true;
    await beat();
    await says('kept after all');
    expect(timers.waits).toEqual([1_000]);
    isDown = false;
    await beat();
    expect(await stands()).toMatchObject({ status: 'completed', output: [{ text: 'kept after all' }] });
    expect(lost).toEqual([]);
  });

  it('is lost where the store stays away, and that is told', async () => {
    const objects = memoryObjects();
    const { start, says, stands, beat, skip, lost } = world({ ...objects, setHead: () => Promise.reject(DOWN) });
    await start();
    await says('nobody will know');
    for (let turn = 0; turn < 3; turn++) await beat();
    expect(lost).toEqual(['store_unavailable']);
    skip(60_000);
    expect(await stands()).toMatchObject({ status: 'failed' });
  });

  it('has failed where its answer is too large to be kept', async () => {
    const objects = memoryObjects({ maxObjectBytes: 400, maxBytes: 10_000, maxObjects: 10 });
    const { start, says, stands } = world(objects);
    await start();
    await says('x'.repeat(500));
    expect(await stands()).toMatchObject({ status: 'failed', error: 'object_too_large' });
  });

  it('survives an answer of the store that was lost on its way', async () => {
    const objects = memoryObjects();
    let loses = true;
    const { start, says, stands, beat } = world({
      ...objects,
      async setHead(...head) {
        const done = await objects.setHead(...head);
        if (loses) throw DOWN;
        return done;
      },
    });
    await start();
    await turns();
    loses = false;
    await beat();
    await says('hello');
    expect(await stands()).toMatchObject({ status: 'completed' });
  });

  it('makes room for another when it was cut off without a word, as Workers do', async () => {
    const { runs, start, skip } = world();
    const ids = Array.from({ length: 999 }, (_, number) => `${ID}${number}`);
    await Promise.all(ids.map((id) => start(id)));
    await start();
    await expect(start('resp_more').catch(codeOf)).resolves.toMatch(/^(?:429|503) /);
    skip(60_001);
    await expect(start('resp_more')).resolves.toMatchObject({ status: 'queued' });
    await runs.stop();
  });
});
