import real from '../../../routing-rules/rules.json' with { type: 'json' };
import type { Facts } from '../../../src/routing/facts/facts.ts';
import { type Circumstances, type Decision, decide } from '../../../src/routing/rules/decide.ts';
import { createRules } from '../../../src/routing/rules/rules.ts';
import type { Complexity } from '../../../src/routing/score/scorer.ts';

/** The shipped rules, but for their cut points: those may move. */
export const shipped = {
  ...real,
  profiles: {
    eco: { from: { sonnet: 0.45, opus: 0.85 } },
    balanced: { from: { sonnet: 0.33, opus: 0.67 } },
    quality: { from: { sonnet: 0.2, opus: 0.5 } },
  },
};

/** A plain question of the first turn. */
export const PLAIN: Facts = {
  asked: 'auto',
  key: 'app',
  knownSession: '',
  session: 'app:1',
  header: () => undefined,
  metadata: {},
  toolCount: 0,
  toolNames: [],
  toolParameters: 0,
  media: [],
  structured: 'none',
  inputTokens: 100,
  outputTokens: 1_024,
  language: 'en',
  turn: 1,
  inToolLoop: false,
  isHousekeeping: false,
  isStalled: false,
  isFollowUp: false,
  pin: undefined,
  atMs: Date.UTC(2026, 10, 23, 12), // A Monday, at noon.
  budgetLeft: undefined,
};

export const EASY = 0.1;
export const MIDDLING = 0.5;
export const HARD = 0.9;

export function complexity(score: number): Complexity {
  const contributions = [
    { name: 'reasoning', value: 0.4 },
    { name: 'code', value: -0.301 },
    { name: 'tiny', value: 0.001 },
  ];
  return { score, contributions, values: new Float64Array(), overlayShare: 0 };
}

export interface Case extends Partial<Omit<Facts, 'header'>> {
  score?: number;
  previousTier?: string;
  headers?: Record<string, string>;
  random?: number;
  isModel?: boolean;
}

/** What the shipped rules, with these laid over them, say about a case. */
export function decided(own: unknown, each: Case = {}, base: unknown = shipped): Decision {
  const { score = MIDDLING, previousTier, headers = {}, random = 0.5, isModel = false, ...facts } = each;
  const circumstances: Circumstances = { score: () => complexity(score), previousTier, random: () => random, isModel };
  return decide(createRules(base, own), { ...PLAIN, header: (name) => headers[name], ...facts }, circumstances);
}
