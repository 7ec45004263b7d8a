/** Whoever has a key may ask for `provider/anything`, as often as he likes. */
import { expect, it } from 'vitest';
import { compose } from '../src/compose.ts';
import { parseConfiguration } from '../src/config/parse.ts';
import { poolOf } from '../src/gateway/stops.ts';
import { fetchHttp } from '../src/platform/fetch-http.ts';
import { fetchTransport } from '../src/platform/fetch-transport.ts';

const YAML = `
directModels: true
providers: { a: { dialect: openai, baseUrl: http://a.test } }
models: { haiku: { deployments: [{ provider: a, model: small }] } }
`;

function serve() {
  const unused = () => () => Promise.reject(new Error('not needed'));
  return compose(parseConfiguration(YAML, 'test.yaml', {}), {
    http: fetchHttp,
    transport: fetchTransport(() => Promise.reject(new Error('not needed'))),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    credentials: { awsChain: unused, googleToken: unused },
    environment: {},
    source: 'test.yaml',
    practice: false,
    isReady: () => true,
  });
}

it('names that clients invent push out nothing of what the configuration names', () => {
  const { gateway, limiters } = serve();
  const { dispatcher, routing } = gateway;
  const at = (name: string) => {
    const found = routing.models.get(name)?.[0] ?? routing.direct(name);
    if (found) return found;
    throw new Error(`There is no ${name}`);
  };
  const invented = dispatcher.target(at('a/x0'));
  const inventedPool = poolOf(gateway, 'a/x0');
  const haiku = dispatcher.target(at('haiku'));
  const pools = ['haiku', 'auto'].map((name) => poolOf(gateway, name));
  for (let n = 1; n <= 2_000; n++) {
    dispatcher.target(at(`a/x${n}`));
    poolOf(gateway, `a/x${n}`);
  }
  expect([...dispatcher.targets]).toContain(haiku);
  expect([...dispatcher.targets]).not.toContain(invented);
  expect(limiters.standings(0).map(({ resource }) => resource)).toContain(haiku.resource);
  expect(poolOf(gateway, 'haiku')).toBe(pools[0]);
  expect(poolOf(gateway, 'auto')).toBe(pools[1]);
  expect(poolOf(gateway, 'a/x0')).not.toBe(inventedPool);
});
