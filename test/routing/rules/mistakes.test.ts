import { describe, expect, test } from 'vitest';
import { createRules } from '../../../src/routing/rules/rules.ts';
import shipped from '../../../routing-rules/rules.json' with { type: 'json' };

const rule = (action: unknown, when: unknown = {}) => ({ rules: [{ name: 'mine', when, do: action }] });
const knot: Record<string, unknown> = {};
knot['routes'] = knot;

describe('a mistake is named with its place and what would be right', () => {
  test.each<[string, unknown, string]>([
    ['a field nobody knows', { tires: [] }, 'the document: Unrecognized key: "tires". Near it: tiers'],
    [
      'a condition nobody knows',
      rule({ tier: 'opus' }, { modle: 'x' }),
      'rules[0].when: Unrecognized key: "modle". Near it: model',
    ],
    ['an action nobody knows', rule({ tire: 'opus' }), 'rules[0].do: Unrecognized key: "tire". Near it: tier'],
    ['no action', { rules: [{ name: 'mine' }] }, 'rules[0].do: must say what to do'],
    ['an empty action', rule({}), 'rules[0].do: must say what to do'],
    ['a tier that there is not', rule({ tier: 'opsu' }), 'rules[0].do.tier: no tier is called "opsu"; there are opus'],
    ['a floor that there is not', rule({ atLeast: 'x' }), 'rules[0].do.atLeast: no tier is called "x"'],
    ['a ceiling that there is not', { routes: { mine: { atMost: 'x' } } }, 'routes.mine.atMost: no tier is called "x"'],
    [
      'a condition on a tier that there is not',
      rule({ raise: 1 }, { not: { any: [{ tier: ['haiku', 'x'] }] } }),
      'rules[0].when.not.any[0].tier[1]: no tier is called "x"',
    ],
    [
      'a profile that there is not',
      { routes: { mine: { profile: 'best' } } },
      'routes.mine.profile: no profile is called "best"; there are',
    ],
    [
      'a floor above the ceiling',
      rule({ atLeast: 'opus', atMost: 'haiku' }),
      'rules[0].do: `atLeast` "opus" is above `atMost` "haiku"',
    ],
    [
      'a floor above the ceiling of the shipped route',
      { routes: { 'auto-economy': { atLeast: 'opus' } } },
      'routes.auto-economy: `atLeast` "opus" is above `atMost` "sonnet"',
    ],
    [
      'thresholds that do not ascend',
      { profiles: { balanced: { from: { sonnet: 0.8, opus: 0.3 } } } },
      'profiles.balanced.from.opus: must be above 0.8: thresholds ascend',
    ],
    [
      'a threshold that is missing',
      { profiles: { balanced: { from: { sonnet: 0.8 } } } },
      'profiles.balanced.from: must say where "opus" begins',
    ],
    [
      'a lowest tier that does not begin at 0',
      { profiles: { balanced: { from: { haiku: 0.1, sonnet: 0.4, opus: 0.8 } } } },
      'profiles.balanced.from.haiku: must be 0 or left out',
    ],
    [
      'a range that can never hold',
      rule({ raise: 1 }, { turn: { atLeast: 3, atMost: 2 } }),
      'rules[0].when.turn: can never hold',
    ],
    [
      'a share that can never hold',
      rule({ raise: 1 }, { score: { atLeast: 0.5, below: 0.5 } }),
      'rules[0].when.score: can never hold',
    ],
    [
      'tiers that can never hold',
      rule({ raise: 1 }, { tier: { atLeast: 'opus', below: 'sonnet' } }),
      'rules[0].when.tier: can never hold',
    ],
    [
      'a guard that there is not',
      { guards: [{ name: 'tool', off: true }] },
      'guards[0].name: no guard is called "tool"; there are tools',
    ],
    [
      'a guard changed twice',
      { guards: [{ name: 'tools' }, { name: 'tools' }] },
      'guards[1].name: there are two guards called "tools"',
    ],
    [
      'two rules of one name',
      {
        rules: [
          { name: 'a', do: { raise: 1 } },
          { name: 'a', do: { raise: 1 } },
        ],
      },
      'rules[1].name: there are two rules called "a"',
    ],
    [
      'two tiers of one name',
      { tiers: [{ name: 'haiku' }, { name: 'haiku' }, { name: 'sonnet' }, { name: 'opus' }] },
      'tiers[1].name: there are two tiers called "haiku"',
    ],
    [
      'a new tier without models',
      { tiers: [{ name: 'haiku' }, { name: 'sonnet' }, { name: 'opus' }, { name: 'mega' }] },
      'tiers[3].models: needed: no shipped tier is called "mega"',
    ],
    [
      'a tier that others still need',
      { tiers: [{ name: 'haiku' }, { name: 'opus' }] },
      'shipped guard \'tools\'.do.atLeast: no tier is called "sonnet"',
    ],
    [
      'a zone that there is not',
      rule({ raise: 1 }, { time: { zone: 'Mars/Olympus' } }),
      'rules[0].when.time.zone: must be a time zone such as',
    ],
    [
      'a time that there is not',
      rule({ raise: 1 }, { time: { from: '8' } }),
      'rules[0].when.time.from: must be a time such as 08:30',
    ],
    [
      'a day that there is not',
      rule({ raise: 1 }, { time: { days: ['monday'] } }),
      'rules[0].when.time.days[0]: Invalid option: expected one of "mon"',
    ],
    [
      'a strategy that there is not',
      rule({ strategy: 'best' }),
      'rules[0].do.strategy: Invalid option: expected one of "order"',
    ],
    ['a number where a list belongs', rule({ use: 3 }), "rules[0].do.use: must be a model's name, or a list of such"],
    [
      'a name that does not fit into a header',
      { rules: [{ name: 'mïne\n', do: { raise: 1 } }] },
      'rules[0].name: must begin with a letter or digit',
    ],
    [
      'a header that fetch would not look for',
      rule({ raise: 1 }, { header: { 'x team': true } }),
      'rules[0].when.header.x team: ',
    ],
    ['no document', 'nothing', 'the document: Invalid input: expected object'],
    ['a document that holds itself', knot, 'the document: is nested deeper than 32 levels'],
    ['a bomb', { rules: Array.from({ length: 300_000 }, () => 0) }, 'the document: holds more than 200000 values'],
    [
      'a name that objects swallow',
      JSON.parse('{"rules":[{"name":"a","when":{"metadata":{"__proto__":"x"}},"do":{"raise":1}}]}'),
      '__proto__: is no name',
    ],
  ])('%s', (_sentence, document, message) => {
    expect(() => createRules(shipped, document)).toThrow(message);
  });

  test('every one of them is named', () => {
    const document = { ...rule({ tier: 'x', profile: 'y' }, { tier: 'z' }), routes: { mine: { atMost: 'w' } } };
    expect(() => createRules(shipped, document)).toThrow(
      /routes\.mine\.atMost[^]*when\.tier[^]*do\.profile[^]*do\.tier/,
    );
  });

  test('the shipped rules stand by themselves, and need themselves', () => {
    expect(createRules(shipped).tiers.map(({ name }) => name)).toEqual(['haiku', 'sonnet', 'opus']);
    expect(createRules(shipped, null).routes.has('auto')).toBe(true);
    expect(() => createRules({})).toThrow('tiers: there must be at least one');
  });
});
