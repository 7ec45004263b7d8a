/** Routing rules as they are used: checked, merged and prepared once. */
import { createEffect, type Effect } from './effect.ts';
import { createTest, type Test } from './condition.ts';
import { type Profile, RulesDocument } from './document.ts';
import { merge, type MergedRules, type PlacedRule, type Tier } from './merge.ts';
import { invalid, type Mistake, shapeMistake } from './mistake.ts';
import { referenceMistakes, USUAL_PROFILE } from './references.ts';

export interface Rules {
  /** The lowest first. */
  tiers: readonly Tier[];
  /** Each tier's place among them. */
  ranks: ReadonlyMap<string, number>;
  /** What clients may ask for besides models. */
  routes: ReadonlyMap<string, Route>;
  /** In the order in which they are read. */
  steps: readonly Step[];
  /** Whether any of them speaks of models that are asked for by name. */
  nameModels: boolean;
  /** By profile: the scores at which the tiers begin, the lowest left out. */
  cuts: ReadonlyMap<string, readonly number[]>;
  /** Every model that a tier names. */
  listed: ReadonlySet<string>;
}

export interface Route {
  profile: string;
  effect: Effect;
}

export interface Step {
  name: string;
  isGuard: boolean;
  /** Whether it also speaks of models that are asked for by name. */
  namesModel: boolean;
  holds: Test;
  effect: Effect;
}

/** The shipped rules, and the operator's over them. Throws an error that names every mistake in the data. */
export function createRules(shipped: unknown, own?: unknown): Rules {
  const documents = [parse(shipped), parse(own ?? {})] as const; // An empty file of YAML is null.
  const mistakes: Mistake[] = [];
  const merged = merge(...documents, mistakes);
  mistakes.push(...referenceMistakes(merged, documents[1]));
  if (mistakes.length > 0) throw invalid(mistakes);
  return prepare(merged);
}

function parse(document: unknown): RulesDocument {
  const mistake = shapeMistake(document);
  if (mistake) throw invalid([mistake]);
  const parsed = RulesDocument.safeParse(document);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues);
}

function prepare({ tiers, profiles, routes, rules }: MergedRules): Rules {
  const ranks = new Map(tiers.map(({ name }, rank) => [name, rank]));
  const steps = rules.map((rule) => createStep(rule, ranks));
  return {
    tiers,
    ranks,
    routes: new Map(
      [...routes].map(([name, { profile = USUAL_PROFILE, ...action }]) => [
        name,
        { profile, effect: createEffect(action, ranks, 'the route') },
      ]),
    ),
    steps,
    nameModels: steps.some(({ namesModel }) => namesModel),
    cuts: new Map([...profiles].map(([name, profile]) => [name, cutsOf(profile, tiers)])),
    listed: new Set(tiers.flatMap(({ models }) => models)),
  };
}

function createStep({ name, isGuard, when = {}, do: action }: PlacedRule, ranks: ReadonlyMap<string, number>): Step {
  const effect = createEffect(action, ranks, isGuard ? name : `rule '${name}'`);
  return { name, isGuard, namesModel: when.model !== undefined, holds: createTest(when, ranks), effect };
}

function cutsOf({ from }: Profile, tiers: readonly Tier[]): number[] {
  return tiers.slice(1).map(({ name }) => from[name] ?? 1);
}
