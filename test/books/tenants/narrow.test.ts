import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANYONE, mayEnter, mayUse } from '../../../src/core/caller.ts';
import { PRIORITIES } from '../../../src/core/priority.ts';
import { EVERYTHING, narrow, type Rights, type Wanted } from '../../../src/books/tenants/narrow.ts';

const MODELS = ['claude-opus-5-5', 'claude-haiku-4-5', 'gpt-6', 'openai/gpt-6'];
const ROUTES = new Set(['auto', 'auto-eco']);
const DOORS = ['chat', 'messages', 'models'];

const patterns = fc.array(
  fc.constantFrom('*', 'claude-*', '*-haiku-*', 'gpt-6', 'openai/*', 'auto*', 'auto', 'chat', 'm*'),
  {
    maxLength: 3,
  },
);
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const amount = fc.constantFrom(0.5, 1, 2, 1_000);
const wanted: fc.Arbitrary<Wanted> = fc.record({
  models: maybe(patterns),
  routes: maybe(patterns),
  doors: maybe(patterns),
  priority: maybe(fc.constantFrom(...PRIORITIES)),
  maxCostUsd: maybe(amount),
  maxLatencyMs: maybe(amount),
  expiresAtMs: maybe(amount),
  revokedAtMs: maybe(amount),
  owner: maybe(fc.constantFrom('ann', 'bob')),
  tags: maybe(fc.array(fc.string({ maxLength: 3 }), { maxLength: 12 })),
  limits: maybe(fc.constant({ requestsPerMinute: 1 })),
  budgets: maybe(fc.constant({ usd: { perDay: 1 } })),
});

const atMost = (child: number | undefined, parent: number | undefined) =>
  parent === undefined || (child !== undefined && child <= parent);

/** Every name, way in, time and amount that `child` may and `parent` may not. */
function wider(child: Rights, parent: Rights): string[] {
  const [low, high] = [child, parent].map(({ allowed }) => ({ ...ANYONE, allowed }));
  const names = [...MODELS, ...ROUTES].filter(
    (name) => mayUse(low ?? ANYONE, name, ROUTES) && !mayUse(high ?? ANYONE, name, ROUTES),
  );
  const doors = DOORS.filter((door) => mayEnter(low ?? ANYONE, door) && !mayEnter(high ?? ANYONE, door));
  const checks: Record<string, boolean> = {
    maxCostUsd: atMost(child.ceilings.maxCostUsd, parent.ceilings.maxCostUsd),
    maxLatencyMs: atMost(child.ceilings.maxLatencyMs, parent.ceilings.maxLatencyMs),
    expiresAtMs: atMost(child.expiresAtMs, parent.expiresAtMs),
    revokedAtMs: atMost(child.revokedAtMs, parent.revokedAtMs),
    priority: PRIORITIES.indexOf(child.priority) >= PRIORITIES.indexOf(parent.priority),
    scopes: parent.scopes.every((scope) => child.scopes.includes(scope)),
    tags: parent.tags.every((tag) => child.tags.includes(tag)),
  };
  return [...names, ...doors, ...Object.keys(checks).filter((name) => !checks[name])];
}

const own = (name: string, { limits, budgets }: Wanted) => ({ kind: 'key' as const, name, limits, budgets });

describe('narrow', () => {
  it('never gives more than there is above, however often', () => {
    fc.assert(
      fc.property(fc.array(wanted, { minLength: 1, maxLength: 5 }), (line) => {
        let above = EVERYTHING;
        for (const [depth, each] of line.entries()) {
          const rights = narrow(above, each, own(`key-${depth}`, each));
          expect(wider(rights, above)).toEqual([]);
          expect(rights.tags.length).toBeLessThanOrEqual(8);
          above = rights;
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('takes what is wanted, where there is that much', () => {
    fc.assert(
      fc.property(wanted, (each) => {
        const rights = narrow(EVERYTHING, each, own('key', each));
        expect(rights).toMatchObject({
          ceilings: { maxCostUsd: each.maxCostUsd, maxLatencyMs: each.maxLatencyMs },
          priority: each.priority ?? 'critical',
          expiresAtMs: each.expiresAtMs,
          revokedAtMs: each.revokedAtMs,
          owner: each.owner,
        });
        for (const name of MODELS) {
          expect(mayUse({ ...ANYONE, allowed: rights.allowed }, name, ROUTES)).toBe(
            each.models === undefined ||
              mayUse({ ...ANYONE, allowed: { models: [each.models], routes: [], doors: [] } }, name, ROUTES),
          );
        }
      }),
    );
  });

  it.each([
    {
      name: 'models alone shut the routes, which would choose among all models',
      wants: { models: ['gpt-6'] },
      auto: false,
    },
    { name: 'a route that is named is open', wants: { models: ['gpt-6'], routes: ['auto'] }, auto: true },
    { name: 'without models nothing is said of routes', wants: { doors: ['chat'] }, auto: true },
  ])('$name', ({ wants, auto }) => {
    const { allowed } = narrow(EVERYTHING, wants, own('key', {}));
    expect(mayUse({ ...ANYONE, allowed }, 'auto', ROUTES)).toBe(auto);
  });
});
