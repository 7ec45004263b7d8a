/**
 * Converse is one envelope around many vendors' models, and what goes beside it (reasoning, `top_k`, ids, caching)
 * is each vendor's own. The model id names the vendor, so every such difference hangs on `familyOf`.
 */
import type { Call } from '../../src/core/provider.ts';

export type Family =
  | 'claude'
  | 'nova'
  | 'nova2'
  | 'titan'
  | 'llama'
  | 'mistral'
  | 'deepseek'
  | 'cohere'
  | 'gpt-oss'
  | 'openai'
  | 'other';

/** `us.`, `global.` and so on name an inference profile; an ARN ends in the id of what it points to. */
const MODEL_ID = /(?:^|\/)(?:[a-z-]{2,10}\.)?([a-z0-9]+)\.([^/]+)$/;

/** Styles that only Claude has: they tell the family of an application inference profile, whose ARN does not. */
const CLAUDE_STYLES: ReadonlySet<string> = new Set(['budget', 'adaptive', 'disableable', 'between_tools', 'always']);

export function familyOf(modelId: string): Family {
  const [, vendor, name = ''] = MODEL_ID.exec(modelId) ?? [];
  switch (vendor) {
    case 'anthropic':
      return 'claude';
    case 'amazon':
      if (name.startsWith('nova-2')) return 'nova2';
      return name.startsWith('nova') ? 'nova' : 'titan';
    case 'meta':
      return 'llama';
    case 'mistral':
    case 'deepseek':
    case 'cohere':
      return vendor;
    case 'openai':
      return name.startsWith('gpt-oss') ? 'gpt-oss' : 'openai';
    default:
      return 'other';
  }
}

export function familyFor(call: Call): Family {
  const family = familyOf(call.providerModel);
  return family === 'other' && CLAUDE_STYLES.has(call.capabilities.reasoning) ? 'claude' : family;
}

export function isNova(family: Family): boolean {
  return family === 'nova' || family === 'nova2';
}

/** Cache points are an error where the model has no prompt cache. */
export function takesCachePoints(family: Family): boolean {
  return family === 'claude' || isNova(family);
}

/** Reasoning that comes back must carry this name, so that no other dialect replays it. */
export function reasoningFormat(family: Family): string {
  return family === 'claude' ? 'anthropic-claude-v1' : 'bedrock-v1';
}
