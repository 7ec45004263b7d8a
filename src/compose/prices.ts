import { PriceBook } from '../books/prices/price-book.ts';
import { ConfigurationError } from '../config/parse.ts';
import { DIALECTS, type Configuration } from '../config/schema.ts';
import type { Deployment, Price } from '../core/deployment.ts';
import type { Clock } from '../core/ports.ts';
import type { Catalog } from '../routing/catalog.ts';
import { parseModelId } from '../routing/model-id.ts';

export interface PriceSources {
  catalog: Catalog;
  clock: Clock;
  /** The operator's own prices, as they were read. */
  document: unknown;
  /** The configuration's name in messages. */
  source: string;
}

/** The operator's own prices over the catalog's. Throws an error that names every mistake. */
export function pricesOf({ prices }: Configuration, { catalog, clock, document, source }: PriceSources): PriceBook {
  const look = (dialect: string, model: string) => catalog.lookup(dialect, model, clock.now());
  const book = new PriceBook({
    unknown: prices.unknown,
    modelOf: parseModelId,
    catalog: () =>
      DIALECTS.flatMap((dialect) => catalog.offered(dialect).map(({ providerModel }) => look(dialect, providerModel))),
    familyOf: ({ endpoint, providerModel }) => look(endpoint.dialect, providerModel).family,
  });
  if (document !== undefined) load(book, document, source);
  return book;
}

function load(book: PriceBook, document: unknown, source: string): void {
  try {
    book.load(document);
  } catch (cause) {
    throw new ConfigurationError(source, [`prices.file: ${cause instanceof Error ? cause.message : String(cause)}`]);
  }
}

/** A guess for the budgets is no price. */
export function knownPriceIn(book: PriceBook): (deployment: Deployment, nowMs: number) => Price | undefined {
  return (deployment, nowMs) => book.known(deployment, nowMs)?.price;
}
