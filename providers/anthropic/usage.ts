/** What an answer of Claude's has cost, in OpenAI's words. */
import type { Usage as AnthropicUsage } from '@anthropic-ai/sdk/resources/messages';
import type { Usage } from '../../src/core/chat.ts';
import { usageOf } from '../shared/usage.ts';

/** What a bill needs of a usage. */
export type Counts = {
  [
    Name in
      | 'input_tokens'
      | 'output_tokens'
      | 'output_tokens_details'
      | 'cache_read_input_tokens'
      | 'cache_creation_input_tokens'
      | 'cache_creation'
      | 'server_tool_use'
  ]?: AnthropicUsage[Name] | null | undefined;
};

/** Anthropic counts cache reads and writes beside `input_tokens`; OpenAI counts them inside. */
export function toUsage(counts: Counts): Usage {
  const cached = counts.cache_read_input_tokens ?? 0;
  const written = counts.cache_creation_input_tokens ?? 0;
  const short = counts.cache_creation?.ephemeral_5m_input_tokens ?? 0;
  const long = counts.cache_creation?.ephemeral_1h_input_tokens ?? 0;
  const usage = usageOf({
    prompt: (counts.input_tokens ?? 0) + cached + written,
    completion: counts.output_tokens ?? 0,
    cached,
    written,
    reasoning: counts.output_tokens_details?.thinking_tokens,
  });
  // The last event of a stream counts again, but does not split again.
  if (written > 0 && short + long === written) usage.cache_creation = { ephemeral_5m: short, ephemeral_1h: long };
  const used = counts.server_tool_use ? Object.entries(counts.server_tool_use).filter(([, uses]) => uses > 0) : [];
  if (used.length > 0) usage.server_tool_use = Object.fromEntries(used);
  return usage;
}

const TIERS: Record<string, string> = { standard: 'default', priority: 'priority', batch: 'flex' };

export function toServiceTier(usage: AnthropicUsage | undefined): string | undefined {
  return usage?.speed === 'fast' ? 'priority' : TIERS[usage?.service_tier ?? ''];
}
