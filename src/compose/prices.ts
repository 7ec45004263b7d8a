import { PriceBook } from '../books/prices/price-book.ts';
import { DIALECTS, type Configuration } from '../config/schema.ts';
import type { Clock } from '../core/ports.ts';
import type { Catalog } from '../routing/catalog.ts';
import { parseModelId } from '../routing/model-id.ts';

/** The operator's own prices over the catalog's. */
export function pricesOf({ prices }: Configuration, catalog: Catalog, clock: Clock): PriceBook {
  const look = (dialect: string, model: string) => catalog.lookup(dialect, model, clock.now());
  return new PriceBook({
    unknown: prices.unknown,
    modelOf: parseModelId,
    catalog: () =>
      DIALECTS.flatMap((dialect) => catalog.offered(dialect).map(({ providerModel }) => look(dialect, providerModel))),
    familyOf: ({ endpoint, providerModel }) => look(endpoint.dialect, providerModel).family,
  });
}
