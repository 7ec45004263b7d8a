/** Whatever is known of the deployments, and whatever is not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../../src/core/deployment.ts';
import { needsOf, obstacleFor } from '../../../src/routing/needs.ts';
import { arrange } from '../../../src/routing/pool/arrange.ts';
import { withinCeilings } from '../../../src/routing/pool/ceilings.ts';
import { STRATEGIES } from '../../../src/routing/pool/strategy.ts';
import { expectedMs } from '../../../src/routing/pool/view.ts';
import { ABLE } from '../../support/call.ts';
import { deploymentOf, seeded, viewOf } from './deployments.ts';

const perhaps = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const amount = fc.oneof(fc.constantFrom(0, 1e-9, 1e9, Infinity), fc.double({ min: 0, max: 10, noNaN: true }));
const member = fc.record({
  usd: perhaps(amount),
  ms: perhaps(fc.oneof(fc.constantFrom(0, 1e12), fc.nat(60_000))),
  tokensPerSecond: perhaps(fc.oneof(fc.constant(0), fc.nat(500))),
  room: fc.double({ min: 0, max: 1, noNaN: true }),
  tools: fc.boolean(),
  images: fc.boolean(),
  contextTokens: fc.constantFrom(1_000, 100_000),
  tokenFactor: perhaps(fc.constantFrom(1, 1.55)),
});
const story = fc.record({
  strategy: fc.constantFrom(...STRATEGIES),
  members: fc.array(member, { maxLength: 6 }),
  seed: fc.nat(),
  weights: perhaps(fc.dictionary(fc.constantFrom('p0', 'p1', 'm2', 'p3/m3'), fc.double())),
  session: perhaps(fc.string()),
  pinned: perhaps(fc.constantFrom('p0/m0', 'p3/m3', 'nobody')),
  lead: perhaps(fc.constantFrom('p0/m0', 'p1/m1', 'nobody')),
  expectedOutputTokens: fc.nat(10_000),
  ceilings: fc.record({ maxCostUsd: perhaps(amount), maxLatencyMs: perhaps(fc.nat(60_000)) }),
  needs: fc.record({ tools: fc.boolean(), image: fc.boolean(), inputTokens: fc.nat(150_000) }),
});
type Story = typeof story extends fc.Arbitrary<infer Value> ? Value : never;

function poolOf({ members }: Story): Deployment[] {
  return members.map(({ tools, images, contextTokens, tokenFactor }, index) =>
    deploymentOf(`p${index}/m${index}`, {
      tokenFactor,
      capabilities: { ...ABLE, tools, input: images ? ['image'] : [], contextTokens },
    }),
  );
}

function viewOfStory(told: Story) {
  const { members, seed, weights, session, pinned, lead, expectedOutputTokens } = told;
  const known = (read: (each: Story['members'][number]) => number | undefined) =>
    Object.fromEntries(members.map((each, index) => [`p${index}/m${index}`, read(each)]));
  return viewOf(
    {
      usd: known(({ usd }) => usd),
      ms: known(({ ms }) => ms),
      tokensPerSecond: known(({ tokensPerSecond }) => tokensPerSecond),
      room: known(({ room }) => room),
    },
    { random: seeded(seed), weights, session, pinned, lead: { id: lead }, expectedOutputTokens },
  );
}

describe('arrange', () => {
  it('always gives the same deployments back, each once', () => {
    fc.assert(
      fc.property(story, (told) => {
        const pool = poolOf(told);
        const order = arrange(told.strategy, pool, viewOfStory(told));
        expect(order.map(({ id }) => id).toSorted()).toEqual(pool.map(({ id }) => id).toSorted());
      }),
      { numRuns: 2_000 },
    );
  });

  it('who has no price is never before who has one, when the cheapest is wanted', () => {
    fc.assert(
      fc.property(story, (told) => {
        const view = viewOfStory(told);
        const costs = arrange('cheapest', poolOf(told), view).map((each) => view.costOf(each));
        const firstUnknown = costs.indexOf(undefined);
        expect(firstUnknown < 0 || costs.slice(firstUnknown).every((cost) => cost === undefined)).toBe(true);
        const known = costs.filter((cost) => cost !== undefined);
        expect((known[0] ?? 0) <= Math.min(...known) * 1.001).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('every deployment that is left in the order can serve the request, within its ceilings', () => {
    fc.assert(
      fc.property(story, (told) => {
        const view = viewOfStory(told);
        const { ceilings, strategy } = told;
        const content = told.needs.image
          ? [{ type: 'image_url' as const, image_url: { url: 'https://x/y.png' } }]
          : 'Hi';
        const needs = needsOf(
          {
            model: 'auto',
            messages: [{ role: 'user', content }],
            ...(told.needs.tools && { tools: [{ type: 'function' as const, function: { name: 'look' } }] }),
          },
          { inputTokens: told.needs.inputTokens, outputTokens: 1_000 },
        );
        const able = poolOf(told).filter((each) => !obstacleFor(each, needs));
        const { kept, dropped } = withinCeilings(able, ceilings, view);
        expect(kept.length + dropped.length).toBe(able.length);
        const { maxCostUsd = Infinity, maxLatencyMs = Infinity } = ceilings;
        const failing = arrange(strategy, kept, view).filter(
          (each) =>
            (told.needs.tools && !each.capabilities.tools) ||
            (told.needs.image && !each.capabilities.input.includes('image')) ||
            each.capabilities.contextTokens < 0.8 * told.needs.inputTokens + 1_000 ||
            (ceilings.maxCostUsd !== undefined && !((view.costOf(each) ?? NaN) <= maxCostUsd)) ||
            (expectedMs(each, view) ?? 0) > maxLatencyMs,
        );
        expect(failing).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});
