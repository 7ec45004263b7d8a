import { describe, expect, it } from 'vitest';
import { jointOf, type Seam, seamOf } from '../../src/answers/joint.ts';

const LONG = 'It was a dark and stormy night; the rain fell in torrents, except at occasional intervals.';
const TABLE = '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |';

interface Row {
  name: string;
  said: string;
  reply: string;
  isWhole?: boolean;
  seam: Seam;
}

describe('a model that goes on by itself', () => {
  const table: Row[] = [
    { name: 'is taken at its word', said: 'ha ha', reply: ' ha ha', seam: 0 },
    { name: 'may go on in the middle of a word', said: 'the sto', reply: 'rm', seam: 0 },
    {
      name: 'does not write the whitespace again that was not shown to it',
      said: 'Night.\n\n',
      reply: '\n\nDay',
      seam: 2,
    },
    { name: 'may write more of it', said: 'Night.\n', reply: '\n\nDay', seam: 1 },
    { name: 'may leave it out', said: 'Night. ', reply: 'Day', seam: 0 },
    { name: 'is waited for while it writes it', said: 'Night.\n\n', reply: '\n', seam: 'wait' },
    { name: 'may have nothing but whitespace left to write', said: 'Night.\n\n', reply: '\n', isWhole: true, seam: 1 },
    { name: 'may have nothing left to write', said: LONG, reply: '', isWhole: true, seam: 0 },
    { name: 'is waited for while it says the same from the start', said: LONG, reply: LONG.slice(0, 85), seam: 'wait' },
    { name: 'may say the very same from the start', said: LONG, reply: `${LONG} Then`, seam: LONG.length },
    { name: 'may not begin anew in other words', said: LONG, reply: `${LONG.slice(0, 80)} often`, seam: 'broken' },
    { name: 'may not stop in its repetition', said: LONG, reply: LONG.slice(0, 85), isWhole: true, seam: 'broken' },
    { name: 'may begin a sentence as the answer began', said: LONG, reply: 'It was a dog', seam: 0 },
  ];
  it.each(table)('$name', ({ said, reply, isWhole = false, seam }) => {
    expect(seamOf(jointOf(said, true), reply, isWhole)).toBe(seam);
  });
});

describe('a model that has been told its last words', () => {
  const { anchor } = jointOf(LONG, false);
  const table: Row[] = [
    { name: 'is waited for at first', said: LONG, reply: '', seam: 'wait' },
    { name: 'is waited for while it repeats them', said: LONG, reply: anchor.slice(0, 30), seam: 'wait' },
    { name: 'goes on behind them', said: LONG, reply: `${anchor} And then`, seam: anchor.length },
    { name: 'may begin with a line break', said: LONG, reply: `\n${anchor}`, seam: anchor.length + 1 },
    { name: 'may stop behind them', said: LONG, reply: anchor, isWhole: true, seam: anchor.length },
    { name: 'may repeat less', said: LONG, reply: 'occasional intervals. And', seam: 21 },
    { name: 'may repeat everything', said: LONG, reply: `${LONG} And`, seam: LONG.length },
    {
      name: 'repeats whitespace between them and the rest',
      said: `${LONG}\n\n`,
      reply: `${anchor}\n\nAnd`,
      seam: anchor.length + 2,
    },
    {
      name: 'repeats them once, where what follows is the same again',
      said: TABLE,
      reply: `${jointOf(TABLE, false).anchor} --- |`,
      seam: jointOf(TABLE, false).anchor.length,
    },
    { name: 'may not go on without them', said: LONG, reply: ' And then the moon came out', seam: 'broken' },
    {
      name: 'may not repeat so little that it could be chance',
      said: LONG,
      reply: 'intervals. And then',
      seam: 'broken',
    },
    { name: 'may not say nothing', said: LONG, reply: '', isWhole: true, seam: 'broken' },
    {
      name: 'may not begin anew in other words',
      said: LONG.repeat(3),
      reply: `${LONG.slice(0, 50)} often`,
      seam: 'broken',
    },
    { name: 'repeats all of a short answer', said: 'Well', reply: 'Well, yes', seam: 4 },
    { name: 'may not answer a short answer', said: 'Well', reply: 'Go on?', seam: 'broken' },
  ];
  it.each(table)('$name', ({ said, reply, isWhole = false, seam }) => {
    expect(seamOf(jointOf(said, false), reply, isWhole)).toBe(seam);
  });

  it('is told whole words, where there are any, and whole characters', () => {
    expect(anchor).toMatch(/^(a )?dark and|^stormy|^and stormy/);
    expect(jointOf('word '.repeat(50), false).anchor).toMatch(/^word .* word$/);
    expect(jointOf(`a${'😀'.repeat(50)}`, false).anchor.isWellFormed()).toBe(true);
    expect(jointOf('  short', false).anchor).toBe('short');
  });
});
