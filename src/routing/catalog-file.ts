import * as z from 'zod';
import { ABILITIES } from '../core/ability.ts';
import type { Capabilities } from '../core/deployment.ts';

/** JSON has no `undefined`: an absent `apiVersion` is `null` there. */
export const CapabilityFields = z.strictObject({
  contextTokens: z.int().positive(),
  outputTokens: z.int().positive(),
  tasks: z.array(z.enum(ABILITIES)).exactOptional(),
  input: z.array(z.enum(['image', 'pdf', 'audio', 'video'])),
  tools: z.boolean(),
  forcedToolChoice: z.boolean(),
  strictTools: z.boolean(),
  structuredOutput: z.boolean(),
  structuredOutputWithTools: z.boolean(),
  sampling: z.enum(['free', 'without_reasoning', 'none']),
  stop: z.boolean(),
  lateSystem: z.boolean(),
  prefill: z.boolean(),
  reasoning: z.enum([
    'none',
    'effort',
    'budget',
    'adaptive',
    'disableable',
    'between_tools',
    'always',
    'thinking_budget',
    'thinking_level',
  ] satisfies Capabilities['reasoning'][]),
  efforts: z.array(z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])),
  toolsNeedResponses: z.boolean(),
  remoteMedia: z.boolean(),
  apiVersion: z.string().nullable(),
});

const someCapabilities = CapabilityFields.partial();
const byDialect = z.record(z.string(), someCapabilities);

const dollars = z.number().nonnegative();
const priceTier = {
  input: dollars,
  output: dollars,
  cacheRead: dollars.exactOptional(),
  cacheWrite5m: dollars.exactOptional(),
  cacheWrite1h: dollars.exactOptional(),
};

const mediaPrice = {
  imageInput: dollars.exactOptional(),
  audioInput: dollars.exactOptional(),
  imageOutput: dollars.exactOptional(),
  /** US dollars for a minute of sound that is heard. */
  perMinute: dollars.exactOptional(),
  /** US dollars for a million characters that are spoken. */
  perMillionCharacters: dollars.exactOptional(),
};

const priceRow = z.strictObject({
  ...priceTier,
  ...mediaPrice,
  tiers: z.array(z.strictObject({ ...priceTier, abovePromptTokens: z.int().positive() })).exactOptional(),
  /** First and last day (UTC) on which this row holds. */
  validFrom: z.iso.date().optional(),
  validTo: z.iso.date().optional(),
});

const promptCache = z.strictObject({
  automatic: z.boolean().exactOptional(),
  lifetimeMs: z.int().positive().exactOptional(),
  minimumTokens: z.int().positive().exactOptional(),
  source: z.string().exactOptional(),
});

/** A row's fields replace the family's one by one; `null`: the provider keeps none of its prompts. */
const prompts = {
  /** Tokens it makes of a text that is one token to OpenAI's o200k. */
  tokenFactor: z.number().positive().optional(),
  promptCache: promptCache.nullable().optional(),
};

const family = z.strictObject({
  description: z.string().optional(),
  extends: z.string().optional(),
  /** Ids that belong here when no row names them; the longest prefix wins. */
  prefixes: z.array(z.string().min(2)),
  source: z.string().optional(),
  asOf: z.iso.date().optional(),
  /** Dialects that are this family's own: elsewhere list prices and manners of speech do not hold. */
  dialects: z.array(z.string()).optional(),
  /** Bedrock: what a region's price is to the global one. */
  regionalMarkup: z.number().positive().optional(),
  /** Above so many prompt tokens the whole request costs so many times as much. */
  longPrompt: z
    .strictObject({ abovePromptTokens: z.int().positive(), input: z.number(), output: z.number() })
    .optional(),
  ...prompts,
  tokenFactorSource: z.string().optional(),
  capabilities: someCapabilities.optional(),
  on: byDialect.optional(),
});

const tier = z.enum(['haiku', 'sonnet', 'opus']);

/** Amazon's id, the inference profiles that stand before it, and whether it may be called without one. */
const bedrock = z.strictObject({
  id: z.string(),
  profiles: z.array(z.enum(['us', 'us-gov', 'eu', 'jp', 'au', 'apac', 'global'])).default([]),
  onDemand: z.boolean().default(false),
});

const model = z.strictObject({
  id: z.string().min(1),
  aliases: z.array(z.string()).optional(),
  description: z.string().optional(),
  family: z.string(),
  /** An earlier row whose capabilities this one begins with, instead of the family's. */
  like: z.string().optional(),
  /** Only on models fit for `auto`. */
  tier: tier.optional(),
  source: z.string().optional(),
  asOf: z.iso.date().optional(),
  /** The day the provider switches it off. */
  shutdown: z.iso.date().optional(),
  /** The provider has withdrawn it; other clouds may still have it. */
  retired: z.boolean().optional(),
  bedrock: bedrock.optional(),
  regionalMarkup: z.number().positive().optional(),
  price: z.union([priceRow, z.array(priceRow).min(1)]).optional(),
  ...prompts,
  capabilities: someCapabilities.optional(),
  on: byDialect.optional(),
});

/** `routing-rules/models.json`. */
export const CatalogFile = z.strictObject({
  $schema: z.string().optional(),
  description: z.string().optional(),
  asOf: z.iso.date(),
  defaults: z.strictObject({
    description: z.string().optional(),
    capabilities: CapabilityFields,
    on: byDialect,
  }),
  families: z.record(z.string(), family),
  models: z.array(model),
});

export type CatalogFile = z.infer<typeof CatalogFile>;
export type SomeCapabilities = z.infer<typeof someCapabilities>;
export type Family = z.infer<typeof family>;
export type ModelRow = z.infer<typeof model>;
export type PriceRow = z.infer<typeof priceRow>;
/** What class of work a model is for; the tiers of `routing-rules/rules.json` go by these names. */
export type Tier = z.infer<typeof tier>;
export type BedrockIds = z.infer<typeof bedrock>;
