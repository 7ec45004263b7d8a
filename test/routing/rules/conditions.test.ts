import { describe, expect, test } from 'vitest';
import { type Case, decided, EASY, HARD } from './support.ts';

/** Whether a rule with this condition applies. */
function holds(when: object, each: Case): boolean {
  return decided({ rules: [{ name: 'it', when, do: { reject: 'It applies.' } }] }, each).reject === 'It applies.';
}

type Row = [sentence: string, when: object, yes: Case, no: Case];

const at = (day: number, hour: number, minute = 0) => Date.UTC(2026, 10, day, hour, minute); // The 23rd is a Monday.
const header = (name: string, value: string): Case => ({ headers: { [name]: value } });
const metadata = (name: string, value: string): Case => ({ metadata: { [name]: value } });

describe('a condition holds for one and not for the other', () => {
  test.each<Row>([
    ['the model asked for', { model: 'auto' }, {}, { asked: 'auto-quality' }],
    ['one of several models', { model: ['a', 'auto-*'] }, { asked: 'auto-economy' }, {}],
    ['a model that is asked for by name', { model: 'gpt-*' }, { asked: 'gpt-6-luna' }, { asked: 'claude' }],
    ['the key', { key: 'team-*' }, { key: 'team-a' }, { key: 'ops' }],
    ['a star in the middle', { key: 'a*c*e' }, { key: 'abcde' }, { key: 'abcd' }],
    ['what stands around a star does not overlap', { key: 'aba*aba' }, { key: 'abaaba' }, { key: 'aba' }],
    ['signs of regular expressions mean themselves', { key: 'a.(b)+[*' }, { key: 'a.(b)+[c' }, { key: 'axbb' }],
    [
      'a header, however it is written',
      { header: { 'X-Team': 'blue' } },
      header('x-team', 'blue'),
      header('x-team', 'red'),
    ],
    ['a header that is there', { header: { 'x-team': true } }, header('x-team', ''), {}],
    ['a header that is not there', { header: { 'x-team': false } }, {}, header('x-team', 'blue')],
    [
      'a field of metadata',
      { metadata: { app: ['mail', 'chat*'] } },
      metadata('app', 'chat-2'),
      metadata('app', 'code'),
    ],
    ['a field that every object has is no metadata', { metadata: { toString: true } }, metadata('toString', 'x'), {}],
    [
      'metadata that is no text matches nothing',
      { metadata: { n: '*' } },
      metadata('n', '1'),
      { metadata: { n: 1 as never } },
    ],
    ['enough tools', { tools: { atLeast: 2 } }, { toolCount: 2 }, { toolCount: 1 }],
    ['not too many tools', { tools: { atMost: 2 } }, { toolCount: 2 }, { toolCount: 3 }],
    ['a tool by name', { tools: { any: 'mcp__*' } }, { toolNames: ['read', 'mcp__x'] }, { toolNames: ['read'] }],
    ['a medium', { input: 'pdf' }, { media: ['image', 'pdf'] }, { media: ['image'] }],
    ['one of several media', { input: ['audio', 'video'] }, { media: ['video'] }, {}],
    ['any structured output', { structured: true }, { structured: 'json_object' }, {}],
    ['no structured output', { structured: false }, {}, { structured: 'json_schema' }],
    [
      'a certain structured output',
      { structured: 'json_schema' },
      { structured: 'json_schema' },
      { structured: 'json_object' },
    ],
    ['a long prompt', { tokens: { atLeast: 1_000 } }, { inputTokens: 1_000 }, { inputTokens: 999 }],
    ['a short answer', { outputTokens: { atMost: 50 } }, { outputTokens: 50 }, { outputTokens: 51 }],
    ['the language', { language: ['de', 'fr'] }, { language: 'de' }, { language: undefined }],
    ['the turn', { turn: { atLeast: 3 } }, { turn: 3 }, { turn: 2 }],
    ['little of the budget is left', { budgetLeft: { below: 0.1 } }, { budgetLeft: 0.09 }, { budgetLeft: 0.1 }],
    [
      'without a budget none is near its end',
      { budgetLeft: { below: 1 } },
      { budgetLeft: 0 },
      { budgetLeft: undefined },
    ],
    ['the score', { score: { atLeast: 0.2, below: 0.6 } }, { score: 0.2 }, { score: 0.6 }],
    ['the tier that the score deserves', { tier: 'opus' }, { score: HARD }, { score: EASY }],
    ['one of several tiers', { tier: ['haiku', 'opus'] }, { score: EASY }, {}],
    ['a tier and those above', { tier: { atLeast: 'sonnet' } }, {}, { score: EASY }],
    ['the tiers below', { tier: { below: 'sonnet' } }, { score: EASY }, {}],
    [
      'the tier goes by the profile of the route',
      { tier: 'opus' },
      { asked: 'auto-quality', score: 0.6 },
      { score: 0.6 },
    ],
    ['the client pins', { pinned: true }, { pin: 'opus' }, {}],
    ['the client does not pin', { pinned: false }, {}, { pin: 'opus' }],
    ['an agent at work', { toolLoop: true }, { inToolLoop: true }, {}],
    ['a follow-up', { followUp: true }, { isFollowUp: true }, {}],
    ['housekeeping', { housekeeping: true }, { isHousekeeping: true }, {}],
    ['a stalled agent', { stalled: true }, { isStalled: true }, {}],
    ['hours of the day', { time: { from: '08:00', to: '12:00' } }, { atMs: at(23, 8) }, { atMs: at(23, 12) }],
    ['days of the week', { time: { days: ['sat', 'sun'] } }, { atMs: at(22, 23, 59) }, { atMs: at(23, 0) }],
    ['a night passes midnight', { time: { from: '22:00', to: '06:00' } }, { atMs: at(23, 5, 59) }, { atMs: at(23, 6) }],
    [
      'a night belongs to the day on which it begins',
      { time: { days: ['fri'], from: '22:00', to: '06:00' } },
      { atMs: at(28, 2) }, // Saturday.
      { atMs: at(27, 2) }, // Friday.
    ],
    ['until midnight', { time: { from: '20:00', to: '24:00' } }, { atMs: at(23, 23, 59) }, { atMs: at(23, 0) }],
    [
      "another place's clock",
      { time: { days: ['tue'], to: '01:00', zone: 'Asia/Kolkata' } },
      { atMs: at(23, 18, 30) },
      { atMs: at(23, 18, 29) },
    ],
    [
      'a clock that is put back',
      { time: { from: '02:30', to: '03:00', zone: 'Europe/Berlin' } },
      { atMs: Date.UTC(2026, 9, 25, 1, 45) },
      { atMs: Date.UTC(2026, 9, 25, 2, 45) },
    ],
    ['all that is said', { key: 'a', turn: { atLeast: 2 } }, { key: 'a', turn: 2 }, { key: 'a' }],
    ['not what stands under not', { not: { key: 'a', turn: { atLeast: 2 } } }, { key: 'a' }, { key: 'a', turn: 2 }],
    ['one of what stands under any', { any: [{ key: 'a' }, { key: 'b' }] }, { key: 'b' }, { key: 'c' }],
    ['none of several', { not: { any: [{ key: 'a' }, { key: 'b' }] } }, { key: 'c' }, { key: 'b' }],
  ])('%s', (_sentence, when, yes, no) => {
    expect([holds(when, yes), holds(when, no)]).toEqual([true, false]);
  });

  test('nothing said holds always', () => expect(holds({}, {})).toBe(true));

  test('a model that is asked for by name is left alone by rules that do not name it', () => {
    expect(holds({ key: 'app' }, { asked: 'gpt-6-luna' })).toBe(false);
  });

  test('the profile of a rule above counts', () => {
    const rules = [
      { name: 'first', do: { profile: 'quality' } },
      { name: 'second', when: { tier: 'opus' }, do: { reject: 'It applies.' } },
    ];
    expect(decided({ rules }, { score: 0.6 }).reject).toBe('It applies.');
    expect(decided({ rules: rules.toReversed() }, { score: 0.6 }).reject).toBeUndefined();
  });

  test('the score is asked for only where something depends on it, and then once', () => {
    const rules = [1, 2].map((n) => ({ name: `${n}`, when: { score: { atLeast: 0.95 } }, do: { tier: 'opus' } }));
    expect(decided({ rules }).complexity).toBeDefined();
    expect(decided({}, { isHousekeeping: true }).complexity).toBeUndefined();
  });
});
