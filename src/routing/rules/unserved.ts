/** Names of models in rules, and of what they weigh, that nobody serves here: a rule that does nothing is the quietest of mistakes. */
import type { Deployment } from '../../core/deployment.ts';
import { namesOf } from '../pool/weights.ts';
import type { Effect } from './effect.ts';
import { type Mistake, unknown } from './mistake.ts';
import type { Rules } from './rules.ts';

/** Of several names some may be missing, as in tiers; where nothing is left of them, the rule is wrong. */
export function unservedMistakes(
  { tiers, steps, routes }: Rules,
  serving: (name: string) => readonly Deployment[],
  known: readonly string[],
): Mistake[] {
  const mistakes: Mistake[] = [];
  const isServed = (name: string) => serving(name).length > 0;
  const effects = [...steps, ...routes.values()].map(({ effect }) => effect);
  const named = [
    ...known,
    ...tiers.flatMap(({ models }) => models),
    ...effects.flatMap(namedBy).flatMap(([, names]) => names),
  ];
  const weighed = new Set(named.flatMap(serving).flatMap(namesOf));
  const look = (effect: Effect, path: readonly string[]) => {
    const weights = Object.keys(effect.weights ?? {});
    const [heavy] = weights;
    if (heavy !== undefined && !weights.some((name) => weighed.has(name))) {
      mistakes.push({ path: [...path, 'weights'], message: unknown('deployment, model or provider', heavy, weighed) });
    }
    for (const [field, names] of namedBy(effect)) {
      const [first] = names;
      if (first === undefined || names.some(isServed)) continue;
      mistakes.push({ path: [...path, field], message: unknown('model', first, known) });
    }
  };
  for (const { name, isGuard, effect } of steps) look(effect, [`${isGuard ? 'guard' : 'rule'} '${name}'`]);
  for (const [name, { effect }] of routes) look(effect, ['routes', name]);
  return mistakes;
}

function namedBy({ use = [], canary, shadow, fallbacks = {} }: Effect): [field: string, names: readonly string[]][] {
  return [
    ['use', use],
    ['canary', canary?.use ?? []],
    ['shadow', shadow ? [shadow.model] : []],
    ...Object.entries(fallbacks).map(([failure, names]): [string, readonly string[]] => [
      `fallbacks.${failure}`,
      names,
    ]),
  ];
}
