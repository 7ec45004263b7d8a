/** Everything that rules name must exist, and must not contradict itself. */
import type { Action, Condition, RulesDocument } from './document.ts';
import type { MergedRules } from './merge.ts';
import { type Mistake, unknown } from './mistake.ts';

/** For routes that name none. */
export const USUAL_PROFILE = 'balanced';

type Path = readonly PropertyKey[];

const NEVER = 'can never hold';

/** `own`: what is not in there is shipped, and has its place elsewhere. */
export function referenceMistakes(merged: MergedRules, own: RulesDocument): Mistake[] {
  const references = new References(merged, own);
  references.profiles();
  for (const [name, { profile = USUAL_PROFILE, ...route }] of merged.routes) {
    references.action({ ...route, profile }, references.place('routes', name));
  }
  for (const { when, do: action, path } of merged.rules) {
    if (when) references.condition(when, [...path, 'when']);
    references.action(action, [...path, 'do']);
  }
  return references.mistakes;
}

class References {
  readonly mistakes: Mistake[] = [];
  readonly #merged: MergedRules;
  readonly #own: RulesDocument;
  readonly #ranks: ReadonlyMap<string, number>;

  constructor(merged: MergedRules, own: RulesDocument) {
    this.#merged = merged;
    this.#own = own;
    this.#ranks = new Map(merged.tiers.map(({ name }, index) => [name, index]));
  }

  place(kind: 'profiles' | 'routes', name: string): Path {
    const isOwn = Object.hasOwn(this.#own[kind] ?? {}, name);
    return isOwn ? [kind, name] : [`shipped ${kind === 'routes' ? 'route' : 'profile'} '${name}'`];
  }

  /** Thresholds ascend, and none is missing: a tier that cannot be reached is the quietest of mistakes. */
  profiles(): void {
    for (const [name, { from }] of this.#merged.profiles) {
      const path = [...this.place('profiles', name), 'from'];
      for (const tier of Object.keys(from)) this.#tier(tier, [...path, tier]);
      let before = 0;
      for (const [index, tier] of this.#merged.tiers.entries()) {
        const begins = Object.hasOwn(from, tier.name) ? from[tier.name] : undefined;
        if (index === 0) {
          if (begins) this.#add([...path, tier.name], 'must be 0 or left out: the lowest tier begins there');
        } else if (begins === undefined) this.#add(path, `must say where "${tier.name}" begins`);
        else if (begins <= before) this.#add([...path, tier.name], `must be above ${before}: thresholds ascend`);
        before = begins ?? before;
      }
    }
  }

  action({ profile, tier, atLeast, atMost }: Action, path: Path): void {
    if (profile !== undefined && !this.#merged.profiles.has(profile)) {
      this.#add([...path, 'profile'], unknown('profile', profile, this.#merged.profiles.keys()));
    }
    if (tier !== undefined && !tier.startsWith('@')) this.#tier(tier, [...path, 'tier']);
    if (atLeast !== undefined) this.#tier(atLeast, [...path, 'atLeast']);
    if (atMost !== undefined) this.#tier(atMost, [...path, 'atMost']);
    if (this.#rank(atLeast) > this.#rank(atMost)) {
      this.#add(path, `\`atLeast\` "${atLeast}" is above \`atMost\` "${atMost}"`);
    }
  }

  condition(condition: Condition, path: Path): void {
    this.#tierCondition(condition.tier, [...path, 'tier']);
    this.#ranges(condition, path);
    const { not, any = [] } = condition;
    if (not) this.condition(not, [...path, 'not']);
    for (const [index, each] of any.entries()) this.condition(each, [...path, 'any', index]);
  }

  #tierCondition(tier: Condition['tier'], path: Path): void {
    if (tier === undefined) return;
    if (typeof tier === 'string') return this.#tier(tier, path);
    for (const [place, each] of Object.entries(tier)) {
      if (each !== undefined) this.#tier(each, [...path, Array.isArray(tier) ? Number(place) : place]);
    }
    if (!Array.isArray(tier) && this.#rank(tier.atLeast) >= this.#rank(tier.below)) this.#add(path, NEVER);
  }

  #ranges({ tools, tokens, outputTokens, turn, score, budgetLeft }: Condition, path: Path): void {
    for (const [field, range] of Object.entries({ tools, tokens, outputTokens, turn })) {
      if (range && (range.atLeast ?? 0) > (range.atMost ?? Infinity)) this.#add([...path, field], NEVER);
    }
    for (const [field, range] of Object.entries({ score, budgetLeft })) {
      if (range && (range.atLeast ?? 0) >= (range.below ?? Infinity)) this.#add([...path, field], NEVER);
    }
  }

  /** `NaN` where there is none: it is above and below nothing. */
  #rank(tier: string | undefined): number {
    return tier === undefined ? NaN : (this.#ranks.get(tier) ?? NaN);
  }

  #tier(name: string, path: Path): void {
    if (!this.#ranks.has(name)) this.#add(path, unknown('tier', name, this.#ranks.keys()));
  }

  #add(path: Path, message: string): void {
    this.mistakes.push({ path, message });
  }
}
