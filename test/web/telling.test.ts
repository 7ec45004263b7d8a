/** The pure parts of the page: how numbers, times, budgets and requests are told. */
import { describe, expect, it } from 'vitest';
import { addressOf, hashOf } from '../../web/address.ts';
import { allowance, termsOf, writtenOf } from '../../web/keys/terms.ts';
import { forecastOf } from '../../web/money/forecast.ts';
import { scaleOf } from '../../web/parts/scale.ts';
import { diffOf, hunksOf } from '../../web/rules/diff.ts';
import { grown, NO_ANSWER } from '../../web/playground/answer.ts';
import { codeOf } from '../../web/playground/code.ts';
import { addressOf as routerOf, bodyOf, FIRST_DRAFT } from '../../web/playground/request.ts';
import { bucketsBetween, fromOf } from '../../web/time.ts';
import { ago, count, duration, obstacle, percent, usd } from '../../web/words.ts';

describe('in words', () => {
  it.each([
    [usd(0), '$0'],
    [usd(null), 'unknown'],
    [usd(12.345), '$12.35'],
    [usd(1), '$1.00'],
    [usd(0.2), '$0.20'],
    [usd(0.05), '$0.05'],
    [usd(0.000123), '$0.00012'],
    [usd(0.0000000004), '$0.00'],
    [usd(250_000), '$250K'],
    [count(99_999), '99,999'],
    [count(1_234_567), '1.2M'],
    [duration(12.4), '12 ms'],
    [duration(1_500), '1.5 s'],
    [duration(90_000), '2 min'],
    [duration(7_200_000), '2 h'],
    [duration(undefined), '–'],
    [duration(Infinity), '–'],
    [percent(0.5), '50 %'],
    [percent(0.9999, 1), '99.9 %'],
    [percent(1, 1), '100.0 %'],
    [percent(Number.NaN), '–'],
    [ago(undefined, 0), 'never'],
    [ago(1_000, 6_000), '5.0 s ago'],
    [obstacle('limited:inputTokens'), 'no room: input tokens'],
    [obstacle('something_new'), 'something new'],
  ])('%s', (says, expected) => expect(says).toBe(expected));
});

describe('an axis', () => {
  it.each([
    { highest: 0, ticks: [0], max: 1 },
    { highest: 3, ticks: [0, 1, 2, 3], max: 3 },
    { highest: 37, ticks: [0, 10, 20, 30, 40], max: 40 },
    { highest: 0.00007, ticks: 5, max: 0.00008 },
  ])('up to $highest begins at zero', ({ highest, ticks, max }) => {
    const scale = scaleOf(highest);
    expect(scale.max).toBeCloseTo(max, 12);
    expect(typeof ticks === 'number' ? scale.ticks.length : scale.ticks).toEqual(ticks);
  });
});

describe('time', () => {
  const nowMs = Date.UTC(2026, 10, 22, 14, 30);

  it.each([
    ['1h', '2026-11-22T13:30:00.000Z'],
    ['today', '2026-11-22T00:00:00.000Z'],
    ['month', '2026-11-01T00:00:00.000Z'],
    ['7d', '2026-11-15T14:30:00.000Z'],
  ] as const)('since %s is since %s', (since, from) => expect(fromOf(since, nowMs)).toBe(from));

  it('has a bucket for every hour, empty or not', () => {
    const buckets = bucketsBetween('2026-11-22T10:20:00Z', '2026-11-22T13:00:00Z', 'hour');
    expect(buckets.map((at) => new Date(at).getUTCHours())).toEqual([10, 11, 12]);
  });
});

describe('an address', () => {
  it.each(['#/requests/req_1', '#/requests?tenant=a%26b&outcome=timeout', '#/money?since=7d&by=key', '#/line'])(
    '%s is read as it is written',
    (hash) => expect(hashOf(addressOf(hash))).toBe(hash),
  );
});

describe('a forecast', () => {
  const budget = { kind: 'key', name: 'a', measure: 'usd', isBudget: true, limit: 10, reserved: 0 } as const;
  const hourMs = 3_600_000;

  it.each([
    { name: 'goes on as it went', used: 2, resetMs: 12 * hourMs, says: { amount: 4, endsInMs: undefined } },
    { name: 'says when it is spent', used: 8, resetMs: 12 * hourMs, says: { amount: 16, endsInMs: 3 * hourMs } },
    { name: 'says that it is spent', used: 11, resetMs: 12 * hourMs, says: { amount: 22, endsInMs: 0 } },
    { name: 'says nothing of a day that has just begun', used: 2, resetMs: 23.5 * hourMs, says: undefined },
    { name: 'says nothing where nothing is used', used: 0, resetMs: 12 * hourMs, says: undefined },
  ])('$name', ({ used, resetMs, says }) => {
    expect(forecastOf({ ...budget, span: 'day', used, resetMs }, 0)).toEqual(says);
  });

  it('knows how long a month is', () => {
    const nowMs = Date.UTC(2026, 1, 15);
    const reading = { ...budget, span: 'month', used: 1, resetMs: Date.UTC(2026, 2, 1) - nowMs } as const;
    expect(forecastOf(reading, nowMs)?.amount).toBeCloseTo(2, 6);
  });

  it('says nothing of what never ends', () => {
    expect(forecastOf({ ...budget, span: 'total', used: 1, resetMs: null }, 0)).toBeUndefined();
  });
});

describe('what changes in a text', () => {
  const said = (before: string, after: string) => diffOf(before, after).map(({ sign, text }) => sign + text);
  it.each([
    { name: 'nothing', before: 'a\nb\n', after: 'a\nb\n', says: [' a', ' b'] },
    { name: 'all', before: 'a\n', after: 'b\n', says: ['-a', '+b'] },
    { name: 'from nothing', before: '', after: 'a\nb\n', says: ['+a', '+b'] },
    { name: 'to nothing', before: 'a\n', after: '', says: ['-a'] },
    { name: 'a line in the middle', before: 'a\nb\nc\n', after: 'a\nx\nc\n', says: [' a', '-b', '+x', ' c'] },
    { name: 'lines that move', before: 'a\nb\nc\nd\n', after: 'c\na\nb\nd\n', says: ['+c', ' a', ' b', '-c', ' d'] },
    { name: 'a line that comes twice', before: 'a\n', after: 'a\na\n', says: [' a', '+a'] },
  ])('is $name', ({ before, after, says }) => expect(said(before, after)).toEqual(says));

  it('can be made again from what is said', () => {
    const lines = (seed: number) => Array.from({ length: 40 }, (_, index) => String((index * seed) % 7)).join('\n');
    const [before, after] = [lines(3), lines(5)];
    const diff = diffOf(before, after);
    const side = (gone: string) => diff.filter(({ sign }) => sign !== gone).map(({ text }) => text);
    expect([side('+').join('\n'), side('-').join('\n')]).toEqual([before, after]);
  });

  it('is shown with a little around it', () => {
    const text = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    const after = text.with(5, 'x').with(25, 'y');
    const hunks = hunksOf(diffOf(text.join('\n'), after.join('\n')));
    expect(hunks.map((hunk) => hunk.length)).toEqual([8, 8]);
  });
});

describe('what a key may do', () => {
  it('is said in one line', () => {
    const limits = { requestsPerMinute: 60, concurrency: 4 };
    const share = { models: ['a', 'b*'], limits, budgets: { usd: { perDay: 1, total: 9 } }, maxCostUsd: 0.5 };
    expect(allowance(share)).toBe(
      'models: a, b*; 60 requests a minute; 4 at once; $1 a day; $9 in all; at most $0.5 a request',
    );
    expect(allowance({})).toBe('everything that stands above it allows');
  });

  it('comes back from a form as it went in', () => {
    const share = { models: ['a', 'b*'], limits: { requestsPerMinute: 60 }, maxLatencyMs: 500 };
    expect(termsOf(writtenOf(share), undefined)).toEqual(share);
    expect(termsOf(writtenOf(undefined), null).models).toBeNull();
    expect(termsOf({ ...writtenOf(undefined), budgets: '$1/day' }, undefined)).toEqual({ budgets: '$1/day' });
  });
});

describe('the playground', () => {
  it('sends what is written, and nothing else', () => {
    expect(bodyOf({ ...FIRST_DRAFT, user: 'Hi', isStreamed: false }, 'auto')).toEqual({
      model: 'auto',
      messages: [{ role: 'user', content: 'Hi' }],
    });
    const full = { ...FIRST_DRAFT, system: 'Be brief', image: 'data:x', maxTokens: '9', schema: '{"type":"object"}' };
    expect(bodyOf(full, 'auto')).toMatchObject({
      messages: [{ role: 'system' }, { role: 'user', content: [{ type: 'text' }, { image_url: { url: 'data:x' } }] }],
      stream: true,
      max_completion_tokens: 9,
      response_format: { json_schema: { schema: { type: 'object' } } },
    });
    expect(() => bodyOf({ ...FIRST_DRAFT, tools: '{' }, 'auto')).toThrow('Tools: this is no JSON');
  });

  it('joins the pieces of an answer', () => {
    const pieces = [
      { choices: [{ delta: { reasoning_content: 'Hm' } }] },
      { choices: [{ delta: { content: 'Hel' } }] },
      { choices: [{ delta: { content: 'lo', tool_calls: [{ index: 0, function: { name: 'f', arguments: '{' } }] } }] },
      {
        choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: '}' } }] }, finish_reason: 'tool_calls' }],
      },
      { choices: [], usage: { prompt_tokens: 1 } },
    ];
    expect(pieces.reduce(grown, NO_ANSWER)).toEqual({
      text: 'Hello',
      reasoning: 'Hm',
      tools: [{ name: 'f', arguments: '{}' }],
      finishReason: 'tool_calls',
      usage: { prompt_tokens: 1 },
      failure: undefined,
    });
    expect(grown(NO_ANSWER, { error: { message: 'It broke' } }).failure).toBe('It broke');
  });

  const call = { address: 'http://a/v1', body: { model: "it's", stream: true, n: null }, headers: { 'x-y': 'z' } };

  it('quotes for a shell, and speaks Python', () => {
    expect(codeOf.curl(call)).toContain(String.raw`{"model":"it'\''s"`);
    expect(codeOf.Python(call)).toContain('stream=True');
    expect(codeOf.Python(call)).toContain('n=None');
    expect(codeOf.Node(call)).toContain("baseURL: 'http://a/v1'");
  });

  it.each([
    { page: { origin: 'http://127.0.0.1:8788', port: '8788' }, says: 'http://127.0.0.1:8787/v1' },
    { page: { origin: 'https://box.example.dev', port: '' }, says: 'https://box.example.dev/v1' },
  ])('knows where the router is from $page.origin', ({ page, says }) => {
    const configuration = { server: { host: '127.0.0.1', port: 8787 }, admin: { port: 8788 } };
    expect(routerOf(configuration, page)).toBe(says);
  });
});
