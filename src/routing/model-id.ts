/**
 * The one name behind the many spellings of a model: region and vendor prefixes, versions, dates, paths.
 * `us.anthropic.claude-haiku-4-5-20251001-v1:0`, `claude-haiku-4-5@20251001` and `anthropic/claude-haiku-4.5`
 * are the same model.
 */
export interface ModelId {
  /** To look up by. Dots are hyphens, since resellers write `claude-sonnet-5.5`. */
  key: string;
  /** Bedrock's routing scope: `us`, `global`, …; undefined where the id names none. */
  region: string | undefined;
  /** Of OpenAI's `ft:model:organisation::id`: what was tuned. It can do the same, at another price. */
  base: string | undefined;
  /** `vendor/model`: someone else's server, who may ask another price. */
  resold: boolean;
}

const REGIONS = new Set(['us', 'eu', 'global', 'jp', 'au', 'apac', 'ca', 'us-gov']);
const VENDORS = new Set(['anthropic', 'amazon', 'meta', 'mistral', 'openai', 'deepseek', 'qwen', 'cohere', 'ai21']);
const TUNED = /^ft:([^:/]+)(?::|$)/;
/** Path prefixes of the model's own vendor. */
const OWN_PATHS = ['models/', 'publishers/google/', 'publishers/anthropic/'];

export function parseModelId(id: string): ModelId {
  const lower = id.toLowerCase();
  const [, tuned] = TUNED.exec(lower) ?? [];
  if (tuned) return { key: modelKey(lower), base: parseModelId(tuned).key, region: undefined, resold: false };
  const name = lower.slice(lower.lastIndexOf('/') + 1);
  const { region, vendor, rest } = withoutOwner(name);
  const bare = vendor ? withoutVersion(rest) : rest.replace(/[:@].*$/, '');
  const resold = lower.includes('/') && !lower.startsWith('arn:') && !OWN_PATHS.some((path) => lower.startsWith(path));
  return { key: modelKey(withoutDate(bare)), base: undefined, region, resold };
}

/** Catalog rows are looked up by this form of their id. */
export function modelKey(id: string): string {
  return id.toLowerCase().replaceAll('.', '-');
}

/** Splits Bedrock's `region.vendor.model`. */
function withoutOwner(name: string): { region: string | undefined; vendor: string | undefined; rest: string } {
  const parts = name.split('.');
  const region = parts.length > 2 && REGIONS.has(parts[0] ?? '') ? parts.shift() : undefined;
  const vendor = parts.length > 1 && VENDORS.has(parts[0] ?? '') ? parts.shift() : undefined;
  return { region, vendor, rest: parts.join('.') };
}

/** The next version of an embedding model is another model: no vector of the one fits those of the other. */
function withoutVersion(name: string): string {
  const bare = name.replace(/:\d+$/, '');
  return bare.includes('embed') ? bare : bare.replace(/-v\d+$/, '');
}

function withoutDate(id: string): string {
  return id.replace(/-(?:latest|\d{8}|\d{4}-\d{2}-\d{2})$/, '');
}
