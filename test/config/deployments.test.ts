import { describe, expect, it } from 'vitest';
import models from '../../routing-rules/models.json' with { type: 'json' };
import { modelsOf } from '../../src/config/deployments.ts';
import { Configuration } from '../../src/config/schema.ts';
import type { Deployment, Endpoint } from '../../src/core/deployment.ts';
import { createCatalog } from '../../src/routing/catalog.ts';
import { expectedCostUsd, priceOf } from '../../src/routing/expected-cost.ts';
import { deploymentOf } from '../routing/pool/deployments.ts';

const catalog = createCatalog(models);
const BEFORE = Date.parse('2026-11-30T12:00:00Z');
const AFTER = Date.parse('2026-12-01T12:00:00Z');

function deploymentsOf(entry: object, now: () => number): Deployment[] {
  const endpoint: Endpoint = { ...deploymentOf('gemini/x').endpoint, dialect: 'gemini' };
  const configuration = Configuration.parse({ models: { smart: { deployments: [{ provider: 'gemini', ...entry }] } } });
  const context = { source: 'test', endpoints: new Map([['gemini', endpoint]]), catalog, now };
  return [...(modelsOf(configuration, context).get('smart') ?? [])];
}

describe('a configured deployment', () => {
  it('has the prices, the tokens and the prompt cache of its model', () => {
    const [deployment] = deploymentsOf({ model: 'gemini-4-argon' }, () => BEFORE);
    expect(deployment).toMatchObject({ tokenFactor: 1, promptCache: { automatic: true, minimumTokens: 4_096 } });
    expect(deployment?.prices).toHaveLength(2);
  });

  it('bills by the date, and can say what it will cost at another', () => {
    let now = BEFORE;
    const [deployment] = deploymentsOf({ model: 'gemini-4-argon' }, () => now);
    expect(deployment?.price?.input).toBe(2);
    expect(deployment && priceOf(deployment, AFTER)?.input).toBe(4);
    now = AFTER;
    expect(deployment?.price?.input).toBe(4);
  });

  it('costs what the operator says, on every day', () => {
    const [deployment] = deploymentsOf({ model: 'gemini-4-argon', price: { input: 7, output: 7 } }, () => BEFORE);
    const work = { inputTokens: 1_000_000, cachedTokens: 0, expectedOutputTokens: 0 };
    expect(deployment && expectedCostUsd(deployment, work, AFTER)).toBe(7);
  });
});
