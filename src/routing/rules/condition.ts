/** Conditions as functions: what can be prepared is prepared once, when the rules are read. */
import type { Facts } from '../facts/facts.ts';
import type { Condition } from './document.ts';
import { createMatcher } from './pattern.ts';
import { createWallClock } from './wall-clock.ts';

/** What conditions are asked about. */
export interface Circumstance {
  facts: Facts;
  /** 0 to 1. */
  score(): number;
  /** The rank of the tier that the score deserves. */
  deserved(): number;
}

export type Test = (circumstance: Circumstance) => boolean;

type Ranks = ReadonlyMap<string, number>;

/** All that is said must hold; nothing said holds always. What costs most to find out is asked last. */
export function createTest(condition: Condition, ranks: Ranks): Test {
  const tests = [...plainTests(condition), ...rangeTests(condition), ...costlyTests(condition, ranks)];
  const [first] = tests;
  if (!first) return () => true;
  return tests.length === 1 ? first : (circumstance) => tests.every((test) => test(circumstance));
}

function plainTests({ model, key, pinned, input, structured, header, metadata, tools }: Condition): Test[] {
  const tests: Test[] = [];
  if (model !== undefined) {
    const matches = createMatcher(model);
    tests.push(({ facts }) => matches(facts.asked));
  }
  if (key !== undefined) {
    const matches = createMatcher(key);
    tests.push(({ facts }) => matches(facts.key));
  }
  if (pinned !== undefined) tests.push(({ facts }) => (facts.pin !== undefined) === pinned);
  for (const [field, expected] of Object.entries(header ?? {})) {
    const name = field.toLowerCase();
    const matches = fieldTest(expected);
    tests.push(({ facts }) => matches(facts.header(name)));
  }
  for (const [field, expected] of Object.entries(metadata ?? {})) {
    const matches = fieldTest(expected);
    tests.push(({ facts }) => matches(Object.hasOwn(facts.metadata, field) ? facts.metadata[field] : undefined));
  }
  if (tools?.any !== undefined) {
    const matches = createMatcher(tools.any);
    tests.push(({ facts }) => facts.toolNames.some(matches));
  }
  if (structured !== undefined) {
    const isWord = typeof structured === 'string';
    tests.push(({ facts }) =>
      isWord ? facts.structured === structured : (facts.structured !== 'none') === structured,
    );
  }
  if (input !== undefined) {
    const media = new Set<string>(typeof input === 'string' ? [input] : input);
    tests.push(({ facts }) => facts.media.some((medium) => media.has(medium)));
  }
  return tests;
}

/** Clients may put other than texts into metadata: those are there, and match nothing. */
function fieldTest(expected: boolean | string | string[]): (value: unknown) => boolean {
  if (typeof expected === 'boolean') return (value) => (value !== undefined) === expected;
  const matches = createMatcher(expected);
  return (value) => typeof value === 'string' && matches(value);
}

interface Range {
  atLeast?: number | undefined;
  atMost?: number | undefined;
  below?: number | undefined;
}

function rangeTests({ tools, tokens, outputTokens, turn, budgetLeft }: Condition): Test[] {
  const tests: Test[] = [];
  const add = (range: Range | undefined, amount: (facts: Facts) => number | undefined) => {
    if (range) tests.push(({ facts }) => isWithin(amount(facts), range));
  };
  add(tools, ({ toolCount }) => toolCount);
  add(tokens, ({ inputTokens }) => inputTokens);
  add(outputTokens, ({ outputTokens: amount }) => amount);
  add(budgetLeft, (facts) => facts.budgetLeft);
  add(turn, (facts) => facts.turn);
  return tests;
}

/** Nothing is said of an amount that there is not: where there is no budget, none is near its end. */
function isWithin(amount: number | undefined, { atLeast, atMost, below }: Range): boolean {
  if (amount === undefined) return false;
  return amount >= (atLeast ?? -Infinity) && amount <= (atMost ?? Infinity) && amount < (below ?? Infinity);
}

function costlyTests(condition: Condition, ranks: Ranks): Test[] {
  const { time, toolLoop, followUp, stalled, housekeeping, language, score, tier, any, not } = condition;
  const tests: Test[] = [];
  if (time) tests.push(timeTest(time));
  if (toolLoop !== undefined) tests.push(({ facts }) => facts.inToolLoop === toolLoop);
  if (followUp !== undefined) tests.push(({ facts }) => facts.isFollowUp === followUp);
  if (stalled !== undefined) tests.push(({ facts }) => facts.isStalled === stalled);
  if (housekeeping !== undefined) tests.push(({ facts }) => facts.isHousekeeping === housekeeping);
  if (language !== undefined) {
    const codes = new Set(typeof language === 'string' ? [language] : language);
    tests.push(({ facts }) => facts.language !== undefined && codes.has(facts.language));
  }
  if (any) {
    const each = any.map((one) => createTest(one, ranks));
    tests.push((circumstance) => each.some((test) => test(circumstance)));
  }
  if (not) {
    const test = createTest(not, ranks);
    tests.push((circumstance) => !test(circumstance));
  }
  if (tier !== undefined) tests.push(tierTest(tier, ranks));
  if (score) tests.push((circumstance) => isWithin(circumstance.score(), score));
  return tests;
}

function tierTest(tier: NonNullable<Condition['tier']>, ranks: Ranks): Test {
  const rank = (name: string | undefined) => (name === undefined ? undefined : ranks.get(name));
  if (typeof tier === 'string' || Array.isArray(tier)) {
    const wanted = new Set((typeof tier === 'string' ? [tier] : tier).map(rank));
    return (circumstance) => wanted.has(circumstance.deserved());
  }
  const range = { atLeast: rank(tier.atLeast), below: rank(tier.below) };
  return (circumstance) => isWithin(circumstance.deserved(), range);
}

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** A night belongs to the day on which it begins. */
function timeTest({ days, from = '00:00', to = '24:00', zone = 'UTC' }: NonNullable<Condition['time']>): Test {
  const clock = createWallClock(zone);
  const wanted = new Set((days ?? WEEK).map((day) => WEEK.indexOf(day)));
  const begin = minuteOf(from);
  const end = minuteOf(to);
  return ({ facts }) => {
    const { weekday, minute } = clock(facts.atMs);
    if (begin < end) return wanted.has(weekday) && minute >= begin && minute < end;
    if (minute >= begin) return wanted.has(weekday);
    return minute < end && wanted.has((weekday + 6) % 7);
  };
}

function minuteOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
}
