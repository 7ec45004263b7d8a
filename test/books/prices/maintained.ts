/** Our catalog beside @pydantic/genai-prices, field by field. */
import { calcPrice } from '@pydantic/genai-prices';
import type { MediaPrice, Price, PriceTier } from '../../../src/core/deployment.ts';
import { createCatalog } from '../../../src/routing/catalog.ts';
import models from '../../../routing-rules/models.json' with { type: 'json' };

const THEIR_NAMES = { anthropic: 'anthropic', openai: 'openai', gemini: 'google', bedrock: 'aws' } as const;
type Dialect = keyof typeof THEIR_NAMES;
export const DIALECTS = Object.keys(THEIR_NAMES) as Dialect[];

const FIELDS = [
  ['input', 'input_mtok'],
  ['output', 'output_mtok'],
  ['cacheRead', 'cache_read_mtok'],
  ['cacheWrite5m', 'cache_write_mtok'],
  ['cacheWrite1h', 'cache_write_1h_mtok'],
] as const satisfies [keyof PriceTier, string][];

const MEDIA = [
  ['imageInput', 'input_image_mtok'],
  ['audioInput', 'input_audio_mtok'],
  ['imageOutput', 'output_image_mtok'],
] as const satisfies [keyof MediaPrice, string][];
/** Our catalog has prices of their own for these only where they are what the model is for. */
const ABOUT_MEDIA = /image|transcribe|whisper/;

export interface Compared {
  /** `openai gpt-5.5` */
  name: string;
  /** `tier: ours / theirs`, where they differ. */
  differences: string[];
  unknown?: 'to us' | 'to them' | 'to both' | undefined;
}

/** `at` is the day whose prices are compared. */
export function compared(dialect: Dialect, at: Date): Compared[] {
  const catalog = createCatalog(models);
  return catalog.offered(dialect, 'us-east-1', at.getTime()).map(({ name, providerModel }) => {
    const ours = catalog.lookup(dialect, providerModel, at.getTime()).price;
    const found = calcPrice({ input_tokens: 1 }, providerModel, { providerId: THEIR_NAMES[dialect], timestamp: at });
    const title = `${dialect} ${name}`;
    // They match by prefix: another model's price is not this one's.
    const isSame = found && sameModel(found.model.id, providerModel);
    if (!ours || !isSame) {
      const unknown = ours ? 'to them' : isSame ? 'to us' : 'to both';
      return { name: title, differences: [], unknown };
    }
    const differences = differencesOf(ours, found.model_price);
    if (ABOUT_MEDIA.test(name)) differences.push(...mediaDifferences(ours, found.model_price));
    return { name: title, differences };
  });
}

function sameModel(theirs: string, providerModel: string): boolean {
  const bare = (id: string) =>
    id
      .replace(/^(?:regional|global|us|eu)\./, '')
      .replace(/^anthropic\./, '')
      .replace(id.includes('embed') ? /:\d+$/ : /-v\d+(?::\d+)?$/, '')
      .replace(/-preview$/, '')
      .replace(/-\d{8}$/, '');
  return bare(theirs) === bare(providerModel);
}

type TheirPrice =
  ReturnType<typeof calcPrice> extends infer R ? (NonNullable<R> extends { model_price: infer P } ? P : never) : never;

function differencesOf(ours: Price, theirs: TheirPrice): string[] {
  const [ourTier, ...more] = ours.tiers ?? [];
  const starts = FIELDS.flatMap(([, key]) => {
    const price = theirs[key];
    return typeof price === 'object' ? price.tiers.map(({ start }) => start) : [];
  });
  const start = starts[0];
  const differences: string[] = [];
  if (more.length > 0 || new Set(starts).size > 1) differences.push('more than one tier');
  // They name the last token of the lower tier for some models, and the first above it for others.
  const ourStart = ourTier?.abovePromptTokens;
  if (Math.abs((ourStart ?? 0) - (start ?? 0)) > 1)
    differences.push(`tier: ${ourStart ?? 'none'} / ${start ?? 'none'}`);
  for (const [field, key] of FIELDS) {
    const price = theirs[key];
    const base = typeof price === 'object' ? price.base : price;
    if (!isNear(ours[field], base)) differences.push(`${field}: ${ours[field] ?? 'none'} / ${base ?? 'none'}`);
    if (!ourTier || start === undefined) continue;
    const upper = typeof price === 'object' ? price.tiers[0]?.price : price;
    if (!isNear(ourTier[field], upper)) {
      differences.push(`${field} above: ${ourTier[field] ?? 'none'} / ${upper ?? 'none'}`);
    }
  }
  return differences;
}

function mediaDifferences(ours: Price, theirs: TheirPrice): string[] {
  const differences = MEDIA.flatMap(([field, key]) => {
    const price = theirs[key] as number | undefined;
    return isNear(ours[field], price) ? [] : [`${field}: ${ours[field]} / ${price}`];
  });
  const hour = theirs.input_audio_hours as number | undefined;
  const minute = hour && hour / 60;
  return isNear(ours.perMinute, minute) ? differences : [...differences, `perMinute: ${ours.perMinute} / ${minute}`];
}

/** They leave out what is nothing. */
function isNear(ours: number | undefined, theirs: number | undefined): boolean {
  if (ours === undefined || theirs === undefined) return (ours ?? 0) === (theirs ?? 0);
  return Math.abs(ours - theirs) <= 1e-9 * Math.max(ours, theirs, 1);
}
