import { describe, expect, it } from 'vitest';
import { noFacts } from '../../src/answers/facts.ts';
import type { Flow } from '../../src/attempt/flow.ts';
import { LiveFrames } from '../../src/attempt/live.ts';
import { GatewayError } from '../../src/core/errors.ts';

const utf8 = new TextEncoder();

/** A flow that hands on what comes in. `commit` says content, `end` ends, `bad` fails behind its own frame. */
function scripted(script: string[]) {
  const chunks = script.values();
  const log: string[] = [];
  const facts = noFacts();
  let failure: GatewayError | undefined;
  let done = false;
  const flow: Flow = {
    facts,
    source: {
      next: () => {
        log.push('read');
        const next = chunks.next();
        if (next.value === 'cut') return Promise.reject(new GatewayError('stalled', 'The provider stopped sending'));
        return Promise.resolve(next.done ? { done: true, value: undefined } : { value: utf8.encode(next.value) });
      },
      return: () => {
        log.push('closed');
        return Promise.resolve({ done: true, value: undefined });
      },
    },
    push(bytes) {
      const text = new TextDecoder().decode(bytes);
      if (text === 'commit') facts.said = true;
      if (text === 'end') facts.finishReason = 'stop';
      if (text === 'enough') done = true;
      if (text === 'bad') failure = new GatewayError('fault', 'The provider failed in mid-answer');
      return text === 'nothing' ? '' : text;
    },
    get failure() {
      return failure;
    },
    end: () => 'last',
    get done() {
      return done;
    },
  };
  return { flow, log };
}

/** Committed, with its books in `log`: `books:ok` or the kind of the failure. */
async function opened(script: string[]) {
  const { flow, log } = scripted(script);
  const frames = new LiveFrames(flow);
  await frames.commit();
  frames.whenOver(async (failure) => void log.push(`books:${failure?.kind ?? 'ok'}`));
  return { frames, log };
}

async function readAll(frames: LiveFrames): Promise<string[]> {
  const pieces: string[] = [];
  try {
    for await (const piece of frames) pieces.push(String(piece));
  } catch (cause) {
    pieces.push((cause as GatewayError).kind);
  }
  return pieces;
}

describe('LiveFrames', () => {
  const table: { name: string; script: string[]; reads: string[]; books: string }[] = [
    {
      name: 'what came before the commit point comes first',
      script: ['a', 'commit', 'b'],
      reads: ['a', 'commit', 'b', 'last'],
      books: 'ok',
    },
    {
      name: 'an empty piece is not handed on',
      script: ['commit', 'nothing', 'b'],
      reads: ['commit', 'b', 'last'],
      books: 'ok',
    },
    { name: 'an answer without content ends once', script: ['a'], reads: ['a', 'last'], books: 'ok' },
    {
      name: 'a failure comes behind the frames before it',
      script: ['commit', 'bad', 'never'],
      reads: ['commit', 'bad', 'fault'],
      books: 'fault',
    },
    {
      name: 'a broken source is a failure',
      script: ['commit', 'b', 'cut'],
      reads: ['commit', 'b', 'stalled'],
      books: 'stalled',
    },
    {
      name: 'a flow that has enough reads no more',
      script: ['commit', 'enough', 'never'],
      reads: ['commit', 'enough', 'last'],
      books: 'ok',
    },
  ];
  it.each(table)('$name', async ({ script, reads, books }) => {
    const { frames, log } = await opened(script);
    expect(await readAll(frames)).toEqual(reads);
    expect(log.slice(-2)).toEqual(['closed', `books:${books}`]);
    expect(await frames.next()).toEqual({ done: true, value: undefined });
    await frames.return();
    expect(log.filter((entry) => entry !== 'read')).toEqual(['closed', `books:${books}`]);
  });

  it.each([
    { name: 'a client that never began to read', script: ['commit', 'b'], reads: 0, books: 'books:client_gone' },
    { name: 'a client that leaves in the middle', script: ['commit', 'b', 'c'], reads: 2, books: 'books:client_gone' },
    {
      name: 'a client that leaves with the end in its hands',
      script: ['commit', 'end', 'c'],
      reads: 2,
      books: 'books:ok',
    },
  ])('closes the provider, then the books, of $name', async ({ script, reads, books }) => {
    const { frames, log } = await opened(script);
    for (let read = 0; read < reads; read++) await frames.next();
    await frames.return();
    expect(log.slice(-2)).toEqual(['closed', books]);
    expect(await frames.next()).toEqual({ done: true, value: undefined });
    expect(log.slice(-2)).toEqual(['closed', books]);
  });

  it('fails before the commit point without a frame, and closes the provider', async () => {
    for (const [script, kind] of [
      [['a', 'bad'], 'fault'],
      [['a', 'cut'], 'stalled'],
    ] as const) {
      const { flow, log } = scripted([...script]);
      await expect(new LiveFrames(flow).commit()).rejects.toMatchObject({ kind });
      expect(log.at(-1)).toBe('closed');
    }
  });
});
