/** What goes wrong, and what the SDK of the door raises. */
import { expect } from 'vitest';
import type { DoorClient, DoorFeature } from './feature.ts';

export function troubles(client: DoorClient, wrong: { body: object; param: RegExp }): DoorFeature[] {
  const raises = (name: string, body: object, status?: number): DoorFeature => ({
    name,
    isTrouble: true,
    run: async (visit) => {
      const cause = await visit.fails(body);
      expect(cause).toBeInstanceOf(client.raises);
      expect((cause as Error).message).not.toBe('nothing was raised');
      if (status) expect(client.statusOf(cause)).toBe(status);
      if (status === 400) expect(client.fieldOf(cause)).toMatch(wrong.param);
      return undefined;
    },
  });
  return [
    raises('A rate limit raises 429', client.say('[practice: status=429]'), 429),
    raises('A fault raises 502', client.say('[practice: status=500]'), 502),
    raises('A wrong value raises 400 and names the field', wrong.body, 400),
    raises('An answer that is cut off raises', client.say('Hello out there [practice: cut]')),
    raises('An error in mid-answer raises', client.say('Hello out there [practice: error]')),
  ];
}
