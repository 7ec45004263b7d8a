import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import models from '../../../routing-rules/models.json' with { type: 'json' };
import { PriceBook, type PriceBookParts } from '../../../src/books/prices/price-book.ts';
import type { Deployment, Price } from '../../../src/core/deployment.ts';
import { createCatalog } from '../../../src/routing/catalog.ts';
import { parseModelId } from '../../../src/routing/model-id.ts';
import { makeCall } from '../../support/call.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const catalog = createCatalog(models);

const priced = (dialect: string) =>
  catalog.offered(dialect).map(({ providerModel }) => catalog.lookup(dialect, providerModel, NOW));

function bookWith(parts: Partial<PriceBookParts> = {}): PriceBook {
  return new PriceBook({
    unknown: 'allow',
    catalog: () => ['anthropic', 'openai', 'gemini', 'bedrock'].flatMap(priced),
    familyOf: ({ endpoint, providerModel }) => catalog.lookup(endpoint.dialect, providerModel, NOW).family,
    modelOf: parseModelId,
    ...parts,
  });
}

function deploymentOf(dialect: string, providerModel: string, own: Partial<Deployment> = {}): Deployment {
  const { endpoint, capabilities } = makeCall({}, { dialect });
  const { prices, price } = catalog.lookup(dialect, providerModel, NOW);
  const id = `${dialect}/${providerModel}`;
  return { id, endpoint, providerModel, model: 'asked', family: 'f', capabilities, prices, price, ...own };
}

const document = (...prices: object[]) => ({ asOf: '2026-11-22', prices });
const PRICE = { input: 1, output: 2 };
const opus = deploymentOf('anthropic', 'claude-opus-5');
const newest = deploymentOf('anthropic', 'claude-opus-9');
const local = deploymentOf('openai', 'llama-4-maverick');

describe('a price', () => {
  const table: { name: string; load?: object[]; of: Deployment; is: object }[] = [
    { name: "is the catalog's", of: opus, is: { kind: 'known', from: 'catalog', price: { input: 5, output: 25 } } },
    {
      name: "is the document's, for a model under any of its names",
      load: [{ dialect: 'anthropic', model: 'claude-opus-5-20260801', price: PRICE }],
      of: opus,
      is: { kind: 'known', from: 'document', price: PRICE },
    },
    {
      name: 'of one deployment is its own',
      load: [
        { dialect: 'anthropic', model: 'claude-opus-5', price: { input: 7, output: 7 } },
        { deployment: 'anthropic/claude-opus-5', price: PRICE },
      ],
      of: opus,
      is: { price: PRICE },
    },
    {
      name: 'of one deployment is that of each key of its entry',
      load: [{ deployment: 'mine/claude-opus-5', price: PRICE }],
      of: { ...opus, id: 'mine#2/claude-opus-5', endpoint: { ...opus.endpoint, name: 'mine#2' } },
      is: { from: 'document', price: PRICE },
    },
    {
      name: 'in the configuration is stronger than both',
      load: [{ deployment: 'anthropic/claude-opus-5', price: PRICE }],
      of: { ...opus, prices: undefined, price: { input: 9, output: 9 } },
      is: { from: 'configuration', price: { input: 9, output: 9 } },
    },
    {
      name: 'of a model says nothing of who resells it',
      load: [{ dialect: 'openai', model: 'gpt-5.5', price: PRICE }],
      of: deploymentOf('openai', 'openai/gpt-5.5'),
      is: { kind: 'unknown' },
    },
    {
      name: 'of a tuned model says nothing of another one',
      load: [{ dialect: 'openai', model: 'ft:gpt-4.1:acme::a', price: PRICE }],
      of: deploymentOf('openai', 'ft:gpt-4.1:acme::b'),
      is: { kind: 'unknown' },
    },
    {
      name: 'of a tuned model is its own',
      load: [{ dialect: 'openai', model: 'ft:gpt-4.1:acme::a', price: PRICE }],
      of: deploymentOf('openai', 'ft:gpt-4.1:acme::a'),
      is: { from: 'document', price: PRICE },
    },
    {
      name: 'holds on its days only',
      load: [
        {
          deployment: 'anthropic/claude-opus-5',
          price: [
            { ...PRICE, validTo: '2026-11-21' },
            { input: 3, output: 4, validFrom: '2026-11-22', validTo: '2026-11-22' },
            { input: 5, output: 6, validFrom: '2026-11-23' },
          ],
        },
      ],
      of: opus,
      is: { price: { input: 3, output: 4 } },
    },
    { name: 'that nobody knows is unknown', of: newest, is: { kind: 'unknown' } },
  ];

  it.each(table)('$name', ({ load, of, is }) => {
    const book = bookWith();
    if (load) book.load(document(...load));
    expect(book.of(of, NOW)).toMatchObject(is);
  });
});

describe('a price that nobody knows', () => {
  const dearest = (prices: (Price | undefined)[]) => Math.max(...prices.map((price) => price?.output ?? 0));

  it('may be the dearest of its family', () => {
    const found = bookWith({ unknown: 'ceiling' }).of(newest, NOW);
    const family = catalog.lookup('anthropic', 'claude-opus-9', NOW).family;
    const rows = ['anthropic', 'bedrock'].flatMap(priced).filter((row) => row.family === family);
    expect(rows.length).toBeGreaterThan(3);
    expect(found).toMatchObject({
      kind: 'ceiling',
      from: 'family',
      price: { output: dearest(rows.map(({ price }) => price)) },
    });
  });

  it('of no family is the dearest of all, long prompts too', () => {
    const found = bookWith({ unknown: 'ceiling' }).of(local, NOW);
    expect(found).toMatchObject({ kind: 'ceiling', from: 'catalog', price: { input: 60, output: 270 } });
  });

  it('is unknown where there is no catalog either', () => {
    const book = bookWith({ unknown: 'ceiling', catalog: () => [] });
    expect(book.of(local, NOW)).toEqual({ kind: 'unknown' });
  });

  it.each([
    ['allow', { policy: 'allow' }],
    ['block', { policy: 'block' }],
    ['ceiling', { policy: 'ceiling', input: 60, output: 270 }],
  ] as const)('is told to the limits: %s', (unknown, policy) => {
    expect(bookWith({ unknown }).unknownCost(NOW)).toEqual(policy);
  });
});

describe('a document', () => {
  const good = document({ deployment: 'anthropic/claude-opus-9', price: PRICE });

  it.each<[string, unknown, string]>([
    ['no document', 'prices', 'expected object'],
    ['a price below nothing', document({ deployment: 'a/b', price: { input: -1, output: 1 } }), '>=0'],
    ['a price for one token', document({ deployment: 'a/b', price: { input: 0.000003, output: 1 } }), 'is it for one?'],
    ['a price in cents of cents', document({ deployment: 'a/b', price: { input: 30_000, output: 1 } }), 'in dollars?'],
    ['a row for nothing', document({ price: PRICE }), 'name a `deployment`'],
    [
      'a row for two',
      document({ deployment: 'a/b', dialect: 'openai', model: 'm', price: PRICE }),
      'name a `deployment`',
    ],
    ['a row twice', document({ deployment: 'a/b', price: PRICE }, { deployment: 'a/b', price: PRICE }), 'twice'],
    [
      'tiers that fall',
      document({
        deployment: 'a/b',
        price: {
          ...PRICE,
          tiers: [
            { ...PRICE, abovePromptTokens: 9 },
            { ...PRICE, abovePromptTokens: 8 },
          ],
        },
      }),
      'tiers ascend',
    ],
    [
      'days that end before they begin',
      document({ deployment: 'a/b', price: { ...PRICE, validFrom: '2026-02-01', validTo: '2026-01-01' } }),
      'ends before',
    ],
    [
      'anything but prices',
      document({ deployment: 'a/b', price: PRICE, capabilities: { tools: false } }),
      'capabilities',
    ],
    ['who may ask', { ...good, models: ['a'] }, 'models'],
  ])('with %s changes nothing', (_name, bad, message) => {
    const book = bookWith();
    book.load(good);
    expect(() => book.load(bad)).toThrow(message);
    expect(book.of(newest, NOW)).toMatchObject({ from: 'document', price: PRICE });
  });

  it('says what it changed', () => {
    const book = bookWith();
    book.load(document({ deployment: 'a/1', price: PRICE }, { deployment: 'a/2', price: PRICE }));
    expect(
      book.load(
        document(
          { deployment: 'a/2', price: { input: 2, output: 2 } },
          { dialect: 'openai', model: 'GPT-5.5', price: PRICE },
        ),
      ),
    ).toEqual({
      added: ['openai gpt-5-5'],
      changed: ['a/2'],
      removed: ['a/1'],
    });
  });

  it("that leaves a price out gives the catalog's back", () => {
    const book = bookWith();
    book.load(document({ deployment: 'anthropic/claude-opus-5', price: PRICE }));
    book.load(document());
    expect(book.of(opus, NOW)).toMatchObject({ from: 'catalog', price: { input: 5 } });
  });
});

describe('price data decides no access', () => {
  it('what is priced stays priced, whatever is loaded: nobody is blocked by a document', () => {
    const all = [opus, newest, local];
    const row = fc.record({
      deployment: fc.constantFrom(...all.map(({ id }) => id)),
      price: fc.record({ input: fc.integer({ min: 0, max: 50 }), output: fc.integer({ min: 0, max: 50 }) }),
    });
    const some = fc.uniqueArray(row, { selector: ({ deployment }) => deployment }).map((rows) => document(...rows));
    fc.assert(
      fc.property(fc.array(fc.oneof(some, fc.jsonValue()), { maxLength: 8 }), (documents) => {
        const book = bookWith({ unknown: 'block' });
        const known = new Set<string>();
        for (const next of documents) {
          try {
            book.load(next);
          } catch {
            // It is refused whole; what was in force stays.
          }
          for (const deployment of all) {
            const isKnown = book.of(deployment, NOW).kind === 'known';
            expect(isKnown || !known.has(deployment.id)).toBe(true);
            if (isKnown) known.add(deployment.id);
          }
        }
      }),
    );
  });

  it('a catalog without any price serves the same models, which can do the same', () => {
    const bare = createCatalog({
      ...models,
      models: models.models.map((row) => ({ ...row, price: undefined })),
    });
    for (const dialect of ['anthropic', 'openai', 'gemini', 'bedrock']) {
      expect(bare.offered(dialect)).toEqual(catalog.offered(dialect));
      for (const { providerModel, name } of catalog.offered(dialect)) {
        const without = bare.lookup(dialect, providerModel, NOW);
        expect(without.price).toBeUndefined();
        expect(without.capabilities).toEqual(catalog.lookup(dialect, providerModel, NOW).capabilities);
        expect(bare.tierOf(name)).toBe(catalog.tierOf(name));
      }
    }
  });
});
