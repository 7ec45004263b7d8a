import type { Strategy } from '../pool/strategy.ts';
import type { Action } from './document.ts';

export type Fallbacks = Readonly<Partial<Record<'context' | 'refusal' | 'outage', readonly string[]>>>;

/** An action, ready to be taken. Tiers are ranks: the lowest is 0. */
export interface Effect {
  /** Who does it, as reasons say it. */
  by: string;
  /** What it does, in plain words. */
  did: string;
  profile: string | undefined;
  tier: number | '@pin' | '@previous' | undefined;
  raise: number | undefined;
  atLeast: number | undefined;
  atMost: number | undefined;
  use: readonly string[] | undefined;
  strategy: Strategy | undefined;
  weights: Readonly<Record<string, number>> | undefined;
  maxCostUsd: number | undefined;
  maxLatencyMs: number | undefined;
  fallbacks: Fallbacks | undefined;
  /** `share`: 0 to 1. */
  canary: { share: number; use: readonly string[] } | undefined;
  shadow: { share: number; model: string } | undefined;
  reject: string | undefined;
  /** Whether it does more than what depends on a pin, on the conversation or on a share of the sessions. */
  isCertain: boolean;
}

type Ranks = ReadonlyMap<string, number>;

export function createEffect(action: Action, ranks: Ranks, by: string): Effect {
  const { tier, canary, shadow, fallbacks, profile, raise, strategy, weights, maxCostUsd, maxLatencyMs } = action;
  const rank = (name: string | undefined) => (name === undefined ? undefined : ranks.get(name));
  return {
    by,
    did: describe(action),
    profile,
    tier: tier === '@pin' || tier === '@previous' ? tier : rank(tier),
    raise,
    atLeast: rank(action.atLeast),
    atMost: rank(action.atMost),
    use: list(action.use),
    strategy,
    weights,
    maxCostUsd,
    maxLatencyMs,
    fallbacks: fallbacks && listed(fallbacks),
    canary: canary && { share: canary.percent / 100, use: list(canary.use) ?? [] },
    shadow: shadow && { share: shadow.percent / 100, model: shadow.use },
    reject: action.reject,
    isCertain: Object.keys(action).some((field) => !UNCERTAIN.has(field)),
  };
}

const UNCERTAIN = new Set(['tier', 'canary', 'shadow', 'description', 'off']);

function list(value: string | string[] | undefined): string[] | undefined {
  return typeof value === 'string' ? [value] : value;
}

function listed(fallbacks: NonNullable<Action['fallbacks']>): Fallbacks {
  const { context, refusal, outage } = fallbacks;
  return {
    ...(context !== undefined && { context: list(context) ?? [] }),
    ...(refusal !== undefined && { refusal: list(refusal) ?? [] }),
    ...(outage !== undefined && { outage: list(outage) ?? [] }),
  };
}

const TIERS = new Map([
  ['@pin', "the client's tier"],
  ['@previous', "the conversation's tier"],
]);
const LONGEST = 300;

type Words = { [Field in keyof Action]-?: (value: NonNullable<Action[Field]>) => string };

const WORDS: Words = {
  reject: () => 'rejected',
  profile: (name) => `profile ${name}`,
  tier: (tier) => TIERS.get(tier) ?? `tier ${tier}`,
  raise: (steps) => `${Math.abs(steps)} ${steps < 0 ? 'down' : 'up'}`,
  atLeast: (tier) => `at least ${tier}`,
  atMost: (tier) => `at most ${tier}`,
  canary: ({ percent, use }) => `canary to ${String(use)} for ${percent} %`,
  use: (models) => `use ${String(models)}`,
  strategy: (strategy) => `strategy ${strategy}`,
  weights: () => 'weights',
  maxCostUsd: (usd) => `at most ${usd} USD`,
  maxLatencyMs: (ms) => `at most ${ms} ms`,
  fallbacks: (fallbacks) => `fallbacks for ${Object.keys(fallbacks).join(', ')}`,
  shadow: ({ use }) => `shadow copy to ${use}`,
};

function describe(action: Action): string {
  const said = Object.entries(action).flatMap(([field, value]) => {
    const words = WORDS[field as keyof Action] as ((value: unknown) => string) | undefined; // Each takes its own field.
    return words && value !== undefined ? [words(value)] : [];
  });
  return said.join('; ').slice(0, LONGEST);
}
