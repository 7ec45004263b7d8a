import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../src/core/chat.ts';
import type { Deployment } from '../../src/core/deployment.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { STRATEGIES } from '../../src/routing/pool/strategy.ts';
import { ask, chosen, deployment, viewOf } from '../support/routing.ts';

const TIERS = ['haiku', 'sonnet', 'opus'] as const;
type Medium = Deployment['capabilities']['input'][number];

const anyDeployment = (id: string) =>
  fc
    .record({
      contextTokens: fc.constantFrom(8_000, 100_000, 1_000_000),
      tools: fc.boolean(),
      input: fc.subarray<Medium>(['image', 'pdf', 'audio']),
      price: fc.option(
        fc.record({ input: fc.integer({ min: 0, max: 50 }), output: fc.integer({ min: 0, max: 200 }) }),
        {
          nil: undefined,
        },
      ),
    })
    .map(({ price, ...capabilities }) => deployment(`p/${id}`, capabilities, { price }));

const anyModels = fc
  .tuple(...TIERS.map((tier) => fc.tuple(anyDeployment(`${tier}-1`), anyDeployment(`${tier}-2`))))
  .map((pools) => Object.fromEntries(TIERS.map((tier, index) => [tier, pools[index] ?? []])));

const image = { type: 'image_url' as const, image_url: { url: 'https://example.org/a.png' } };
const tool = { type: 'function' as const, function: { name: 'x' } };
const anyRequest = fc
  .record({
    model: fc.constantFrom('auto', 'auto-economy', 'auto-quality', ...TIERS),
    text: fc.constantFrom('Hello', 'Prove it step by step.', 'Write a function', '', '续'),
    sees: fc.boolean(),
    hasTools: fc.boolean(),
  })
  .map(({ model, text, sees, hasTools }): ChatRequest => {
    const content = sees ? [{ type: 'text' as const, text }, image] : text;
    const messages: ChatRequest['messages'] = [{ role: 'user', content }];
    return ask(model, '', { messages, ...(hasTools && { tools: [tool] }) });
  });

const anyRules = fc.record({
  atMost: fc.option(fc.constantFrom(...TIERS), { nil: undefined }),
  strategy: fc.constantFrom(...STRATEGIES),
  use: fc.option(fc.subarray([...TIERS], { minLength: 1 }), { nil: undefined }),
  canary: fc.option(fc.record({ percent: fc.constant(100), use: fc.constantFrom(...TIERS) }), { nil: undefined }),
  refusal: fc.option(fc.constantFrom(...TIERS), { nil: undefined }),
});

describe('whatever is chosen', () => {
  it('can serve the request, is within its ceilings and the rules, is there once, and has its own tier', () => {
    const holds = fc.check(
      fc.property(
        anyModels,
        anyRequest,
        anyRules,
        fc.record({
          inputTokens: fc.constantFrom(10, 20_000, 500_000),
          maxCostUsd: fc.option(fc.constantFrom(0.000_1, 0.01, 1), { nil: undefined }),
        }),
        (models, request, { atMost, strategy, use, canary, refusal }, { inputTokens, maxCostUsd }) => {
          const named = { ...(use && { use }), ...(canary && { canary }), ...(refusal && { fallbacks: { refusal } }) };
          const rules = { rules: [{ name: 'mine', do: { strategy, ...(atMost && { atMost }), ...named } }] };
          const options = { ceilings: { maxCostUsd }, estimate: { inputTokens, outputTokens: 100 } };
          const choice = chosenOrRefused(() => chosen(request, viewOf(models, { rules }), options));
          if (!choice) return true;
          const { candidates, costOf } = choice;
          const isRoute = request.model.startsWith('auto');
          const highest = isRoute && atMost && !use && !canary ? TIERS.indexOf(atMost) : TIERS.length;
          return (
            new Set(candidates.map(({ deployment: { id }, after }) => `${id} ${after}`)).size === candidates.length &&
            candidates[0]?.after === undefined &&
            candidates.every(({ deployment: each, tier, after }) => {
              const { capabilities } = each;
              const cost = costOf(each);
              return (
                (!request.tools || capabilities.tools) &&
                (typeof request.messages[0]?.content === 'string' || capabilities.input.includes('image')) &&
                inputTokens * 0.8 <= capabilities.contextTokens &&
                (maxCostUsd === undefined || (cost !== undefined && cost <= maxCostUsd)) &&
                each.id.startsWith(`p/${tier}-`) &&
                (after !== undefined || TIERS.findIndex((name) => name === tier) <= highest)
              );
            })
          );
        },
      ),
      { numRuns: 400 },
    );
    expect(holds).toMatchObject({ failed: false, counterexample: null });
  });
});

/** A refusal is an answer too; anything else is a mistake of ours. */
function chosenOrRefused<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof GatewayError && cause.kind !== 'internal') return undefined;
    throw cause;
  }
}
