/** What a log teaches: thumbs, judges, and who had to ask a stronger model again. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labelsFrom, LogLabels } from '../../src/server/labels.ts';
import { BadLines, type LoggedRequest } from '../../src/server/log-lines.ts';

const RANKS = new Map([
  ['haiku', 0],
  ['sonnet', 1],
  ['opus', 2],
]);

function asked(requestId: string, tier: string, more: { routing?: object; facts?: object; key?: string } = {}) {
  const line: LoggedRequest = {
    message: 'request',
    requestId,
    key: more.key ?? 'app',
    asked: 'auto',
    outcome: 'ok',
    durationMs: 1,
    routing: {
      atMs: 0,
      session: 's',
      facts: { inputTokens: 1, outputTokens: 1, turn: 1, toolCount: 2, ...more.facts },
      tier,
      candidates: [],
      ask: 'Why?',
      ...more.routing,
    },
  };
  return line;
}

const thumb = (requestId: string, score: number, key = 'app') => ({
  message: 'feedback' as const,
  requestId,
  key,
  score,
});

function labels(...lines: Parameters<LogLabels['add']>[0][]): (number | undefined)[] {
  const log = new LogLabels(RANKS);
  for (const line of lines) log.add(line);
  return log.rows().map(({ label }) => label);
}

const rows: { name: string; lines: Parameters<LogLabels['add']>[0][]; labels: number[] }[] = [
  { name: 'nothing from an answer that nobody judged', lines: [asked('1', 'haiku')], labels: [] },
  {
    name: 'that a complaint about a weak model asks for more',
    lines: [asked('1', 'haiku'), thumb('1', 0)],
    labels: [1],
  },
  { name: 'that a praised weak model is enough', lines: [asked('1', 'haiku'), thumb('1', 1)], labels: [0] },
  { name: 'little from praise of a strong one', lines: [asked('1', 'opus'), thumb('1', 1)], labels: [0.5] },
  { name: "a judge's score in between", lines: [asked('1', 'haiku'), thumb('1', 0.75)], labels: [0.25] },
  { name: 'the last word of several', lines: [asked('1', 'haiku'), thumb('1', 0), thumb('1', 1)], labels: [0] },
  { name: 'nothing from a judge of another tenant', lines: [asked('1', 'haiku'), thumb('1', 0, 'other')], labels: [] },
  { name: 'nothing from feedback on nothing', lines: [thumb('1', 0)], labels: [] },
  {
    name: 'that who asks a stronger model again needed it',
    lines: [asked('1', 'haiku'), asked('2', 'opus')],
    labels: [1],
  },
  { name: 'nothing from asking a weaker one again', lines: [asked('1', 'opus'), asked('2', 'haiku')], labels: [] },
  {
    name: 'feedback before retries',
    lines: [asked('1', 'haiku'), asked('2', 'opus'), thumb('1', 1)],
    labels: [0],
  },
  {
    name: 'nothing from an agent that takes its next step',
    lines: [asked('1', 'haiku'), asked('2', 'opus', { facts: { inToolLoop: true } })],
    labels: [],
  },
  {
    name: 'nothing from "go on", said twice',
    lines: [asked('1', 'haiku', { facts: { isFollowUp: true } }), asked('2', 'opus', { facts: { isFollowUp: true } })],
    labels: [],
  },
  {
    name: 'nothing from another session',
    lines: [asked('1', 'haiku'), asked('2', 'opus', { routing: { session: 't' } })],
    labels: [],
  },
  {
    name: 'nothing from another turn',
    lines: [asked('1', 'haiku'), asked('2', 'opus', { facts: { turn: 3 } })],
    labels: [],
  },
  {
    name: 'nothing from housekeeping',
    lines: [asked('1', 'haiku', { facts: { isHousekeeping: true } }), thumb('1', 0)],
    labels: [],
  },
  {
    name: 'nothing where the words were not kept',
    lines: [asked('1', 'haiku', { routing: { ask: undefined } }), thumb('1', 0)],
    labels: [],
  },
];

describe('a log teaches', () => {
  it.each(rows)('$name', ({ lines, labels: expected }) => expect(labels(...lines)).toEqual(expected));

  it('from the ask and its tools', () => {
    const log = new LogLabels(RANKS);
    for (const line of [asked('1', 'haiku'), thumb('1', 0)]) log.add(line);
    expect(log.rows()).toEqual([{ text: 'Why?', tools: 2, label: 1, gain: 1, source: 'thumb' }]);
  });

  it('no more than it may remember: the oldest goes', () => {
    const log = new LogLabels(RANKS);
    for (let id = 0; id < 20_001; id++) log.add(asked(String(id), 'haiku', { routing: { ask: `Why ${id}?` } }));
    log.add(thumb('0', 0));
    log.add(thumb('1', 0));
    expect(log.rows().map(({ text }) => text)).toEqual(['Why 1?']);
  });
});

describe('a file is known by what is in it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-labels-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const log = [asked('1', 'haiku'), thumb('1', 0)].map((line) => JSON.stringify(line)).join('\n');
  const files = [
    { name: 'labels of JSON', path: file('a.jsonl', '{"text":"Why?","label":1}\n') },
    { name: 'labels of CSV', path: file('b.csv', 'text,label\nWhy?,1\n') },
    { name: 'a log', path: file('c.log', log) },
    { name: 'a log with a greeting', path: file('d.log', `Signalbox listens\n\n${log}`) },
  ];
  it.each(files)('$name', async ({ path }) => {
    expect(await labelsFrom(path, RANKS, new BadLines())).toMatchObject([{ text: 'Why?', label: 1 }]);
  });

  it('mistakes in labels are named with their file', async () => {
    const path = file('bad.jsonl', '{"text":"Why?","label":7}\n');
    await expect(labelsFrom(path, RANKS, new BadLines())).rejects.toThrow(/bad\.jsonl: .*\n?.*line 1.*label/);
  });
});
