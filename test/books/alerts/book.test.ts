import { describe, expect, it } from 'vitest';
import { AlertBook } from '../../../src/books/alerts/book.ts';
import type { Condition } from '../../../src/books/alerts/rules.ts';
import { HOUR, MINUTE } from './world.ts';

const parked: Condition = { rule: 'parked', subject: 'account a', severity: 'critical', level: 1, summary: 'dead' };
const budget = (level: number): Condition => ({ ...parked, rule: 'budget', subject: 'tenant acme', level });
const circuit: Condition = { ...parked, rule: 'circuit_open', subject: 'a/1' };

/** At each moment, what is so; and what becomes news. */
const table: { name: string; looks: [atMs: number, conditions: Condition[], news: string[]][] }[] = [
  {
    name: 'what is so is told once',
    looks: [
      [0, [parked], ['fired']],
      [10_000, [parked], []],
      [50 * MINUTE, [parked], []],
    ],
  },
  {
    name: 'what is still so is told again after an hour, two, four, … and at least every day',
    looks: [
      [0, [parked], ['fired']],
      [HOUR - 1, [parked], []],
      [HOUR, [parked], ['again']],
      [3 * HOUR - 1, [parked], []],
      [3 * HOUR, [parked], ['again']],
      [7 * HOUR, [parked], ['again']],
      [15 * HOUR, [parked], ['again']],
      [31 * HOUR, [parked], ['again']],
      [55 * HOUR - 1, [parked], []],
      [55 * HOUR, [parked], ['again']],
      [79 * HOUR, [parked], ['again']],
    ],
  },
  {
    name: 'what is over is resolved, once',
    looks: [
      [0, [parked], ['fired']],
      [MINUTE, [], ['resolved']],
      [2 * MINUTE, [], []],
    ],
  },
  {
    name: 'what passes by itself is no news',
    looks: [
      [0, [circuit], []],
      [20_000, [circuit], []],
      [25_000, [], []],
      [40_000, [circuit], []],
      [69_999, [circuit], []],
      [70_000, [circuit], ['fired']],
    ],
  },
  {
    name: 'what comes and goes is one alert',
    looks: [
      [0, [budget(1)], ['fired']],
      [10_000, [], []],
      [60_000, [budget(1)], []],
      [70_000, [], []],
      [129_999, [], []],
      [130_000, [], ['resolved']],
    ],
  },
  {
    name: 'a higher level is told at once, and the same one never twice',
    looks: [
      [0, [budget(1)], ['fired']],
      [1, [budget(2)], ['worse']],
      [2, [budget(1)], []],
      [3, [budget(2)], []],
      [4, [budget(4)], ['worse']],
    ],
  },
  {
    name: 'a higher level begins the repeats anew',
    looks: [
      [0, [budget(1)], ['fired']],
      [HOUR, [budget(1)], ['again']],
      [2 * HOUR, [budget(2)], ['worse']],
      [3 * HOUR - 1, [budget(2)], []],
      [3 * HOUR, [budget(2)], ['again']],
    ],
  },
  {
    name: 'two subjects are two alerts',
    looks: [
      [0, [parked], ['fired']],
      [1, [parked, { ...parked, subject: 'account b' }], ['fired']],
      [2, [{ ...parked, subject: 'account b' }], ['resolved']],
    ],
  },
  { name: 'the same one said twice is one', looks: [[0, [parked, parked], ['fired']]] },
];

describe('AlertBook', () => {
  it.each(table)('$name', ({ looks }) => {
    const book = new AlertBook({ repeatMs: HOUR, maxRepeatMs: 24 * HOUR });
    for (const [atMs, conditions, news] of looks) {
      expect([atMs, book.look(conditions, atMs).map(({ kind }) => kind)]).toEqual([atMs, news]);
    }
  });

  it('knows what is firing, and since when', () => {
    const book = new AlertBook({ repeatMs: HOUR, maxRepeatMs: HOUR });
    book.look([parked, circuit], 5);
    expect(book.firing()).toEqual([{ ...parked, firedAtMs: 5 }]);
    expect(book.firing('circuit_open')).toEqual([]);
  });

  const many = Array.from({ length: 5_000 }, (_, index) => ({ ...budget(1), subject: `tenant t${index}` }));

  it('keeps a thousand of a rule and no more', () => {
    const book = new AlertBook({ repeatMs: HOUR, maxRepeatMs: HOUR });
    expect(book.look(many, 0)).toHaveLength(1_000);
    book.look([], MINUTE);
    expect(book.look([], 2 * MINUTE)).toHaveLength(1_000);
  });

  it('tells of a dead credential although thousands of budgets are nearly spent', () => {
    const book = new AlertBook({ repeatMs: HOUR, maxRepeatMs: HOUR });
    book.look(many, 0);
    expect(book.look([...many, parked], 1).map(({ alert }) => alert.subject)).toEqual(['account a']);
  });
});
