/** Credentials, accounts, limits and priorities, from the file to what the router goes by. */
import { describe, expect, it } from 'vitest';
import models from '../../routing-rules/models.json' with { type: 'json' };
import { providers } from '../../providers/index.ts';
import { modelsOf } from '../../src/config/deployments.ts';
import { endpointsOf } from '../../src/config/endpoints.ts';
import { ConfigurationError, parseConfiguration } from '../../src/config/parse.ts';
import type { Endpoint } from '../../src/core/deployment.ts';
import { Limiters } from '../../src/limits/limiters.ts';
import { createCatalog } from '../../src/routing/catalog.ts';

const parse = (text: string) => parseConfiguration(text, 'test.yaml', {});
const unused = () => () => Promise.reject(new Error('not needed'));

function read(text: string) {
  const configuration = parse(text);
  const endpoints = endpointsOf(configuration.providers, {
    source: 'test.yaml',
    environment: {},
    providers: new Map(providers.map((provider) => [provider.name, provider])),
    credentials: { awsChain: unused, googleToken: unused },
    practice: false,
  });
  const context = { source: 'test.yaml', endpoints, catalog: createCatalog(models), now: () => 0 };
  return { endpoints, models: modelsOf(configuration, context) };
}

const secretOf = (endpoint: Endpoint | undefined) =>
  endpoint?.credential.kind === 'key' ? endpoint.credential.secret.reveal() : undefined;

describe('AWS keys', () => {
  it.each([
    ['accessKeyId', 'secretAccessKey'],
    ['secretAccessKey', 'accessKeyId'],
  ])('are a pair: %s alone is not left to the chain', (there, missing) => {
    expect(() => read(`providers: { bedrock: { ${there}: AKIDEXAMPLE } }`)).toThrow(
      new ConfigurationError('test.yaml', [
        `providers.bedrock.${missing}: is missing; AWS keys are a pair, and there is ${there}`,
      ]),
    );
  });
});

describe('apiKeys', () => {
  const KEYS = 'providers: { anthropic: { apiKeys: [first-key, second-key, third-key], account: team } }';

  it('are one endpoint each, of one account', () => {
    const { endpoints } = read(KEYS);
    expect([...endpoints.values()].map((endpoint) => [endpoint.name, secretOf(endpoint), endpoint.account])).toEqual([
      ['anthropic', 'first-key', 'team'],
      ['anthropic#2', 'second-key', 'team'],
      ['anthropic#3', 'third-key', 'team'],
    ]);
  });

  it('are one deployment each, in their order', () => {
    const { models: served } = read(
      `${KEYS}\nmodels: { m: { deployments: [{ provider: anthropic, model: claude-haiku-4-5 }] } }`,
    );
    expect(served.get('m')?.map(({ id }) => id)).toEqual([
      'anthropic/claude-haiku-4-5',
      'anthropic#2/claude-haiku-4-5',
      'anthropic#3/claude-haiku-4-5',
    ]);
  });

  it('are never shown', () => {
    expect(JSON.stringify([...read(KEYS).endpoints.values()])).not.toContain('-key"');
  });

  it('are not empty', () => {
    expect(() => parse('providers: { anthropic: { apiKeys: [] } }')).toThrow(ConfigurationError);
  });
});

describe('account', () => {
  it("is the entry's own without one", () => {
    expect(read('providers: { openai: { apiKey: k } }').endpoints.get('openai')?.account).toBe('openai');
  });

  it('decides who shares limits', () => {
    const { models: served } = read(`
providers:
  a: { dialect: openai, apiKey: k, account: shared, limits: { concurrency: 1 } }
  b: { dialect: openai, apiKey: l, account: shared }
  c: { dialect: openai, apiKey: m }
models: { m: { deployments: [{ provider: a, model: gpt-4.1 }, { provider: b, model: gpt-4.1 }, { provider: c, model: gpt-4.1 }] } }`);
    const limiters = new Limiters();
    const [a, b, c] = (served.get('m') ?? []).map((deployment) => limiters.of(deployment, 0));
    a?.take({ requests: 1 }, 0);
    expect([a, b, c].map((limits) => limits?.waitMs({ requests: 1 }, 0) === 0)).toEqual([false, false, true]);
  });
});

describe('limits', () => {
  it('of a deployment are its own', () => {
    const { models: served } = read(`
providers: { openai: { apiKey: k, limits: { requestsPerMinute: 100 } } }
models: { m: { deployments: [{ provider: openai, model: gpt-4.1, limits: { concurrency: 2 } }] } }`);
    const [deployment] = served.get('m') ?? [];
    expect(deployment?.limits).toEqual({ concurrency: 2 });
    expect(deployment?.endpoint.limits).toEqual({ requestsPerMinute: 100 });
  });

  it.each([
    ['requestsPerMinute: 0', 'requestsPerMinute'],
    ['requestsPerMinute: 1.5', 'requestsPerMinute'],
    ['tokensPerDay: many', 'tokensPerDay'],
    ['burst: 0', 'burst'],
    ['burst: 1.1', 'burst'],
    ['requestPerMinute: 5', 'limits.requestPerMinute: there is no such setting; did you mean "requestsPerMinute"?'],
  ])('refuse %s', (limit, says) => {
    expect(() => parse(`providers: { openai: { apiKey: k, limits: { ${limit} } } }`)).toThrow(says);
  });
});

describe('priority', () => {
  const keys = (more: string) => parse(`keys: [{ name: web, key: 0123456789abcdef${more} }]`).keys;

  it('is normal unless the key has another', () => {
    expect(keys('')[0]?.priority).toBe('normal');
    expect(keys(', priority: background')[0]?.priority).toBe('background');
  });

  it('is one of three', () => {
    expect(() => keys(', priority: high')).toThrow(/keys\.0\.priority/);
  });
});

describe('timeouts and rules of a model', () => {
  it('reach its deployments', () => {
    const { models: served } = read(`
providers: { openai: { apiKey: k } }
models: { m: { timeouts: { firstTokenMs: 2000, totalMs: 9000 }, deployments: [{ provider: openai, model: gpt-4.1 }] } }`);
    expect(served.get('m')?.[0]?.timeouts).toEqual({ firstTokenMs: 2_000, totalMs: 9_000 });
  });

  it.each(['maxCalls: 0', 'maxCalls: 11', 'onContext: larger?', 'onRefusal: retry', 'balance: random', 'hedge: maybe'])(
    'refuse %s',
    (rule) => {
      const text = `providers: { openai: { apiKey: k } }\nmodels: { m: { ${rule}, deployments: [{ provider: openai, model: x }] } }`;
      expect(() => parse(text)).toThrow(ConfigurationError);
    },
  );
});
