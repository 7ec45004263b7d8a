import { describe, expect, it } from 'vitest';
import { readCsv } from '../../../src/routing/learn/csv.ts';
import { readLabels } from '../../../src/routing/learn/labels.ts';

describe('CSV', () => {
  it.each([
    {
      name: 'fields are parted by commas',
      text: 'a,b\n1,2\n',
      records: [
        ['a', 'b'],
        ['1', '2'],
      ],
    },
    { name: 'a quoted field may hold commas', text: '"a,b",c', records: [['a,b', 'c']] },
    {
      name: 'a quoted field may hold line breaks',
      text: '"a\nb",c\nd,e',
      records: [
        ['a\nb', 'c'],
        ['d', 'e'],
      ],
    },
    { name: 'a doubled quote is a quote', text: '"say ""hi""",2', records: [['say "hi"', '2']] },
    {
      name: 'lines may end as on Windows',
      text: 'a,b\r\n"c",d\r\n',
      records: [
        ['a', 'b'],
        ['c', 'd'],
      ],
    },
    { name: 'an empty line is no record', text: 'a\n\nb\n', records: [['a'], ['b']] },
    {
      name: 'an empty field is a field',
      text: 'a,,b\n"",,',
      records: [
        ['a', '', 'b'],
        ['', '', ''],
      ],
    },
    { name: 'an empty quoted field alone is no record', text: '""', records: [] },
  ])('$name', ({ text, records }) => {
    expect(readCsv(text).map(({ fields }) => fields)).toEqual(records);
  });

  it('a record knows the line that it begins in', () => {
    expect(readCsv('a\n"b\nc\nd"\ne').map(({ line }) => line)).toEqual([1, 2, 5]);
  });

  it.each([
    { name: 'a quote that is never closed', text: 'a\n"b', says: 'line 2: a quote is opened and never closed' },
    { name: 'text after a closing quote', text: '"a"b,c', says: 'line 1: after a closing quote only a comma' },
  ])('$name is refused', ({ text, says }) => {
    expect(() => readCsv(text)).toThrow(says);
  });
});

describe('labels', () => {
  it.each([
    { name: 'a label stands for itself', row: { label: 0.3 }, label: 0.3, gain: 0.3, source: 'label' },
    { name: 'haiku needs no strong model', row: { tier: 'haiku' }, label: 0, gain: 0, source: 'tier' },
    { name: 'sonnet is half way', row: { tier: 'sonnet' }, label: 0.5, gain: 0.5, source: 'tier' },
    { name: 'opus needs it', row: { tier: 'opus' }, label: 1, gain: 1, source: 'tier' },
    { name: 'the better strong model is needed', row: { weak: 0, strong: 1 }, label: 1, gain: 1, source: 'scores' },
    {
      name: 'two right answers leave the label in the middle',
      row: { weak: 1, strong: 1 },
      label: 0.5,
      gain: 0,
      source: 'scores',
    },
    {
      name: 'a better weak model counts against the strong one',
      row: { weak: 1, strong: 0 },
      label: 0,
      gain: -1,
      source: 'scores',
    },
    { name: 'praise of haiku: it did', row: { thumb: 'up', tier: 'haiku' }, label: 0, gain: 0, source: 'thumb' },
    {
      name: 'praise of opus does not say it was needed',
      row: { thumb: 'up', tier: 'opus' },
      label: 0.5,
      gain: 0.5,
      source: 'thumb',
    },
    {
      name: 'a complaint says more was needed',
      row: { thumb: 'down', tier: 'haiku' },
      label: 1,
      gain: 1,
      source: 'thumb',
    },
  ])('$name', ({ row, label, gain, source }) => {
    expect(readLabels(JSON.stringify({ text: 'x', ...row }), 'jsonl')).toEqual([
      { text: 'x', tools: 0, label, gain, source },
    ]);
  });

  it('CSV and JSONL say the same', () => {
    const csv = '\uFEFFText,tools,label,tier\n"a, b",2,0.25,\nc,,,opus\n';
    const jsonl = '{"text":"a, b","tools":2,"label":0.25}\n\n{"text":"c","tier":"opus","label":null}\n';
    expect(readLabels(csv, 'csv')).toEqual(readLabels(jsonl, 'jsonl'));
    expect(readLabels(csv, 'csv')).toHaveLength(2);
  });

  it.each([
    { name: 'a label beyond one', text: 'text,label\na,2', says: 'line 2: "label" must be 0 to 1' },
    {
      name: 'a label that is no number',
      text: 'text,label\na,high',
      says: 'line 2: "label" must be a number from 0 to 1',
    },
    { name: 'an unknown tier', text: 'text,tier\na,gpt', says: 'line 2: "tier" must be haiku, sonnet or opus' },
    {
      name: 'a thumb without its tier',
      text: 'text,thumb\na,up',
      says: 'line 2: "tier" must say which tier the thumb is about',
    },
    { name: 'one score of two', text: 'text,weak\na,1', says: 'line 2: "strong" must stand beside "weak"' },
    { name: 'no text', text: 'label\n1', says: 'line 2: "text" must be a text' },
    { name: 'nothing that labels', text: 'text\na', says: 'line 2: "label" is missing' },
    { name: 'the line after a field of several lines', text: 'text,label\n"a\nb",1\nc,9', says: 'line 4: "label"' },
  ])('$name is refused, with its line and field', ({ text, says }) => {
    expect(() => readLabels(text, 'csv')).toThrow(says);
  });

  it('JSON that is none is refused, and every mistake is named at once', () => {
    const text = '{"text":"a","label":1}\n{nonsense\n{"text":"","label":1}\n[]';
    expect(() => readLabels(text, 'jsonl')).toThrow(
      'line 2: is no JSON\nline 3: "text" must be a text\nline 4: "text" must be a text',
    );
  });

  it('of many mistakes twenty are told', () => {
    const text = Array.from({ length: 30 }, () => '{"text":"a"}').join('\n');
    expect(() => readLabels(text, 'jsonl')).toThrow('and 10 more');
  });
});
