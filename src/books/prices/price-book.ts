/**
 * What a deployment costs: the operator's word in the configuration, then his document, then the catalog; and what is
 * done where nobody knows. A new document takes the place of the old one whole, or not at all.
 *
 * Prices never decide who may ask for what: a price that is known stays known, whatever is loaded.
 */
import * as z from 'zod';
import { type DatedPrice, type Deployment, entryNameOf, type Price } from '../../core/deployment.ts';
import type { UnknownCost } from '../spending/spending.ts';
import { ceilingOf, priceAt } from './ceiling.ts';
import { type DatedRow, PriceDocument, type PriceDocumentRow } from './document.ts';

export type UnknownPolicy = UnknownCost['policy'];

export interface KnownPrice {
  kind: 'known';
  price: Price;
  from: 'configuration' | 'document' | 'catalog' | 'former document';
}

/** `ceiling`: nobody knows it; it counts as this much for budgets, and is unknown in the ledger. */
export type Priced = KnownPrice | { kind: 'ceiling'; price: Price; from: 'family' | 'catalog' } | { kind: 'unknown' };

export interface CatalogPrice {
  family: string | undefined;
  prices: readonly DatedPrice[];
}

export interface PriceBookParts {
  unknown: UnknownPolicy;
  /** Every model of the catalog; read again for every ceiling. */
  catalog: () => Iterable<CatalogPrice>;
  /** The catalog's family of a deployment that it has no row for. */
  familyOf: (deployment: Deployment) => string | undefined;
  /** The one name behind the many spellings; `resold`: somebody else's server, who may ask another price. */
  modelOf: (providerModel: string) => { key: string; resold: boolean };
}

/** What a document changed; names as they stand in it. */
export interface Loaded {
  added: string[];
  changed: string[];
  /** The catalog's price holds again; where it has none, the old one stays. */
  removed: string[];
}

interface Row {
  prices: readonly DatedPrice[];
  text: string;
}

interface State {
  rows: ReadonlyMap<string, Row>;
  /** Of earlier documents, for whom nobody else has a price. */
  former: ReadonlyMap<string, Row>;
  /** Of deployments that were asked for. */
  found: WeakMap<Deployment, Own>;
}

interface Own {
  prices: readonly DatedPrice[];
  former: readonly DatedPrice[];
}

const NONE: readonly DatedPrice[] = [];
const NOTHING: Own = { prices: NONE, former: NONE };
const MAX_FORMER = 5_000;
const DAY_MS = 86_400_000;
/** Ceilings change at dates only. */
const CEILING_LASTS_MS = 60_000;

export class PriceBook {
  readonly #parts: PriceBookParts;
  #state: State = { rows: new Map(), former: new Map(), found: new WeakMap() };
  #ceilings: { untilMs: number; byFamily: Map<string | undefined, Price | undefined> } | undefined;

  constructor(parts: PriceBookParts) {
    this.#parts = parts;
  }

  of(deployment: Deployment, nowMs: number): Priced {
    const known = this.known(deployment, nowMs);
    if (known) return known;
    return this.#parts.unknown === 'ceiling' ? this.#ceiling(deployment, nowMs) : { kind: 'unknown' };
  }

  /** No guess. */
  known(deployment: Deployment, nowMs: number): KnownPrice | undefined {
    const { prices } = deployment;
    // Where the catalog has prices, `price` asks this book.
    const said = prices ? undefined : deployment.price;
    if (said) return { kind: 'known', price: said, from: 'configuration' };
    const own = this.#own(deployment);
    const declared = priceAt(own.prices, nowMs);
    if (declared) return { kind: 'known', price: declared, from: 'document' };
    const listed = priceAt(prices ?? NONE, nowMs);
    if (listed) return { kind: 'known', price: listed, from: 'catalog' };
    const former = priceAt(own.former, nowMs);
    return former && { kind: 'known', price: former, from: 'former document' };
  }

  /** For the limits: what a request counts for whose cost is undefined even so. */
  unknownCost(nowMs: number): UnknownCost {
    const { unknown } = this.#parts;
    if (unknown !== 'ceiling') return { policy: unknown };
    const { input = 0, output = 0 } = this.#dearest(undefined, nowMs) ?? {};
    return { policy: 'ceiling', input, output };
  }

  /** Throws an error that names every mistake, and then nothing changes. */
  load(document: unknown): Loaded {
    const parsed = PriceDocument.safeParse(document);
    if (!parsed.success) throw new Error(`The prices are invalid:\n${z.prettifyError(parsed.error)}`);
    const rows = new Map<string, Row>();
    for (const row of parsed.data.prices) {
      const name = this.#nameOf(row);
      if (rows.has(name)) throw new Error(`The prices are invalid:\n"${name}" is there twice`);
      rows.set(name, { prices: [row.price].flat().map(toDated), text: JSON.stringify(row.price) });
    }
    const { rows: old, former } = this.#state;
    const loaded: Loaded = { added: [], changed: [], removed: [...old.keys()].filter((name) => !rows.has(name)) };
    for (const [name, { text }] of rows) {
      if (!old.has(name)) loaded.added.push(name);
      else if (old.get(name)?.text !== text) loaded.changed.push(name);
    }
    this.#state = { rows, former: new Map([...former, ...old].slice(-MAX_FORMER)), found: new WeakMap() };
    return loaded;
  }

  #own(deployment: Deployment): Own {
    const { rows, former, found } = this.#state;
    if (rows.size + former.size === 0) return NOTHING;
    const known = found.get(deployment);
    if (known) return known;
    const { id, providerModel, endpoint } = deployment;
    const { key, resold } = this.#parts.modelOf(providerModel);
    const names = [id, `${entryNameOf(endpoint)}/${providerModel}`];
    if (!resold) names.push(`${endpoint.dialect} ${key}`);
    const pricesIn = (map: ReadonlyMap<string, Row>) =>
      map.get(names.find((name) => map.has(name)) ?? id)?.prices ?? NONE;
    const own = { prices: pricesIn(rows), former: pricesIn(former) };
    found.set(deployment, own);
    return own;
  }

  #nameOf({ deployment, dialect, model }: PriceDocumentRow): string {
    return deployment ?? `${dialect} ${this.#parts.modelOf(model ?? '').key}`;
  }

  #ceiling(deployment: Deployment, nowMs: number): Priced {
    const family = this.#parts.familyOf(deployment);
    const ofFamily = family === undefined ? undefined : this.#dearest(family, nowMs);
    if (ofFamily) return { kind: 'ceiling', price: ofFamily, from: 'family' };
    const ofAll = this.#dearest(undefined, nowMs);
    return ofAll ? { kind: 'ceiling', price: ofAll, from: 'catalog' } : { kind: 'unknown' };
  }

  /** Of a family; of all without one. */
  #dearest(family: string | undefined, nowMs: number): Price | undefined {
    if (!this.#ceilings || nowMs >= this.#ceilings.untilMs) {
      this.#ceilings = { untilMs: nowMs + CEILING_LASTS_MS, byFamily: new Map() };
    }
    const { byFamily } = this.#ceilings;
    if (byFamily.has(family)) return byFamily.get(family);
    const prices = [...this.#parts.catalog()]
      .filter((row) => family === undefined || row.family === family)
      .flatMap((row) => priceAt(row.prices, nowMs) ?? []);
    const ceiling = ceilingOf(prices);
    byFamily.set(family, ceiling);
    return ceiling;
  }
}

function toDated({ validFrom, validTo, ...price }: DatedRow): DatedPrice {
  return {
    price,
    fromMs: validFrom === undefined ? -Infinity : Date.parse(validFrom),
    untilMs: validTo === undefined ? Infinity : Date.parse(validTo) + DAY_MS,
  };
}
