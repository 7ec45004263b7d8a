import { describe, expect, it } from 'vitest';
import { Arriving } from '../../src/server/rehearsal/arriving.ts';
import { rehearse } from '../../src/server/rehearsal/rehearse.ts';

describe('the rehearsal before the doors open', () => {
  it('plays what goes well and what goes wrong, and leaves nothing behind', async () => {
    const before = process.getActiveResourcesInfo().toSorted();
    const heard = await rehearse(30_000);
    // The rest do not wait; those who are refused find nobody at all.
    expect(heard).toEqual({ served: 154, refused: 20 });
    await expect.poll(() => process.getActiveResourcesInfo().toSorted()).toEqual(before);
  });

  it('is broken off where it takes too long', async () => {
    expect(await rehearse(1)).toBeUndefined();
  });
});

describe('a message of it', () => {
  const heardIn = (...pieces: string[]) => {
    const heard: string[] = [];
    const arriving = new Arriving((text) => heard.push(text));
    for (const piece of pieces) arriving.add(Buffer.from(piece));
    return heard.length;
  };

  it.each<[string, number, string[]]>([
    ['is over with its length', 1, ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{', '}']],
    ['is not over before', 0, ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{']],
    ['is over with its last chunk', 1, ['HTTP/1.1 200 OK\r\n', '\r\n1\r\na\r\n', '0\r\n\r\n']],
    ['is followed by the next one', 2, ['A\r\nContent-Length: 0\r\n\r\n', 'B\r\nContent-Length: 1\r\n\r\nb']],
  ])('%s', (_, count, pieces) => {
    expect(heardIn(...pieces)).toBe(count);
  });
});
