import { describe, expect, it } from 'vitest';
import type { Frames } from '../../src/attempt/live.ts';
import type { Outcome } from '../../src/gateway/gateway.ts';
import { framesOf, within } from '../../src/http/frames.ts';

describe('framesOf', () => {
  it('opens with a comment and goes on with the answer', async () => {
    const pending = Promise.resolve(outcomeOf(['a', 'b'], () => {}));
    expect(await Array.fromAsync(framesOf(pending))).toEqual([': keep-alive\n\n', 'a', 'b']);
  });

  it('closes the books of an answer whose client left before it came', async () => {
    const closed = Promise.withResolvers<string>();
    const answer = Promise.withResolvers<Outcome<Frames>>();
    const frames = framesOf(answer.promise);
    await frames.next();
    await frames.return(undefined);
    answer.resolve(outcomeOf(['a'], () => closed.resolve('closed')));
    expect(await closed.promise).toBe('closed');
  });
});

describe('within', () => {
  it('gives what comes in time, and nothing for what does not', async () => {
    expect(await within(Promise.resolve(1), 1_000)).toBe(1);
    expect(await within(new Promise(() => {}), 1)).toBeUndefined();
    await expect(within(Promise.reject(new Error('no')), 1_000)).rejects.toThrow('no');
  });
});

function outcomeOf(pieces: string[], close: () => void): Outcome<Frames> {
  const values = pieces.values();
  const body: Frames = {
    next: async () => {
      const { done, value } = values.next();
      return done ? { done, value: undefined } : { done: false, value };
    },
    return: async () => {
      close();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => body,
  };
  return { body } as Outcome<Frames>;
}
