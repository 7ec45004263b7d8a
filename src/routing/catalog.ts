/**
 * What a model can do and costs, by the provider's name for it. An exact row wins, then the family with the longest
 * matching prefix, so a model newer than this file inherits the newest of its family, without a price: an unknown
 * price must be loud, never wrong. Looked up once per deployment, at start-up.
 */
import * as z from 'zod';
import type { Capabilities, DatedPrice, Price, PromptCache } from '../core/deployment.ts';
import {
  CapabilityFields,
  CatalogFile,
  type Family,
  type ModelRow,
  type SomeCapabilities,
  type Tier,
} from './catalog-file.ts';
import { bedrockId } from './bedrock-id.ts';
import { datedPrice } from './list-price.ts';
import { modelKey, parseModelId, type ModelId } from './model-id.ts';

export interface Catalog {
  lookup(dialect: string, providerModel: string, nowMs: number): CatalogEntry;
  /** What class of work a model is for, if it is fit for `auto`. */
  tierOf(model: string): Tier | undefined;
  /** The models that a dialect's own provider has now, the first of each family first. */
  offered(dialect: string, region?: string, nowMs?: number): OfferedModel[];
}

export interface OfferedModel {
  /** What clients ask for. */
  name: string;
  /** What the provider calls it, from this region. */
  providerModel: string;
}

export interface CatalogEntry {
  capabilities: Capabilities;
  /** The price now. Prices may change at a date: ask `priceAt(prices, nowMs)` for another moment. */
  price: Price | undefined;
  prices: readonly DatedPrice[];
  tokenFactor: number;
  promptCache: PromptCache | undefined;
  tier: Tier | undefined;
  known: 'exact' | 'family' | 'none';
  family: string | undefined;
  /** The day (UTC, `2026-11-30`) the provider switches the model off. */
  shutdown: string | undefined;
  /** Where the figures come from, and when they were read. */
  source: string | undefined;
  asOf: string;
}

/** Capabilities in layers: for every dialect, and what differs on one. */
interface Layer {
  all: SomeCapabilities;
  on: Record<string, SomeCapabilities>;
}

interface KnownModel {
  familyName: string;
  family: Family;
  row: ModelRow | undefined;
  layer: Layer;
}

/** Throws an error that names every mistake in the data. */
export function createCatalog(data: unknown): Catalog {
  const parsed = CatalogFile.safeParse(data);
  if (!parsed.success) throw new Error(`The model catalog is invalid:\n${z.prettifyError(parsed.error)}`);
  const file = parsed.data;
  const families = resolveFamilies(file.families);
  const rows = resolveRows(file.models, families);
  const prefixes = families
    .values()
    .flatMap((known) => known.family.prefixes.map((prefix) => ({ prefix: modelKey(prefix), known })))
    .toArray()
    .toSorted((a, b) => b.prefix.length - a.prefix.length);

  return {
    lookup(dialect, providerModel, nowMs) {
      const id = parseModelId(providerModel);
      const { key, base = key } = id;
      const known =
        rows.get(key) ?? tunedFrom(rows.get(base)) ?? prefixes.find(({ prefix }) => base.startsWith(prefix))?.known;
      const capabilities = capabilitiesOf(file.defaults, known, dialect, id);
      if (!known) return { ...UNKNOWN, capabilities, asOf: file.asOf };
      const prices = known.row ? pricesOf(known.row, known.family, dialect, id) : [];
      const promptCache = promptCacheOf(known, dialect, id);
      return { ...described(known, file.asOf), capabilities, price: priceAt(prices, nowMs), prices, promptCache };
    },
    tierOf: (model) => rows.get(parseModelId(model).key)?.row?.tier,
    offered(dialect, region = 'us-east-1', nowMs = Date.parse(file.asOf)) {
      return file.models.flatMap((row) => {
        const isOwnDialect = families.get(row.family)?.family.dialects?.includes(dialect);
        const isGone = row.shutdown !== undefined && Date.parse(row.shutdown) <= nowMs;
        const providerModel = isOwnDialect && !isGone ? offeredAs(row, dialect, region) : undefined;
        return providerModel === undefined ? [] : [{ name: row.id, providerModel }];
      });
    },
  };
}

/** What a row says of its model's senses and size holds for what is tuned from it; the rest does not. */
function tunedFrom(known: KnownModel | undefined): KnownModel | undefined {
  return known && { ...known, row: undefined };
}

function described({ row, family, familyName }: KnownModel, fileAsOf: string) {
  return {
    tokenFactor: row?.tokenFactor ?? family.tokenFactor ?? 1,
    tier: row?.tier,
    known: row ? 'exact' : 'family',
    family: familyName,
    shutdown: row?.shutdown,
    source: row?.source ?? family.source,
    asOf: row?.asOf ?? family.asOf ?? fileAsOf,
  } as const;
}

function offeredAs(row: ModelRow, dialect: string, region: string): string | undefined {
  if (dialect === 'bedrock') return row.bedrock && bedrockId(row.bedrock, region);
  return row.retired ? undefined : row.id;
}

const UNKNOWN = {
  price: undefined,
  prices: [],
  tokenFactor: 1,
  promptCache: undefined,
  tier: undefined,
  known: 'none',
  family: undefined,
  shutdown: undefined,
  source: undefined,
} as const;

export function priceAt(prices: readonly DatedPrice[], nowMs: number): Price | undefined {
  for (const { fromMs, untilMs, price } of prices) if (nowMs >= fromMs && nowMs < untilMs) return price;
  return undefined;
}

function resolveFamilies(families: CatalogFile['families']): Map<string, KnownModel> {
  const resolved = new Map<string, KnownModel>();
  for (const [name, family] of Object.entries(families)) {
    const parent = family.extends === undefined ? undefined : resolved.get(family.extends);
    if (family.extends !== undefined && !parent) throw unknownName(`Family "${name}"`, 'extends', family.extends);
    resolved.set(name, {
      familyName: name,
      family: { ...parent?.family, ...family, promptCache: laidOver(parent?.family.promptCache, family.promptCache) },
      row: undefined,
      layer: extend(parent?.layer, family),
    });
  }
  return resolved;
}

function resolveRows(models: readonly ModelRow[], families: ReadonlyMap<string, KnownModel>): Map<string, KnownModel> {
  const rows = new Map<string, KnownModel>();
  for (const row of models) {
    const known = families.get(row.family);
    if (!known) throw unknownName(`Model "${row.id}"`, 'family', row.family);
    const base = row.like === undefined ? known : rows.get(modelKey(row.like));
    if (!base) throw unknownName(`Model "${row.id}"`, 'like', row.like);
    const resolved = { ...known, row, layer: extend(base.layer, row) };
    for (const name of [row.id, ...(row.aliases ?? [])]) {
      if (rows.has(modelKey(name))) throw new Error(`The model catalog has "${name}" twice`);
      rows.set(modelKey(name), resolved);
    }
  }
  return rows;
}

function unknownName(where: string, field: string, name: string | undefined): Error {
  return new Error(
    `The model catalog is invalid:\n${where}: \`${field}\` names nothing that stands before it: "${name}"`,
  );
}

function extend(base: Layer | undefined, next: Pick<Family, 'capabilities' | 'on'>): Layer {
  const on = { ...base?.on };
  for (const [dialect, capabilities] of Object.entries(next.on ?? {}))
    on[dialect] = { ...on[dialect], ...capabilities };
  return { all: { ...base?.all, ...next.capabilities }, on };
}

/**
 * On a dialect that is not its family's own a model is somebody's product: its size and its senses stay, but how to
 * ask is up to that server, so the defaults hold.
 */
function capabilitiesOf(
  defaults: CatalogFile['defaults'],
  known: KnownModel | undefined,
  dialect: string,
  id: ModelId,
): Capabilities {
  const strange = { ...defaults.capabilities, ...defaults.on[dialect] };
  if (!known) return toCapabilities(strange);
  // Of a model that somebody has described it is known what it is for: conversation, unless he says otherwise.
  const own = { ...defaults.capabilities, tasks: CHAT, ...known.layer.all, ...known.layer.on[dialect] };
  if (isOwn(known.family, dialect, id)) return toCapabilities(own);
  const { contextTokens, outputTokens, input, tools, tasks } = own;
  return toCapabilities({ ...strange, contextTokens, outputTokens, input, tools, tasks });
}

const CHAT = ['chat'] as const;

function toCapabilities(merged: unknown): Capabilities {
  const fields = CapabilityFields.parse(merged);
  return { ...fields, apiVersion: fields.apiVersion ?? undefined };
}

/** Also where its list prices hold. */
function isOwn(family: Family, dialect: string, id: ModelId): boolean {
  return !id.resold && (family.dialects ?? []).includes(dialect);
}

/** Another server's cache is another matter, as its prices are. */
function promptCacheOf({ family, row }: KnownModel, dialect: string, id: ModelId): PromptCache | undefined {
  const { automatic = false, lifetimeMs, minimumTokens } = laidOver(family.promptCache, row?.promptCache) ?? {};
  if (lifetimeMs === undefined || minimumTokens === undefined || !isOwn(family, dialect, id)) return undefined;
  return { automatic, lifetimeMs, minimumTokens };
}

type SomePromptCache = Family['promptCache'];

function laidOver(below: SomePromptCache, above: SomePromptCache): SomePromptCache {
  return above === null ? null : above ? { ...below, ...above } : below;
}

function pricesOf(row: ModelRow, family: Family, dialect: string, id: ModelId): DatedPrice[] {
  if (row.price === undefined || !isOwn(family, dialect, id)) return [];
  const regional = dialect === 'bedrock' && id.region !== 'global';
  const factor = regional ? (row.regionalMarkup ?? family.regionalMarkup ?? 1) : 1;
  return [row.price].flat().map((price) => datedPrice(price, family.longPrompt, factor));
}
