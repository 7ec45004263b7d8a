/** A decision in the making: rule after rule says its part. Of two that say the same the first wins; ceilings all hold. */
import type { Strategy } from '../pool/strategy.ts';
import { hash53 } from '../facts/hash.ts';
import type { Facts } from '../facts/facts.ts';
import type { Effect, Fallbacks } from './effect.ts';
import type { Rules, Step } from './rules.ts';

/** What is known besides the request. */
export interface Setting {
  rules: Rules;
  facts: Facts;
  previousTier: string | undefined;
  random: () => number;
}

export interface Fired {
  name: string;
  /** In plain words. */
  did: string;
}

/** What somebody said, and who. */
interface Said {
  rank: number;
  by: string;
}

export class Draft {
  profile: string | undefined;
  tier: (Said & { kind: 'said' | 'pinned' | 'inherited' }) | undefined;
  raise: { steps: number; by: string } | undefined;
  floor: Said | undefined;
  /** Below it nothing is tried, not even when all else fails. A guard's floor only chooses. */
  bar = 0;
  ceiling: Said | undefined;
  pool: { use: readonly string[]; by: string } | undefined;
  canary: { name: string; use: readonly string[] } | undefined;
  strategy: Strategy | undefined;
  weights: Readonly<Record<string, number>> | undefined;
  maxCostUsd: number | undefined;
  maxLatencyMs: number | undefined;
  fallbacks: Fallbacks = NO_FALLBACKS;
  shadow: { model: string } | undefined;
  reject: string | undefined;
  /** The header of the client's that is wrong, where no rule says no. */
  rejectedFor: string | undefined;
  readonly fired: Fired[] = [];
  readonly #setting: Setting;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  step({ name, isGuard, effect }: Step): void {
    const tier = this.#sayTier(effect);
    const canary = this.#drawCanary(name, effect);
    const shadow = this.#drawShadow(effect);
    if (!tier && !canary && !shadow && !effect.isCertain) return;
    this.fired.push({ name, did: effect.did });
    this.#say(effect, isGuard);
  }

  /** A route speaks last. Its floor is a promise: no rule lowers it. */
  route(effect: Effect): void {
    const floor = this.floor;
    this.#sayTier(effect);
    this.#drawCanary('the route', effect);
    this.#drawShadow(effect);
    this.#say(effect, false);
    if (effect.atLeast !== undefined && effect.atLeast > (floor?.rank ?? -1)) {
      this.floor = { rank: effect.atLeast, by: effect.by };
    }
  }

  #say(effect: Effect, isGuard: boolean): void {
    this.#sayBounds(effect, isGuard);
    this.profile ??= effect.profile;
    this.strategy ??= effect.strategy;
    this.weights ??= effect.weights;
    this.reject ??= effect.reject;
    if (effect.use) this.pool ??= { use: effect.use, by: effect.by };
    if (effect.fallbacks) this.fallbacks = { ...effect.fallbacks, ...this.fallbacks };
    this.maxCostUsd = lower(this.maxCostUsd, effect.maxCostUsd);
    this.maxLatencyMs = lower(this.maxLatencyMs, effect.maxLatencyMs);
  }

  #sayBounds({ raise, atLeast, atMost, by }: Effect, isGuard: boolean): void {
    if (raise !== undefined) this.raise ??= { steps: raise, by };
    if (atMost !== undefined && atMost < (this.ceiling?.rank ?? Infinity)) this.ceiling = { rank: atMost, by };
    if (atLeast === undefined) return;
    if (!isGuard) this.bar = Math.max(this.bar, atLeast);
    this.floor ??= { rank: atLeast, by };
  }

  /** Whether it had a say. */
  #sayTier({ tier, by }: Effect): boolean {
    if (tier === undefined) return false;
    if (tier === '@pin') return this.#pin(by);
    if (this.tier) return false;
    if (tier !== '@previous') {
      this.tier = { rank: tier, by, kind: 'said' };
      return true;
    }
    const { rules, previousTier } = this.#setting;
    const rank = previousTier === undefined ? undefined : rules.ranks.get(previousTier);
    if (rank !== undefined) this.tier = { rank, by, kind: 'inherited' };
    return rank !== undefined;
  }

  /** The client's own word counts more than what any rule said. */
  #pin(by: string): boolean {
    const { rules, facts } = this.#setting;
    const { pin } = facts;
    if (pin === undefined) return false;
    const rank = rules.ranks.get(pin) ?? rankInAnyCase(rules, pin);
    if (rank === undefined) {
      this.reject ??= `${PIN}: there is no tier "${pin}", only ${[...rules.ranks.keys()].join(', ')}`;
      this.rejectedFor = PIN;
    } else this.tier = { rank, by, kind: 'pinned' };
    return true;
  }

  /** The same session is always on the same side; two canaries have nothing to do with one another. */
  #drawCanary(name: string, { canary }: Effect): boolean {
    const { facts } = this.#setting;
    if (!canary || this.canary || this.pool || facts.pin !== undefined) return false;
    if (hash53(`${name}\n${facts.session}`) / 2 ** 53 >= canary.share) return false;
    this.canary = { name, use: canary.use };
    return true;
  }

  #drawShadow({ shadow }: Effect): boolean {
    if (!shadow || this.shadow) return false;
    if (shadow.share < 1 && this.#setting.random() >= shadow.share) return false;
    this.shadow = { model: shadow.model };
    return true;
  }
}

const PIN = 'x-signalbox-tier';
const NO_FALLBACKS: Fallbacks = {};

function rankInAnyCase({ tiers }: Rules, pin: string): number | undefined {
  const rank = tiers.findIndex(({ name }) => name.toLowerCase() === pin.toLowerCase());
  return rank < 0 ? undefined : rank;
}

function lower(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || (other !== undefined && other < one) ? other : one;
}
