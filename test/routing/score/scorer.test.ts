import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import shipped from '../../../routing-rules/complexity.json' with { type: 'json' };
import { FEATURE_NAMES } from '../../../src/routing/score/features.ts';
import { parseComplexity } from '../../../src/routing/score/file.ts';
import { createScorer, type ScoreInput } from '../../../src/routing/score/scorer.ts';

const file = parseComplexity(shipped);
const scorer = createScorer(file);

function input(text: string, rest: Partial<ScoreInput> = {}): ScoreInput {
  const ask = { text, length: text.length, media: 0 };
  return { ask, toolCount: 0, toolParameters: 0, structured: false, messages: 1, effort: undefined, ...rest };
}

function scoreOf(text: string, rest?: Partial<ScoreInput>): number {
  return scorer.score(input(text, rest)).score;
}

/** The cut points proposed for the balanced profile. */
function tierOf(score: number): string {
  if (score < 0.4) return 'haiku';
  return score < 0.78 ? 'sonnet' : 'opus';
}

const AGENT = { toolCount: 18, toolParameters: 60, messages: 9 };
const LOG = '2026-11-22T10:11:12.123Z ERROR [worker-3] request 8812 failed: connect ECONNREFUSED 10.0.0.12:5432\n';
const TRACE = 'TypeError: x is undefined\n    at run (/srv/app/main.js:10:3)\n    at main (/srv/app/index.js:4:1)\n';
const DIFF = 'diff --git a/x.ts b/x.ts\n@@ -1,4 +1,9 @@\n-const a = 1;\n+const a = compute({ b: 2 });\n';

describe('the tier of the balanced profile', () => {
  test.each<[string, string, Partial<ScoreInput>?]>([
    ['haiku', 'Hello!'],
    ['haiku', 'Thanks, that helped.'],
    ['haiku', 'What is the capital of Mongolia?'],
    ['haiku', 'What is a goroutine?'],
    ['haiku', 'Translate "good morning" into Portuguese.'],
    ['haiku', 'Make this sentence friendlier: Send me the report.'],
    ['haiku', 'Will it rain tomorrow?', { toolCount: 2, toolParameters: 3 }],
    ['haiku', 'Hola, ¿cómo estás?'],
    ['haiku', 'Was ist ein Vulkan?'],
    ['haiku', 'Что такое блокчейн?'],
    ['haiku', 'ما هي البراكين؟'],
    ['haiku', 'ज्वालामुखी क्या है?'],
    ['haiku', '什么是光合作用？'],
    ['haiku', 'こんにちは'],
    ['haiku', '"사과"를 영어로 번역해 주세요'],
    ['sonnet', 'Write a Python function that reverses a linked list.'],
    ['sonnet', 'Write a SQL query for the ten best customers, by country.'],
    ['sonnet', 'Compare gas and electric cookers for a family.'],
    ['sonnet', 'Rename the variable foo to bar in src/index.ts', AGENT],
    ['sonnet', 'Name three rivers', { effort: 'medium' }],
    ['sonnet', `What happened here?\n${LOG}`],
    ['sonnet', `Fix this:\n${TRACE}`],
    ['sonnet', 'Schreibe eine Funktion in Java, die eine Liste sortiert.'],
    ['sonnet', 'Escribe una función en JavaScript que sume una lista.'],
    ['sonnet', '写一个Python函数来统计单词'],
    ['sonnet', 'リストを並べ替える関数をコードで書いて'],
    ['opus', 'Prove step by step that the square root of two is irrational.'],
    ['opus', 'Design a booking platform with payments, refunds, waiting lists, audit logs and failover.'],
    ['opus', 'Evaluate our pricing strategy, the risks, the rivals, the costs, and the timing.'],
    [
      'opus',
      'Refactor the login module for several tenants, migrate the sessions table without downtime, and add tests.',
      AGENT,
    ],
    [
      'opus',
      `Review this change for race conditions and security problems, and say whether it is safe.\n${DIFF.repeat(6)}`,
    ],
    ['opus', 'Hi', { effort: 'high' }],
    ['opus', 'Beweise den Satz und begründe jeden Schritt.'],
    ['opus', 'Conçois une architecture, compare les options, et justifie tes choix.'],
    ['opus', 'Спроектируй архитектуру системы и обоснуй каждый выбор.'],
    ['opus', '设计一个支付系统的架构，比较两种方案，并分析数据库的选择'],
  ])('%s: %s', (tier, text, rest) => {
    expect(tierOf(scoreOf(text, rest))).toBe(tier);
  });

  test('a long log by itself is not for opus', () => {
    expect(tierOf(scoreOf(`What happened here?\n${LOG.repeat(90)}`))).toBe('sonnet');
  });
});

describe('the score', () => {
  test.each<[string, Partial<ScoreInput>]>([
    ['tools', { toolCount: 8 }],
    ['parameters of tools', { toolParameters: 30 }],
    ['a schema', { structured: true }],
    ['a long conversation', { messages: 40 }],
    ['pictures', { ask: { text: 'Please look at this', length: 19, media: 2 } }],
    ['effort', { effort: 'low' }],
    ['what was cut out of a long ask', { ask: { text: 'Please look at this', length: 90_000, media: 0 } }],
  ])('%s raise it', (_sentence, rest) => {
    expect(scoreOf('Please look at this', rest)).toBeGreaterThan(scoreOf('Please look at this'));
  });

  test('more than the cap of a feature counts no more', () => {
    expect(scoreOf('Hi', { toolCount: 9_000 })).toBe(scoreOf('Hi', { toolCount: 2 ** file.features.tools.cap }));
  });

  test('one third and two thirds are where the file says', () => {
    const at = (z: number) => createScorer(file, { k: 1, z: () => z }).score(input('')).score;
    expect(at(file.scale.oneThird)).toBeCloseTo(1 / 3, 12);
    expect(at(file.scale.twoThirds)).toBeCloseTo(2 / 3, 12);
    expect([-99, -1, 0, 1, 99].map(at)).toEqual([-99, -1, 0, 1, 99].map(at).toSorted((a, b) => a - b));
  });

  test('a word that says little in a long ask says little', () => {
    const looksUp = (text: string) =>
      scorer.score(input(text)).contributions.find(({ name }) => name === 'lookUp')?.value ?? 0;
    expect(looksUp('Who wrote it?')).toBeLessThan(-0.2);
    expect(looksUp(`${'They told a story about the sea. '.repeat(20)}Who wrote it?`)).toBeGreaterThan(0);
  });

  test('the contributions add up to z, the strongest first, under the name of their feature', () => {
    const { contributions, score } = scorer.score(input('Prove that the sum of two even numbers is even.', AGENT));
    const z = contributions.reduce((sum, { value }) => sum + value, 0);
    expect(createScorer(file, { k: 1, z: () => z }).score(input('')).score).toBeCloseTo(score, 12);
    const sizes = contributions.map(({ value }) => Math.abs(value));
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    expect(contributions[0]?.name).toBe('reasoning');
  });
});

describe('replay', () => {
  test('scores a logged request as it was scored', () => {
    const logged = scorer.score(input('Design a cache with eviction, metrics, and tests.', AGENT));
    const replayed = scorer.fromValues(Array.from(logged.values));
    expect(replayed.score).toBe(logged.score);
    expect(replayed.contributions).toEqual(logged.contributions);
    expect(scorer.names).toHaveLength(logged.values.length);
  });

  test('takes what an older log does not have for nothing', () => {
    const { values } = scorer.score(input('Design a cache.'));
    const older = values.slice(0, FEATURE_NAMES.indexOf('tools'));
    expect(scorer.fromValues(older).score).toBe(scorer.fromValues(values).score);
  });
});

describe('an overlay', () => {
  test('has its share of the score and of the explanation', () => {
    const text = 'Prove that the sum of two even numbers is even.';
    const blended = createScorer(file, { k: 0.25, z: () => 2 }).score(input(text));
    const prior = scorer.score(input(text)).contributions;
    const sum = (list: typeof prior) => list.reduce((total, { value }) => total + value, 0);
    expect(blended.overlayShare).toBe(0.25);
    expect(blended.contributions).toContainEqual({ name: 'overlay', value: 0.5 });
    expect(sum(blended.contributions)).toBeCloseTo(0.75 * sum(prior) + 0.5, 12);
  });

  test('is left out of a replay', () => {
    const { values, score } = scorer.score(input('Prove it.'));
    expect(createScorer(file, { k: 0.9, z: () => 5 }).fromValues(values).score).toBe(score);
  });
});

describe('whatever the ask', () => {
  test('the score is between 0 and 1, and the same again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.nat(), fc.nat(), (text, toolCount, messages) => {
        const { score, values } = scorer.score(input(text, { toolCount, messages }));
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(values.every(Number.isFinite)).toBe(true);
        expect(scoreOf(text, { toolCount, messages })).toBe(score);
      }),
    );
  });

  /** Were it not linear, the test would not end in time. */
  test.each([
    ['one endless word', 'a'],
    ['half a word of the lists', 'step by '],
    ['line breaks', '\n'],
    ['spaces', ' '],
    ['Chinese', '证'],
    ['Korean', '증'],
    ['lone surrogates', '\ud83d'],
    ['characters that grow when small', 'İ'],
    ['brackets', '{[('],
    ['fences', '```\n'],
    ['points', '.'],
    ['digits and commas', '1,'],
  ])('megabytes of %s are read once', (_sentence, unit) => {
    const score = scoreOf(unit.repeat(Math.ceil(4_000_000 / unit.length)));
    expect(score).toBeGreaterThanOrEqual(0);
    expect(score).toBeLessThanOrEqual(1);
  });
});
