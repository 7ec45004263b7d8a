import { describe, expect, it } from 'vitest';
import type { Frames } from '../../src/attempt/live.ts';
import { keep } from '../../src/http/responses/archive.ts';
import { type Head, standingAt } from '../../src/http/responses/head.ts';
import { pageOf } from '../../src/http/responses/input-items.ts';
import { KeptFrames } from '../../src/http/responses/kept-frames.ts';
import { findOpening } from '../../src/http/responses/opening.ts';
import { itemId, type Wish } from '../../src/doors/responses/stored.ts';
import { memoryObjects } from '../../src/platform/objects/memory.ts';
import { codeOf, ID, kept } from './responses-parts.ts';

describe('pages of what the model was given', () => {
  const input = ['a', 'b', 'c'].map((id) => ({ id, type: 'message' }));
  it.each([
    { query: {}, is: 'cba', more: false, name: 'the newest first' },
    { query: { order: 'asc' }, is: 'abc', more: false, name: 'or the oldest' },
    { query: { limit: '2' }, is: 'cb', more: true, name: 'so many as were asked for' },
    { query: { limit: '2', after: 'b' }, is: 'a', more: false, name: 'from where the last page ended' },
    { query: { order: 'asc', limit: '1', after: 'a' }, is: 'b', more: true, name: 'in both directions' },
    { query: { after: 'a' }, is: '', more: false, name: 'and behind the last one nothing' },
  ])('$name', ({ query, is, more }) => {
    const page = pageOf(input, query);
    expect([page.data.map(({ id }) => id).join(''), page.has_more]).toEqual([is, more]);
    expect([page.first_id, page.last_id]).toEqual([is.at(0) ?? null, is.at(-1) ?? null]);
  });

  it.each([
    { query: { limit: '0' }, param: 'limit' },
    { query: { limit: '101' }, param: 'limit' },
    { query: { limit: 'many' }, param: 'limit' },
    { query: { order: 'up' }, param: 'order' },
    { query: { after: 'nobody' }, param: 'after' },
  ])('$query is refused by its name', ({ query, param }) => {
    expect(() => pageOf(input, query)).toThrow(expect.objectContaining({ kind: 'invalid_request', param }));
  });
});

describe('a response as it stands', () => {
  const HEAD: Head = { status: 'in_progress', background: true, aliveAtMs: 0 };
  it.each([
    { was: 'completed', head: { ...HEAD, status: 'cancelled' }, atMs: 1, is: 'completed', name: 'is what it ended as' },
    { was: 'queued', head: { ...HEAD, status: 'queued' }, atMs: 1, is: 'in_progress', name: 'is in progress' },
    { was: 'queued', head: HEAD, atMs: 60_000, is: 'in_progress', name: 'is in progress as long as somebody says so' },
    { was: 'queued', head: HEAD, atMs: 60_001, is: 'failed', name: 'has failed when nobody says so any more' },
    { was: 'queued', head: { ...HEAD, status: 'completed' }, atMs: 1, is: 'in_progress', name: 'is not yet filed' },
    { was: 'queued', head: { ...HEAD, status: 'completed' }, atMs: 60_001, is: 'failed', name: 'was never filed' },
    { was: 'queued', head: { ...HEAD, status: 'cancelled' }, atMs: 60_001, is: 'cancelled', name: 'stays cancelled' },
  ])('$name', ({ was, head, atMs, is }) => {
    const found = standingAt(kept({ status: was }), head, atMs);
    expect([found.status, found.error !== undefined]).toEqual([is, is === 'failed']);
  });
});

describe('a stream', () => {
  interface Script {
    pieces: readonly string[];
    /** The place of the piece that ends it. */
    overAt?: number;
  }

  function played({ pieces, overAt }: Script) {
    const told: string[] = [];
    const recording = { over: false };
    async function* play() {
      try {
        for (const [place, piece] of pieces.entries()) {
          recording.over ||= place === overAt;
          yield piece;
        }
      } finally {
        told.push('closed');
      }
    }
    const keepIt = async () => {
      await Promise.resolve();
      told.push('kept');
    };
    return { told, frames: new KeptFrames(play() as Frames, recording, keepIt) };
  }

  it.each([
    {
      script: { pieces: ['a', 'b'], overAt: 1 },
      is: ['a', 'kept', 'b', 'closed'],
      name: 'is kept before its last frame',
    },
    { script: { pieces: ['a', 'b', 'c'], overAt: 1 }, is: ['a', 'kept', 'b', 'c', 'closed'], name: 'once' },
    { script: { pieces: ['a', 'b'] }, is: ['a', 'b', 'closed', 'kept'], name: 'or at its end' },
  ])('$name', async ({ script, is }) => {
    const { frames, told } = played(script);
    for await (const piece of frames) told.push(String(piece));
    expect(told).toEqual(is);
  });

  it('stops its provider when its client leaves, and keeps nothing', async () => {
    const { frames, told } = played({ pieces: ['a', 'b'], overAt: 1 });
    await frames.next();
    await frames.return();
    expect(told).toEqual(['closed']);
  });
});

describe('what a request goes on from', () => {
  const clock = { now: () => 1_000 };
  const wish = (rest: Partial<Wish>): Wish => ({
    previousId: undefined,
    references: [],
    store: true,
    background: false,
    stream: false,
    ...rest,
  });
  const ITEM = { id: itemId('msg', ID, 0), type: 'message' };
  const GIVEN = { id: itemId('msg', ID, 1), type: 'message' };
  const RUNNING = `resp_${'b'.repeat(48)}`;

  const opened = async (wanted: Partial<Wish>, owner = 'tenant:acme', maxBytes = 10_000) => {
    const archive = { objects: memoryObjects(), keepDays: { responses: 1 }, clock };
    await keep(archive, 'tenant:acme', kept({ output: [ITEM] }, [GIVEN]));
    await keep(archive, 'tenant:acme', kept({ id: RUNNING, status: 'queued' }));
    return findOpening(archive, wish(wanted), { owner, maxBytes });
  };

  it('is the earlier response', async () => {
    expect((await opened({ previousId: ID })).previous).toEqual(kept({ output: [ITEM] }, [GIVEN]));
  });

  it('is nothing where it names none', async () => {
    expect(await opened({})).toEqual({ previous: undefined, items: new Map() });
  });

  it('are the items that it names, of input and output, without those that are not there', async () => {
    const { items } = await opened({ references: [ITEM.id, GIVEN.id, itemId('msg', ID, 7), 'msg_of_somebody_else'] });
    expect(items).toEqual(
      new Map([
        [ITEM.id, ITEM],
        [GIVEN.id, GIVEN],
      ]),
    );
  });

  it('are no items of others', async () => {
    expect((await opened({ references: [ITEM.id] }, 'tenant:globex')).items).toEqual(new Map());
  });

  it.each([
    { previousId: 'resp_none', owner: 'tenant:acme', is: '400 previous_response_not_found', name: 'is not there' },
    { previousId: "'; drop table", owner: 'tenant:acme', is: '400 previous_response_not_found', name: 'is no id' },
    { previousId: ID, owner: 'tenant:globex', is: '400 previous_response_not_found', name: 'is another tenant’s' },
    {
      previousId: ID,
      owner: 'key:acme',
      is: '400 previous_response_not_found',
      name: 'is of a tenant with the key’s name',
    },
    { previousId: RUNNING, owner: 'tenant:acme', is: '400 invalid_request', name: 'is not over' },
  ])('is refused where it $name', async ({ previousId, owner, is }) => {
    expect(await opened({ previousId }, owner).catch(codeOf)).toBe(is);
  });

  it('is refused where it is larger than a request may be', async () => {
    expect(await opened({ previousId: ID }, 'tenant:acme', 50).catch(codeOf)).toBe('413 request_too_large');
  });
});
