/** Whatever an operator writes and whatever is asked: documents are taken or refused with reasons, decisions are sound. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Facts } from '../../../src/routing/facts/facts.ts';
import { decide } from '../../../src/routing/rules/decide.ts';
import { createRules, type Rules } from '../../../src/routing/rules/rules.ts';
import { complexity, PLAIN, shipped } from './support.ts';

const TIERS = ['haiku', 'sonnet', 'opus'];
const tier = fc.constantFrom(...TIERS);
const some = <T>(shape: { [Field in keyof T]: fc.Arbitrary<T[Field]> }) =>
  fc.record(shape, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
const share = fc.double({ min: 0, max: 1, noNaN: true });
const models = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 });

const facts = some({
  asked: fc.constantFrom('auto', 'auto-economy', 'auto-quality', 'code', 'gpt', '__proto__', 'constructor', ''),
  key: fc.string(),
  session: fc.string(),
  metadata: fc.dictionary(fc.string(), fc.string()),
  toolCount: fc.nat(5),
  toolNames: fc.array(fc.string()),
  media: fc.subarray(['image', 'pdf', 'audio', 'video'] as const),
  structured: fc.constantFrom('none', 'json_object', 'json_schema'),
  inputTokens: fc.nat(),
  language: fc.option(fc.constantFrom('de', 'en'), { nil: undefined }),
  turn: fc.nat(5),
  inToolLoop: fc.boolean(),
  isHousekeeping: fc.boolean(),
  isStalled: fc.boolean(),
  isFollowUp: fc.boolean(),
  pin: fc.option(fc.oneof(tier, fc.string()), { nil: undefined }),
  atMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  budgetLeft: fc.option(share, { nil: undefined }),
  header: fc.func(fc.option(fc.string(), { nil: undefined })),
});
const past = fc.record({
  score: share,
  previousTier: fc.option(fc.oneof(tier, fc.string()), { nil: undefined }),
  random: share,
});

const plain = {
  model: fc.constantFrom('auto*', '*', 'gpt', 'x'),
  key: fc.string({ minLength: 1 }),
  header: fc.dictionary(fc.constantFrom('x-a', 'constructor', '!'), fc.boolean()),
  tools: fc.constant({ atLeast: 1 }),
  structured: fc.boolean(),
  turn: fc.constant({ atLeast: 2 }),
  time: fc.constant({ days: ['mon', 'fri'], from: '20:00', to: '06:00', zone: 'America/New_York' }),
  tier: fc.oneof(tier, fc.array(tier, { minLength: 1 })),
  score: fc.constant({ atLeast: 0.5 }),
  stalled: fc.boolean(),
  pinned: fc.boolean(),
};
const inner = fc.oneof(...Object.entries(plain).map(([field, value]) => value.map((each) => ({ [field]: each }))));
const condition = fc.oneof(
  fc.constant({}),
  inner,
  some({ ...plain, not: inner, any: fc.array(inner, { minLength: 1, maxLength: 2 }) }),
);
const floor = (each: { atLeast?: string | undefined }) => TIERS.indexOf(each.atLeast ?? 'haiku');
const ceiling = (each: { atMost?: string | undefined }) => TIERS.indexOf(each.atMost ?? 'opus');
/** A floor above the ceiling would be refused. */
const action = some({
  tier: fc.oneof(tier, fc.constantFrom('@pin', '@previous')),
  atLeast: tier,
  atMost: tier,
  raise: fc.integer({ min: -9, max: 9 }),
  use: models,
  canary: fc.record({ percent: fc.integer({ min: 0, max: 100 }), use: models }),
  shadow: fc.record({ percent: fc.integer({ min: 0, max: 100 }), use: fc.constant('a') }),
  profile: fc.constantFrom('eco', 'quality'),
  maxCostUsd: fc.constantFrom(1, 2),
  strategy: fc.constantFrom('cheapest', 'fastest'),
  reject: fc.constant('No.'),
}).map(({ atLeast, ...rest }) =>
  ceiling(rest) < floor({ atLeast }) ? rest : { ...rest, ...(atLeast !== undefined && { atLeast }) },
);
const rules = fc
  .array(fc.record({ when: condition, do: action }), { maxLength: 5 })
  .map((list) =>
    list.filter((rule) => Object.keys(rule.do).length > 0).map((rule, index) => ({ name: `rule ${index}`, ...rule })),
  );

function madeOf(own: unknown): Rules | string {
  try {
    return createRules(shipped, own);
  } catch (error) {
    return error instanceof Error ? error.message : 'something else was thrown';
  }
}

describe('a decision', () => {
  test('names tiers that exist, each once, in order, within every ceiling that applied', () => {
    const decides = fc.property(rules, facts, past, (own, overrides, { score, previousTier, random }) => {
      const made = createRules(shipped, { rules: own });
      const asked: Facts = { ...PLAIN, ...overrides };
      const circumstances = { score: () => complexity(score), previousTier, random: () => random };
      const decision = decide(made, asked, circumstances);
      const { tiers, tier: chosen, pool, fired, reason, reject } = decision;
      expect(tiers[0]).toBe(chosen);
      expect(new Set(tiers).size).toBe(tiers.length);
      const applied = own.filter(({ name }) => fired.some((each) => each.name === name)).map((rule) => rule.do);
      const most = Math.min(...applied.map(ceiling), asked.asked === 'auto-economy' ? 1 : 2);
      for (const name of tiers) {
        expect(TIERS).toContain(name);
        expect(TIERS.indexOf(name)).toBeLessThanOrEqual(most);
      }
      // A route leads somewhere, or says why not; a model by name is served as without rules.
      const isAnswered = tiers.length > 0 || pool !== undefined || reject !== undefined;
      expect(isAnswered || !made.routes.has(asked.asked)).toBe(true);
      expect(reason).toMatch(/^[\x20-\x7e]{1,400}$/);
      expect(decide(made, asked, circumstances)).toEqual(decision);
    });
    fc.assert(decides, { numRuns: 500 });
  });
});

describe('any document', () => {
  const word = fc.oneof(
    fc.constantFrom(
      'rules',
      'guards',
      'routes',
      'tiers',
      'profiles',
      'name',
      'when',
      'do',
      'not',
      'any',
      'tier',
      'use',
    ),
    fc.constantFrom(
      'model',
      'key',
      'header',
      'time',
      'zone',
      'from',
      'models',
      'atMost',
      'off',
      'auto',
      'tools',
      'haiku',
    ),
    fc.constantFrom(
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'hasOwnProperty',
      '(a+)+$',
      '[',
      '\\',
      '*'.repeat(50),
    ),
    fc.string({ unit: 'binary' }),
  );
  const anything = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 8, depthSize: 'large' },
      fc.oneof(word, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.constant(undefined)),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.tuple(word, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries) as unknown),
    ),
  })).value;

  test.each([
    ['wholly at random', anything],
    [
      'with a part at random',
      fc
        .record({ part: fc.constantFrom('rules', 'guards', 'routes', 'tiers', 'profiles'), anything })
        .map((each) => ({ [each.part]: each.anything })),
    ],
    [
      'with one rule half at random',
      fc
        .record({
          when: fc.dictionary(word, anything, { maxKeys: 2 }),
          do: fc.dictionary(word, anything, { maxKeys: 2 }),
        })
        .map((rule) => ({ rules: [{ name: 'a', ...rule }] })),
    ],
  ])('%s is taken or refused with reasons, and never makes a decision fail', (_how, documents) => {
    const survives = fc.property(documents, facts, (own, overrides) => {
      const made = madeOf(own);
      if (typeof made === 'string') return made.startsWith('The routing rules are invalid:\n- ');
      const circumstances = { score: () => complexity(0.5), previousTier: 'sonnet', random: () => 0 };
      return typeof decide(made, { ...PLAIN, ...overrides }, circumstances).reason === 'string';
    });
    expect(() => fc.assert(survives, { numRuns: 700 })).not.toThrow();
  });

  test('a depth of a hundred thousand is refused', () => {
    let deep: unknown = {};
    for (let level = 0; level < 100_000; level += 1) deep = { not: deep };
    expect(madeOf({ rules: [{ name: 'a', when: deep, do: { raise: 1 } }] })).toContain('nested deeper');
  });

  test('a thousand rules with a thousand stars are taken', () => {
    const own = Array.from({ length: 1_000 }, (_, index) => ({
      name: `rule ${index}`,
      when: { key: `${'a*'.repeat(149)}b` },
      do: { raise: 1 },
    }));
    const made = createRules(shipped, { rules: own });
    const circumstances = { score: () => complexity(0.5), previousTier: undefined, random: () => 0 };
    expect(decide(made, { ...PLAIN, key: 'a'.repeat(10_000) }, circumstances).tier).toBe('sonnet');
  });
});
