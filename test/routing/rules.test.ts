import { describe, expect, test } from 'vitest';
import shipped from '../../routing-rules/default.json' with { type: 'json' };
import { createRules } from '../../src/routing/rules.ts';

type Shipped = typeof shipped;

function changed(change: (file: Shipped) => void): () => unknown {
  const file = structuredClone(shipped);
  change(file);
  return () => createRules(file);
}

describe('rules', () => {
  test('the shipped ones are valid', () => {
    expect(createRules(shipped).tiers.map(({ name }) => name)).toEqual(['haiku', 'sonnet', 'opus']);
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      'thresholds ascend',
      changed(({ tiers }) => Object.assign(tiers[2] ?? {}, { from: 0.1 })),
      /must be above 0\.15, where "sonnet" begins: thresholds ascend[\s\S]*tiers\[2\]\.from/,
    ],
    [
      'the first tier begins at 0',
      changed(({ tiers }) => Object.assign(tiers[0] ?? {}, { from: 0.05 })),
      /the first tier must begin at 0/,
    ],
    [
      'no two tiers have one name',
      changed(({ tiers }) => Object.assign(tiers[2] ?? {}, { name: 'haiku' })),
      /two tiers called "haiku"/,
    ],
    [
      'a route names tiers that exist',
      changed(({ routes }) => Object.assign(routes.auto, { atMost: 'mega' })),
      /no tier is called "mega"[\s\S]*routes\.auto\.atMost/,
    ],
    [
      'a route is not upside down',
      changed(({ routes }) => Object.assign(routes.auto, { atLeast: 'opus', atMost: 'haiku' })),
      /`atLeast` "opus" is above `atMost` "haiku"/,
    ],
    ['every signal is there', changed((file) => Reflect.deleteProperty(file.signals, 'tools')), /signals\.tools/],
    [
      'names fit into a header',
      changed(({ tiers }) => Object.assign(tiers[1] ?? {}, { name: 'sønnet\n' })),
      /must consist of letters/,
    ],
    [
      'a field nobody knows is a mistake',
      changed((file) => Object.assign(file, { tierz: [] })),
      /Unrecognized key: "tierz"/,
    ],
  ])('%s', (_sentence, create, message) => {
    expect(create).toThrow(message);
  });
});
