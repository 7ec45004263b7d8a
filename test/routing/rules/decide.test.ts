import { describe, expect, test } from 'vitest';
import { decide, type Decision } from '../../../src/routing/rules/decide.ts';
import { createRules } from '../../../src/routing/rules/rules.ts';
import { type Case, complexity, decided, EASY, HARD, MIDDLING, PLAIN, shipped } from './support.ts';

const rule = (action: object, when: object = {}, name = 'mine') => ({ name, when, do: action });
const own = (...rules: object[]) => ({ rules });
type Row = [sentence: string, own: object, each: Case, expected: Partial<Decision>];

describe('the shipped rules', () => {
  const UP = ['sonnet', 'opus', 'haiku'];
  test.each<Row>([
    ['an easy ask goes to the lowest tier', {}, { score: EASY }, { tiers: ['haiku', 'sonnet', 'opus'] }],
    ['a middling one to the middle, then up, then down', {}, { score: MIDDLING }, { tiers: UP }],
    ['a hard one to the top', {}, { score: HARD }, { tiers: ['opus', 'sonnet', 'haiku'] }],
    ['a tier begins at its cut', {}, { score: 0.33 }, { tier: 'sonnet' }],
    ['economy never reaches the top', {}, { asked: 'auto-economy', score: 1 }, { tiers: ['sonnet', 'haiku'] }],
    ['quality never reaches the bottom', {}, { asked: 'auto-quality', score: 0 }, { tiers: ['sonnet', 'opus'] }],
    ['quality climbs sooner', {}, { asked: 'auto-quality', score: 0.55 }, { tier: 'opus' }],
    ['economy climbs later', {}, { asked: 'auto-economy', score: 0.4 }, { tier: 'haiku' }],
    ['a pin counts', {}, { pin: 'opus', score: EASY }, { tier: 'opus', reason: 'auto -> opus (pinned)' }],
    ['a pin skips floors', {}, { pin: 'haiku', toolCount: 5 }, { tiers: ['haiku', 'sonnet', 'opus'] }],
    ["a pin skips a route's floor, too", {}, { asked: 'auto-quality', pin: 'haiku' }, { tier: 'haiku' }],
    [
      'who pins the top does not fall below the floor of the route',
      {},
      { asked: 'auto-quality', pin: 'opus' },
      { tiers: ['opus', 'sonnet'] },
    ],
    ['a pin does not break a ceiling', {}, { asked: 'auto-economy', pin: 'opus' }, { tiers: ['sonnet', 'haiku'] }],
    [
      'a pin that is no tier is refused',
      {},
      { pin: 'mega' },
      { reject: 'x-signalbox-tier: there is no tier "mega", only haiku, sonnet, opus', tiers: [] },
    ],
    [
      'housekeeping goes cheap',
      {},
      { isHousekeeping: true, score: HARD, toolCount: 9 },
      { tier: 'haiku', reason: 'auto -> haiku (housekeeping)' },
    ],
    [
      'tools want care',
      {},
      { toolCount: 1, score: EASY },
      { tiers: UP, reason: 'auto -> sonnet (score 0.10: reasoning 0.4, code -0.3, floor of tools)' },
    ],
    ['a schema wants care', {}, { structured: 'json_schema', score: EASY }, { tier: 'sonnet' }],
    ['plain JSON does not', {}, { structured: 'json_object', score: EASY }, { tier: 'haiku' }],
    [
      'a follow-up stays where the conversation is',
      {},
      { isFollowUp: true, previousTier: 'opus', score: EASY },
      { tier: 'opus', complexity: undefined, reason: 'auto -> opus (conversation: as before)' },
    ],
    [
      'a follow-up of an unknown conversation is scored',
      {},
      { isFollowUp: true, score: EASY },
      { tier: 'haiku', fired: [] },
    ],
    [
      'a tier that is gone is not remembered',
      {},
      { isFollowUp: true, previousTier: 'gone', score: EASY },
      { tier: 'haiku' },
    ],
    [
      'an agent at work stays',
      {},
      { inToolLoop: true, toolCount: 3, previousTier: 'opus', score: EASY },
      { tier: 'opus' },
    ],
    ['a new ask is scored anew', {}, { turn: 3, previousTier: 'opus', score: EASY }, { tier: 'haiku' }],
    [
      'a stalled agent goes one tier up',
      {},
      { inToolLoop: true, isStalled: true, previousTier: 'sonnet' },
      { tier: 'opus', reason: 'auto -> opus (conversation: as before, up by stalled)' },
    ],
    ['the top is the top', {}, { isStalled: true, score: HARD }, { tier: 'opus' }],
    [
      'what is asked for by name is left alone',
      {},
      { asked: 'gpt', pin: 'mega', toolCount: 1 },
      { tier: undefined, tiers: [], pool: undefined, fired: [], reason: 'by name' },
    ],
    ['a model may have the name of a route', {}, { isModel: true }, { tiers: [], reason: 'by name' }],
    ['the reason is short', {}, { score: 0.83 }, { reason: 'auto -> opus (score 0.83: reasoning 0.4, code -0.3)' }],
    [
      'usual are the first strategy and no fallbacks',
      {},
      {},
      { strategy: 'order', fallbacks: {}, shadow: undefined, canary: undefined },
    ],
  ])('%s', (_sentence, document, each, expected) => expect(decided(document, each)).toMatchObject(expected));
});

describe('an action', () => {
  test.each<Row>([
    [
      'tier',
      own(rule({ tier: 'opus' })),
      { score: EASY },
      {
        tier: 'opus',
        complexity: undefined,
        reason: "auto -> opus (rule 'mine')",
        fired: [{ name: 'mine', did: 'tier opus' }],
      },
    ],
    [
      'a tier for a model that is asked for by name',
      own(rule({ tier: 'haiku' }, { model: 'gpt*' })),
      { asked: 'gpt', isModel: true },
      { tiers: ['haiku', 'sonnet', 'opus'] },
    ],
    ['atLeast', own(rule({ atLeast: 'sonnet' })), { score: EASY }, { tiers: ['sonnet', 'opus'] }],
    ['atMost', own(rule({ atMost: 'sonnet' })), { score: HARD }, { tiers: ['sonnet', 'haiku'] }],
    [
      'a ceiling holds against a floor',
      own(rule({ atMost: 'haiku' })),
      { asked: 'auto-quality' },
      { tiers: ['haiku'] },
    ],
    [
      'the lowest of two ceilings holds',
      own(rule({ atMost: 'sonnet' }, {}, 'a'), rule({ atMost: 'haiku' }, {}, 'b')),
      { score: HARD },
      { tiers: ['haiku'] },
    ],
    [
      'raise',
      own(rule({ raise: 1 })),
      { score: EASY },
      { tier: 'sonnet', reason: "auto -> sonnet (score 0.10: reasoning 0.4, code -0.3, up by rule 'mine')" },
    ],
    [
      'a step down near the end of a budget',
      own(rule({ raise: -1 }, { budgetLeft: { below: 0.1 } })),
      { budgetLeft: 0.05, score: HARD },
      { tier: 'sonnet' },
    ],
    [
      'a conversation does not step down at every turn',
      own(rule({ raise: -1 })),
      { isFollowUp: true, previousTier: 'sonnet' },
      { tier: 'sonnet' },
    ],
    ['there is nothing below the bottom', own(rule({ raise: -9 })), {}, { tier: 'haiku' }],
    [
      'use names models, and nothing else is tried',
      own(rule({ use: ['a', 'b'] })),
      {},
      { pool: ['a', 'b'], tier: undefined, tiers: [], reason: "auto -> a,b (rule 'mine')" },
    ],
    [
      'use for a model that is asked for by name',
      own(rule({ use: 'b' }, { model: 'a' })),
      { asked: 'a', isModel: true },
      { pool: ['b'], tiers: [] },
    ],
    ['a pin does not break out of a pool', own(rule({ use: 'a' })), { pin: 'opus' }, { pool: ['a'], tiers: [] }],
    [
      'strategy and weights',
      own(rule({ strategy: 'weighted', weights: { a: 2, b: 1 } })),
      {},
      { strategy: 'weighted', weights: { a: 2, b: 1 }, tier: 'sonnet' },
    ],
    [
      'the lowest of two limits holds',
      own(rule({ maxCostUsd: 1, maxLatencyMs: 100 }, {}, 'a'), rule({ maxCostUsd: 0.5, maxLatencyMs: 200 }, {}, 'b')),
      {},
      { maxCostUsd: 0.5, maxLatencyMs: 100 },
    ],
    [
      'fallbacks, each kind by itself',
      own(
        rule({ fallbacks: { context: 'long' } }, {}, 'a'),
        rule({ fallbacks: { context: 'x', refusal: ['y'] } }, {}, 'b'),
      ),
      {},
      { fallbacks: { context: ['long'], refusal: ['y'] } },
    ],
    [
      'reject ends it',
      own(rule({ reject: 'Not at night.' }), rule({ tier: 'opus' }, {}, 'b')),
      {},
      { reject: 'Not at night.', tiers: [], reason: 'auto rejected', fired: [{ name: 'mine', did: 'rejected' }] },
    ],
    ['profile', own(rule({ profile: 'quality' })), { score: 0.6 }, { tier: 'opus' }],
    [
      'a canary of all',
      own(rule({ canary: { percent: 100, use: 'new' } })),
      {},
      {
        canary: { name: 'mine', use: ['new'] },
        pool: undefined,
        tiers: ['sonnet', 'opus', 'haiku'],
        reason: "auto -> new (canary of rule 'mine')",
      },
    ],
    [
      'a canary of none',
      own(rule({ canary: { percent: 0, use: 'new' } })),
      {},
      { canary: undefined, pool: undefined, fired: [] },
    ],
    [
      'behind a canary comes what else would have been',
      own(rule({ canary: { percent: 100, use: 'new' }, use: 'old' })),
      {},
      { canary: { name: 'mine', use: ['new'] }, pool: ['old'], tiers: [] },
    ],
    [
      'who pins is in no canary',
      own(rule({ canary: { percent: 100, use: 'new' } })),
      { pin: 'opus' },
      { canary: undefined, tier: 'opus' },
    ],
    [
      'a shadow copy for some',
      own(rule({ shadow: { percent: 50, use: 'new' } })),
      { random: 0.49 },
      { shadow: { model: 'new' }, tier: 'sonnet' },
    ],
    [
      'and not for others',
      own(rule({ shadow: { percent: 50, use: 'new' } })),
      { random: 0.5 },
      { shadow: undefined, fired: [] },
    ],
    [
      'a shadow copy of all, if nothing else is said',
      own(rule({ shadow: { use: 'new' } })),
      { random: 0.999 },
      { shadow: { model: 'new' } },
    ],
    [
      'of two that say the same the first wins',
      own(rule({ tier: 'haiku', strategy: 'fastest' }, {}, 'a'), rule({ tier: 'opus', strategy: 'cheapest' }, {}, 'b')),
      {},
      { tier: 'haiku', strategy: 'fastest', reason: "auto -> haiku (rule 'a')" },
    ],
    [
      'a rule comes before a guard',
      own(rule({ tier: 'opus' }, { housekeeping: true })),
      { isHousekeeping: true },
      { tier: 'opus' },
    ],
    [
      'a rule may lower the floor of a guard',
      own(rule({ atLeast: 'haiku' })),
      { toolCount: 2, score: EASY },
      { tier: 'haiku' },
    ],
    [
      "but not the floor of a route: it is the route's promise",
      own(rule({ atLeast: 'haiku' })),
      { asked: 'auto-quality', score: EASY },
      { tiers: ['sonnet', 'opus'] },
    ],
  ])('%s', (_sentence, document, each, expected) => expect(decided(document, each)).toMatchObject(expected));
});

describe('what an operator lays over it', () => {
  test.each<Row>([
    [
      'a route of their own',
      { routes: { code: { profile: 'quality', atLeast: 'sonnet', strategy: 'sticky' } } },
      { asked: 'code', score: EASY },
      { tiers: ['sonnet', 'opus'], strategy: 'sticky' },
    ],
    [
      'a route to models of their own',
      { routes: { code: { use: ['a', 'b'], strategy: 'cheapest' } } },
      { asked: 'code' },
      { pool: ['a', 'b'], strategy: 'cheapest', reason: 'code -> a,b (the route)' },
    ],
    [
      'a field of a shipped route: the others stay',
      { routes: { 'auto-economy': { strategy: 'cheapest' } } },
      { asked: 'auto-economy', score: 1 },
      { tier: 'sonnet', strategy: 'cheapest' },
    ],
    ['a shipped route that is off', { routes: { auto: { off: true } } }, {}, { tiers: [], reason: 'by name' }],
    [
      'a guard that is off',
      { guards: [{ name: 'tools', off: true }] },
      { toolCount: 2, score: EASY },
      { tier: 'haiku' },
    ],
    [
      'a guard that does otherwise, under its own condition',
      { guards: [{ name: 'tools', do: { atLeast: 'opus' } }] },
      { toolCount: 2, score: EASY },
      { tier: 'opus' },
    ],
    ['no pins', { guards: [{ name: 'pin', off: true }] }, { pin: 'mega', score: EASY }, { tier: 'haiku' }],
    ['a rule that is off', own({ ...rule({ tier: 'opus' }), off: true }), { score: EASY }, { tier: 'haiku' }],
    [
      'cut points of their own',
      { profiles: { balanced: { from: { sonnet: 0.6, opus: 0.7 } } } },
      { score: MIDDLING },
      { tier: 'haiku' },
    ],
    [
      'a ladder of their own',
      {
        tiers: [
          { name: 'small', models: ['s'] },
          { name: 'large', models: ['l'] },
        ],
        profiles: {
          balanced: { from: { large: 0.5 } },
          eco: { from: { large: 0.9 } },
          quality: { from: { large: 0.1 } },
        },
        routes: { 'auto-economy': { atMost: 'small' }, 'auto-quality': { atLeast: 'large' } },
        guards: [
          { name: 'housekeeping', do: { tier: 'small' } },
          { name: 'tools', off: true },
          { name: 'structured output', off: true },
        ],
      },
      { score: MIDDLING },
      { tiers: ['large', 'small'] },
    ],
  ])('%s', (_sentence, document, each, expected) => expect(decided(document, each)).toMatchObject(expected));

  test('a tier without models keeps the shipped ones', () => {
    const tiers = [{ name: 'haiku' }, { name: 'sonnet', models: ['mine'] }, { name: 'opus' }];
    const rules = createRules(shipped, { tiers });
    expect(rules.tiers.map(({ models }) => models[0])).toEqual(['haiku', 'mine', 'opus']);
    expect(rules.listed.has('mine')).toBe(true);
    expect(rules.listed.has('claude-sonnet-5-5')).toBe(false);
  });
});

describe('a canary', () => {
  const rules = createRules(shipped, own(rule({ canary: { percent: 20, use: 'new' } }, {}, 'a')));
  const other = createRules(shipped, own(rule({ canary: { percent: 20, use: 'new' } }, {}, 'b')));
  const circumstances = { score: () => complexity(MIDDLING), previousTier: undefined, random: () => 0 };
  const isIn = (which: typeof rules, session: number) =>
    decide(which, { ...PLAIN, session: `app:${session}` }, circumstances).canary !== undefined;
  const sessions = Array.from({ length: 5_000 }, (_, index) => index);

  test('takes its share of the sessions', () => {
    const share = sessions.filter((session) => isIn(rules, session)).length / sessions.length;
    expect(share).toBeGreaterThan(0.18);
    expect(share).toBeLessThan(0.22);
  });

  test('keeps a session on its side', () => {
    for (const session of sessions.slice(0, 100)) expect(isIn(rules, session)).toBe(isIn(rules, session));
  });

  test('has nothing to do with another one', () => {
    const both = sessions.filter((session) => isIn(rules, session) && isIn(other, session)).length / sessions.length;
    expect(both).toBeGreaterThan(0.025);
    expect(both).toBeLessThan(0.055);
  });
});
