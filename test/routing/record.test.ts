/** A choice that was logged can be made again: rules see the same facts, and the score has the same features. */
import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../src/config/parse.ts';
import type { ChatRequest } from '../../src/core/chat.ts';
import { choose } from '../../src/routing/choose.ts';
import { estimate } from '../../src/routing/estimate.ts';
import type { Facts } from '../../src/routing/facts/facts.ts';
import { factsFrom, fieldsAsked, recordOf, RoutingRecord, withContributions } from '../../src/routing/record.ts';
import { decide } from '../../src/routing/rules/decide.ts';
import { check } from '../../src/server/check.ts';

const FIELDS = { headers: ['x-team'], metadata: ['app'] };
const FACTS = [
  'asked',
  'key',
  'session',
  'metadata',
  'toolCount',
  'toolNames',
  'toolParameters',
  'media',
  'structured',
  'inputTokens',
  'outputTokens',
  'language',
  'turn',
  'inToolLoop',
  'isHousekeeping',
  'isStalled',
  'isFollowUp',
  'pin',
  'atMs',
  'budgetLeft',
] as const satisfies readonly Exclude<keyof Facts, 'header'>[];
const AT_MS = Date.parse('2026-11-22T12:00:00Z');
const { routing, memory } = check({
  configuration: parseConfiguration('', 'test', {}),
  environment: {},
  source: 'test',
  practice: true,
}).gateway;

function recorded(more: Partial<ChatRequest>, headers: Record<string, string> = {}, ask?: string) {
  const request: ChatRequest = { model: 'auto', messages: [{ role: 'user', content: 'Hello' }], ...more };
  const wanted = {
    request,
    estimate: estimate(request, JSON.stringify(request).length),
    key: 'app',
    header: (name: string) => headers[name],
    ceilings: { maxCostUsd: 0.5 },
    nowMs: AT_MS,
  };
  const choice = choose(wanted, routing, memory);
  const record = recordOf(choice, { fields: FIELDS, ceilings: wanted.ceilings, ask });
  const line = JSON.stringify(record);
  return { choice, line, record: RoutingRecord.parse(JSON.parse(line)) };
}

const TOOL = { type: 'function', function: { name: 'read_file', parameters: { properties: { path: {} } } } } as const;
const CALL = { id: 'c', type: 'function', function: { name: 'read_file', arguments: '{}' } } as const;
const rows: { name: string; request: Partial<ChatRequest>; headers?: Record<string, string> }[] = [
  { name: 'a short ask', request: {} },
  {
    name: 'a long one, scored by its words',
    request: {
      messages: [{ role: 'user', content: 'Prove step by step that this 1 + 1 is 2, and compare two proofs.' }],
    },
  },
  { name: 'tools', request: { tools: [TOOL] } },
  {
    name: 'an agent in its loop',
    request: {
      tools: [TOOL],
      messages: [
        { role: 'user', content: 'Mend the test' },
        { role: 'assistant', tool_calls: [CALL] },
        { role: 'tool', tool_call_id: 'c', content: 'ok' },
      ],
    },
  },
  {
    name: 'an image',
    request: {
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] }],
    },
  },
  { name: 'an answer by a schema', request: { response_format: { type: 'json_object' } } },
  { name: 'a pinned tier', request: {}, headers: { 'x-signalbox-tier': 'opus' } },
  {
    name: 'what rules ask for of headers and metadata',
    request: { metadata: { app: 'mail' } },
    headers: { 'x-team': 'a' },
  },
  { name: 'a model asked for by name', request: { model: 'claude-sonnet-5-5' } },
];

describe('the record of', () => {
  it.each(rows)('$name gives the same facts', ({ request, headers }) => {
    const { choice, record } = recorded(request, headers);
    const again = factsFrom(record, { asked: choice.facts.asked, key: 'app' });
    expect(plain(again)).toEqual(plain(choice.facts));
    expect(again.header('x-team')).toBe(headers?.['x-team']);
  });

  it.each(rows.filter(({ request }) => request.model === undefined))('$name gives the same decision', (row) => {
    const { choice, record } = recorded(row.request, row.headers);
    const again = decide(routing.rules, factsFrom(record, { asked: choice.facts.asked, key: 'app' }), {
      score: () => routing.scorer.fromValues(record.values ?? []),
      previousTier: undefined,
      random: () => 0.5,
    });
    const { tier, fired, strategy } = again;
    expect(choice.decision).toMatchObject({ tier, fired, strategy });
    expect(record).toMatchObject({ tier, strategy });
  });
});

/** All that rules may ask for but headers, which are asked for by name. */
function plain(facts: Facts): object {
  return Object.fromEntries(FACTS.map((name) => [name, name === 'metadata' ? { ...facts.metadata } : facts[name]]));
}

describe('a record', () => {
  it("has none of the client's words", () => {
    const { line } = recorded({ messages: [{ role: 'user', content: 'Zanzibar' }], metadata: { other: 'Quito' } });
    expect(line).not.toMatch(/Zanzibar|Quito/);
  });

  it('has the ask where it may be kept, cut', () => {
    const { record } = recorded({}, {}, 'x'.repeat(20_000));
    expect(record.ask).toHaveLength(10_000);
  });

  it('has the ceilings of the request and no tenant in the session', () => {
    const { record, choice } = recorded({});
    expect(record.maxCostUsd).toBe(0.5);
    expect(`app:${record.session}`).toBe(choice.facts.session);
  });

  it('says who was dropped and why, and what made the score', () => {
    const audio = { type: 'input_audio' as const, input_audio: { data: 'UklGRg==', format: 'wav' as const } };
    const { record, choice } = recorded({ messages: [{ role: 'user', content: [audio] }] });
    expect(record.dropped?.[0]).toEqual({
      deployment: choice.dropped[0]?.deployment.id,
      why: expect.stringContaining('does not take'),
    });
    const told = withContributions(recorded({}).record, routing.scorer);
    const first = recorded({}).choice.decision?.complexity?.contributions[0];
    expect(told).toMatchObject({ contributions: expect.arrayContaining([{ ...first, value: expect.any(Number) }]) });
    expect(recorded({}).record.dropped).toBeUndefined();
  });

  it('stays small, whatever the request brings', () => {
    const tools = Array.from({ length: 500 }, (_, index) => ({
      type: 'function' as const,
      function: { name: `${'n'.repeat(900)}${index}` },
    }));
    const { line, record } = recorded({ tools, metadata: { app: 'y'.repeat(9_000) } });
    expect(record.facts.metadata?.['app']).toHaveLength(200);
    expect(line.length).toBeLessThan(16_000);
  });
});

describe('fields asked', () => {
  it('are those that conditions name, however deep, in lower case', () => {
    const when = {
      header: { 'X-Team': 'a' },
      any: [{ metadata: { app: true } }, { not: { header: { 'X-B': true } } }],
    };
    const rules = [{ name: 'one', when, do: { tier: 'haiku' } }];
    expect(fieldsAsked({ rules }, {})).toEqual({ headers: ['x-team', 'x-b'], metadata: ['app'] });
  });

  it('are never credentials', () => {
    const rules = [
      {
        name: 'one',
        when: { header: { Authorization: '*', cookie: '*', 'X-Auth-Token': true, 'CF-Access-Client-Secret': '*' } },
        do: { tier: 'haiku' },
      },
    ];
    expect(fieldsAsked({ rules })).toEqual({ headers: [], metadata: [] });
    const named = [{ name: 'one', when: { metadata: { author: '*', max_tokens: true } }, do: { tier: 'haiku' } }];
    expect(fieldsAsked({ rules: named }).metadata).toEqual(['author', 'max_tokens']);
  });
});
