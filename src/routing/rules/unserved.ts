/** Names of models in rules that nobody serves here: a rule that does nothing is the quietest of mistakes. */
import type { Effect } from './effect.ts';
import { type Mistake, unknown } from './mistake.ts';
import type { Rules } from './rules.ts';

/** Of several names some may be missing, as in tiers; where nothing is left of them, the rule is wrong. */
export function unservedMistakes(
  { steps, routes }: Rules,
  isServed: (name: string) => boolean,
  served: Iterable<string>,
): Mistake[] {
  const known = [...served];
  const mistakes: Mistake[] = [];
  const look = (effect: Effect, path: readonly string[]) => {
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
