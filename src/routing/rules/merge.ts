/** The operator's document over the shipped one. */
import type { Action, Profile, Route, Rule, RulesDocument } from './document.ts';
import { type Mistake, unknown } from './mistake.ts';

export interface Tier {
  name: string;
  /** Names that clients may ask for, best first; the ones not configured are skipped. */
  models: readonly string[];
}

export interface PlacedRule extends Rule {
  do: Action;
  isGuard: boolean;
  /** Where it stands in the document that wrote it last. */
  path: readonly PropertyKey[];
}

export interface MergedRules {
  /** The lowest first. */
  tiers: readonly Tier[];
  profiles: ReadonlyMap<string, Profile>;
  routes: ReadonlyMap<string, Route>;
  /** In the order in which they are read: the operator's rules, then the guards. */
  rules: readonly PlacedRule[];
}

/**
 * Rules of both are read, the operator's first. Routes and guards are laid over those of the same name, field by field;
 * profiles replace those of the same name whole, so that no cut point stays behind; tiers replace the whole ladder.
 */
export function merge(shipped: RulesDocument, own: RulesDocument, mistakes: Mistake[]): MergedRules {
  return {
    tiers: mergeTiers(shipped, own, mistakes),
    profiles: new Map([...Object.entries(shipped.profiles ?? {}), ...Object.entries(own.profiles ?? {})]),
    routes: mergeRoutes(shipped, own),
    rules: [
      ...placed(own.rules, ['rules'], mistakes),
      ...placed(shipped.rules, ['rules'], mistakes),
      ...mergeGuards(shipped, own, mistakes),
    ],
  };
}

function mergeTiers(shipped: RulesDocument, own: RulesDocument, mistakes: Mistake[]): Tier[] {
  const usual = new Map((shipped.tiers ?? []).map(({ name, models }) => [name, models]));
  const ladder = own.tiers ?? shipped.tiers ?? [];
  if (ladder.length === 0) mistakes.push({ path: ['tiers'], message: 'there must be at least one' });
  return ladder.map(({ name, models = usual.get(name) }, index) => {
    const path = ['tiers', index];
    if (!models) mistakes.push({ path: [...path, 'models'], message: `needed: no shipped tier is called "${name}"` });
    if (ladder.findIndex((tier) => tier.name === name) < index) {
      mistakes.push({ path: [...path, 'name'], message: `there are two tiers called "${name}"` });
    }
    return { name, models: models ?? [] };
  });
}

function mergeRoutes(shipped: RulesDocument, own: RulesDocument): Map<string, Route> {
  const routes = new Map(Object.entries(shipped.routes ?? {}));
  for (const [name, route] of Object.entries(own.routes ?? {})) routes.set(name, { ...routes.get(name), ...route });
  for (const [name, { off }] of routes) if (off) routes.delete(name);
  return routes;
}

function mergeGuards(shipped: RulesDocument, own: RulesDocument, mistakes: Mistake[]): PlacedRule[] {
  const guards = shipped.guards ?? [];
  const names = guards.map(({ name }) => name);
  const changes = new Map<string, { rule: Rule; index: number }>();
  for (const [index, rule] of (own.guards ?? []).entries()) {
    const path = ['guards', index, 'name'];
    if (changes.has(rule.name)) mistakes.push({ path, message: `there are two guards called "${rule.name}"` });
    else if (!names.includes(rule.name)) {
      mistakes.push({ path, message: `${unknown('guard', rule.name, names)}; what is new belongs under rules` });
    }
    changes.set(rule.name, { rule, index });
  }
  return guards.flatMap((guard) => {
    const change = changes.get(guard.name);
    const path = change ? ['guards', change.index] : [`shipped guard '${guard.name}'`];
    return place({ ...guard, ...change?.rule }, true, path, mistakes);
  });
}

function placed(rules: readonly Rule[] | undefined, path: readonly PropertyKey[], mistakes: Mistake[]): PlacedRule[] {
  const seen = new Set<string>();
  return (rules ?? []).flatMap((rule, index) => {
    const message = `there are two rules called "${rule.name}"`;
    if (seen.has(rule.name)) mistakes.push({ path: [...path, index, 'name'], message });
    seen.add(rule.name);
    return place(rule, false, [...path, index], mistakes);
  });
}

function place(rule: Rule, isGuard: boolean, path: readonly PropertyKey[], mistakes: Mistake[]): PlacedRule[] {
  const { do: action, off } = rule;
  if (off) return [];
  if (action && Object.keys(action).length > 0) return [{ ...rule, do: action, isGuard, path }];
  mistakes.push({ path: [...path, 'do'], message: 'must say what to do' });
  return [];
}
