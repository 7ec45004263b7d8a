import { describe, expect, it } from 'vitest';
import { AnswerCollector } from '../../src/answers/collector.ts';
import { StopFilter } from '../../src/answers/stop-filter.ts';

const table: { name: string; stops: string[]; deltas: string[]; says: string; done: boolean }[] = [
  { name: 'cuts before the stop', stops: ['END'], deltas: ['one END two'], says: 'one ', done: true },
  { name: 'finds a stop split over deltas', stops: ['END'], deltas: ['one E', 'N', 'D two'], says: 'one ', done: true },
  {
    name: 'lets go of what only looked like one',
    stops: ['END'],
    deltas: ['one EN', 'VY'],
    says: 'one ENVY',
    done: false,
  },
  {
    name: 'lets go of the held end when the answer ends',
    stops: ['END'],
    deltas: ['one EN'],
    says: 'one EN',
    done: false,
  },
  { name: 'takes the first of several', stops: ['two', 'one'], deltas: ['zero one two'], says: 'zero ', done: true },
  { name: 'knows overlapping beginnings', stops: ['aab'], deltas: ['aa', 'ab'], says: 'a', done: true },
  { name: 'ignores what comes after', stops: ['.'], deltas: ['a.', 'b', 'c'], says: 'a', done: true },
];

describe('StopFilter', () => {
  it.each(table)('$name', ({ stops, deltas, says, done }) => {
    const collector = new AnswerCollector();
    const filter = new StopFilter(collector, stops);
    for (const delta of deltas) filter.choice(0).text(delta);
    expect(filter.done).toBe(done);
    filter.choice(0).finish('length', 'max');
    const { content, finishReason } = collector.choice(0);
    expect({ content, finishReason }).toEqual({ content: says, finishReason: done ? 'stop' : 'length' });
  });

  it.each([
    { name: 'tells which it was', stops: ['two', 'one'], deltas: ['zero one two'], met: 'one' },
    { name: 'of two that begin alike, the one named first', stops: ['on', 'one'], deltas: ['one'], met: 'on' },
    { name: 'and what the provider met, where it met none', stops: ['two'], deltas: ['zero'], met: 'theirs' },
  ])('$name', ({ stops, deltas, met }) => {
    const collector = new AnswerCollector();
    const filter = new StopFilter(collector, stops);
    for (const delta of deltas) filter.choice(0).text(delta);
    filter.choice(0).finish('stop', 'stop_sequence', { stopSequence: 'theirs' });
    expect(collector.choice(0).stopSequence).toBe(met);
  });

  it('waits for every choice', () => {
    const filter = new StopFilter(new AnswerCollector(), ['x']);
    filter.choice(0).text('x');
    filter.choice(1).text('y');
    expect(filter.done).toBe(false);
  });

  it('waits for choices that have not begun', () => {
    const filter = new StopFilter(new AnswerCollector(), ['x'], 2);
    filter.choice(1).text('x');
    expect(filter.done).toBe(false);
    filter.choice(0).text('x');
    expect(filter.done).toBe(true);
  });
});
