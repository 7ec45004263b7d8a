import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANYONE, forbiddenDoor, forbiddenName, mayEnter, mayUse, type Patterns } from '../../../src/core/caller.ts';
import { createMatcher } from '../../../src/routing/rules/pattern.ts';

const ROUTES = new Set(['auto', 'auto-eco']);

function caller(models: readonly Patterns[], routes: readonly Patterns[] = [], doors: readonly Patterns[] = []) {
  return { ...ANYONE, name: 'web', allowed: { models, routes, doors } };
}

describe('mayUse', () => {
  it.each([
    { name: 'everything, where nothing is said', who: caller([]), asks: 'claude-opus-5-5', may: true },
    { name: 'nothing, where the list is empty', who: caller([[]]), asks: 'claude-opus-5-5', may: false },
    { name: 'a model that is named', who: caller([['a', 'b']]), asks: 'b', may: true },
    { name: 'no model that only begins so', who: caller([['claude']]), asks: 'claude-opus-5-5', may: false },
    { name: 'a family', who: caller([['claude-*']]), asks: 'claude-opus-5-5', may: true },
    {
      name: 'only what all lists allow',
      who: caller([['claude-*'], ['*-haiku-*']]),
      asks: 'claude-opus-5-5',
      may: false,
    },
    { name: 'what all lists allow', who: caller([['claude-*'], ['*-haiku-*']]), asks: 'claude-haiku-4-5', may: true },
    { name: 'nothing twice by one piece of a name', who: caller([['a*b*b']]), asks: 'ab', may: false },
    { name: 'each piece by its own', who: caller([['a*b*b']]), asks: 'a-b-b', may: true },
    { name: 'no other way to the same model', who: caller([['gpt-*']]), asks: 'openai/gpt-6', may: false },
    { name: 'a route, by the list of routes', who: caller([[]], [['auto*']]), asks: 'auto-eco', may: true },
    { name: 'no route, however wide the models are', who: caller([['*']], [[]]), asks: 'auto', may: false },
    { name: 'no model, however wide the routes are', who: caller([[]], [['*']]), asks: 'gpt-6', may: false },
  ])('$name', ({ who, asks, may }) => expect(mayUse(who, asks, ROUTES)).toBe(may));

  it('reads patterns as the rules do', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '-'), maxLength: 8 });
    fc.assert(
      fc.property(text, text, (pattern, name) => {
        expect(mayUse(caller([[pattern]]), name, new Set())).toBe(createMatcher(pattern)(name));
      }),
      { numRuns: 2_000 },
    );
  });

  it('knows doors', () => {
    expect(mayEnter(caller([], [], [['chat', 'models']]), 'chat')).toBe(true);
    expect(mayEnter(caller([], [], [['chat', 'models']]), 'messages')).toBe(false);
  });

  it('says who may not use what, and no more of the secret than its beginning', () => {
    const error = forbiddenName({ ...ANYONE, name: 'web', prefix: 'sb-Ab12C' }, 'claude-opus-5-5');
    expect(error).toMatchObject({ status: 403, code: 'forbidden', param: 'model' });
    expect(error.message).toBe(
      'The key "web" (sb-Ab12C…) may not use "claude-opus-5-5"; GET /v1/models lists what it may',
    );
    expect(forbiddenDoor({ ...ANYONE, name: 'web' }, 'messages').message).toBe(
      'The key "web" may not come in by "messages"',
    );
  });
});
