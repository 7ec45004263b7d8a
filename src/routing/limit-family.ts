import { modelKey, parseModelId } from './model-id.ts';

/** Anthropic has one pool of limits for all Opus 4.x, one for all Sonnet 4.x, and so on. */
const CLAUDE_GENERATION = /^claude-[a-z]+-\d+(?=-|$)/;

/** The models that share their limits with this one, as one name: at most providers every model has its own. */
export function limitFamily(dialect: string, providerModel: string): string {
  const { key, region } = parseModelId(providerModel);
  if (dialect === 'anthropic') return CLAUDE_GENERATION.exec(key)?.[0] ?? key;
  // Bedrock has quotas of their own for a model called in its region, in its geography and from anywhere.
  if (dialect === 'bedrock') return region === undefined ? key : `${region}.${key}`;
  // Azure's deployments and other servers' models are called what their owner likes: the name is all there is.
  return dialect === 'gemini' ? key : modelKey(providerModel);
}
