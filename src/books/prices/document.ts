/** The operator's own prices, as a document. It has nothing but prices: who may ask for what is not decided here. */
import * as z from 'zod';

/** Below it a price was meant per token, above it in cents or worse: 0.003 and 15000 have both been seen elsewhere. */
const LEAST_USD = 0.001;
const MOST_USD = 10_000;

const Dollars = z
  .number()
  .min(0)
  .max(MOST_USD, 'more than $10,000 for a million tokens: is it in dollars?')
  .refine((usd) => usd === 0 || usd >= LEAST_USD, 'less than $0.001 for a million tokens: is it for one?');

const tier = {
  input: Dollars,
  output: Dollars,
  cacheRead: Dollars.exactOptional(),
  cacheWrite5m: Dollars.exactOptional(),
  cacheWrite1h: Dollars.exactOptional(),
};

const media = {
  imageInput: Dollars.exactOptional(),
  audioInput: Dollars.exactOptional(),
  imageOutput: Dollars.exactOptional(),
  /** US dollars for a minute of sound that is heard. */
  perMinute: z.number().min(0).max(MOST_USD).exactOptional(),
  /** US dollars for a million characters that are spoken. */
  perMillionCharacters: Dollars.exactOptional(),
};

const Tiers = z
  .array(z.strictObject({ ...tier, abovePromptTokens: z.int().positive() }))
  .refine((tiers) => tiers.every((row, index) => index === 0 || row.abovePromptTokens > before(tiers, index)), {
    error: 'tiers ascend',
  });

function before(tiers: readonly { abovePromptTokens: number }[], index: number): number {
  return tiers[index - 1]?.abovePromptTokens ?? 0;
}

/** First and last day (UTC) on which it holds. */
const Dated = z
  .strictObject({
    ...tier,
    ...media,
    tiers: Tiers.exactOptional(),
    validFrom: z.iso.date().optional(),
    validTo: z.iso.date().optional(),
  })
  .refine(({ validFrom, validTo }) => !validFrom || !validTo || validFrom <= validTo, 'ends before it begins');

const Row = z
  .strictObject({
    /** One deployment, by its whole id. */
    deployment: z.string().min(1).max(300).optional(),
    /** Or a model of a dialect, by the provider's name for it. */
    dialect: z.enum(['anthropic', 'openai', 'gemini', 'bedrock']).optional(),
    model: z.string().min(1).max(200).optional(),
    price: z.union([Dated, z.array(Dated).min(1).max(20)]),
    source: z.string().optional(),
  })
  .refine(
    ({ deployment, dialect, model }) => (deployment === undefined) === (dialect !== undefined && model !== undefined),
    'name a `deployment`, or a `dialect` and a `model`',
  );

export const PriceDocument = z.strictObject({
  $schema: z.string().optional(),
  description: z.string().optional(),
  /** When they were read. */
  asOf: z.iso.date(),
  prices: z.array(Row).max(5_000),
});

export type PriceDocument = z.infer<typeof PriceDocument>;
export type DatedRow = z.infer<typeof Dated>;
export type PriceDocumentRow = z.infer<typeof Row>;
