import { expect, it } from 'vitest';
import { inBytes, longOriginal, type Original } from '../../src/core/wire.ts';

const TEXT = '{"model":"m","a":"日本 \\u0041 𝄞"}';
const make = (): Original => longOriginal({ wire: 'chat', text: TEXT, passes: true, only: 'a' }, inBytes(TEXT));

it('a long original is what it was, whether or not somebody has let go of its text', () => {
  const original = make();
  expect(original).toMatchObject({ wire: 'chat', text: TEXT, passes: true, only: 'a', bytes: inBytes(TEXT) });
  original.letGo?.();
  expect([original.text, original.text]).toEqual([TEXT, TEXT]);
  expect(original.bytes).toEqual(inBytes(TEXT));
});

it('keeps no text once it is let go: what it says then is in its bytes', () => {
  const original = make();
  original.letGo?.();
  original.bytes?.fill(0x20);
  expect(original.text.trim()).toBe('');
});

it('keeps nothing once its request is over', () => {
  const original = make();
  original.close?.();
  expect([original.text, original.bytes?.length]).toEqual(['', 0]);
});
