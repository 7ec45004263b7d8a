/** Anthropic's words for what every answer has: how it ended, what it took, what it rests on. */
import type { Annotation, FinishReason, ReasoningDetail, Usage } from '../../core/chat.ts';
import { seal } from '../capsule.ts';
import { CLAUDE_FORMAT } from './turns.ts';

/** Anthropic's own, which say more than ours. */
const STOP_REASONS: ReadonlySet<string> = new Set([
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'pause_turn',
  'refusal',
  'model_context_window_exceeded',
]);
const MEANINGS: Record<FinishReason, string> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
};

export interface Ending {
  reason: FinishReason;
  native: string | null;
  /** In what words the model declined; empty if it did not. */
  refusal: string;
  stopSequence: string | undefined;
}

export function toEnding({ reason, native, refusal, stopSequence }: Ending): object {
  const isNative = native !== null && STOP_REASONS.has(native) && reason !== 'tool_calls';
  const meant = reason === 'stop' && stopSequence !== undefined ? 'stop_sequence' : MEANINGS[reason];
  const said = isNative ? native : meant;
  const stopReason = refusal ? 'refusal' : said;
  const isRefusal = stopReason === 'refusal';
  return {
    stop_reason: stopReason,
    stop_sequence: stopReason === 'stop_sequence' ? (stopSequence ?? null) : null, // Most providers do not tell.
    stop_details: isRefusal ? { type: 'refusal', category: null, explanation: refusal || null } : null,
  };
}

const NOTHING: Usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

/** Anthropic counts what the cache read and wrote beside the input, everybody else inside. */
export function toUsage(usage: Usage = NOTHING, serviceTier?: string): object {
  const { cached_tokens: read = 0, cache_write_tokens: written = 0 } = usage.prompt_tokens_details ?? {};
  const { reasoning_tokens: thought } = usage.completion_tokens_details ?? {};
  return {
    input_tokens: Math.max(usage.prompt_tokens - read - written, 0),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    cache_creation: toLives(usage.cache_creation, written),
    output_tokens: usage.completion_tokens,
    output_tokens_details: thought === undefined ? null : { thinking_tokens: thought },
    server_tool_use: toServerToolUse(usage.server_tool_use),
    service_tier: TIERS.get(serviceTier ?? '') ?? null,
    inference_geo: null,
    speed: null,
  };
}

/** What nobody has split lives as long as is usual. */
function toLives(split: Usage['cache_creation'], written: number): object {
  return {
    ephemeral_5m_input_tokens: split?.ephemeral_5m ?? written,
    ephemeral_1h_input_tokens: split?.ephemeral_1h ?? 0,
  };
}

const TIERS = new Map([
  ['default', 'standard'],
  ['priority', 'priority'],
  ['flex', 'batch'],
]);

function toServerToolUse(used: Record<string, number> | undefined): object | null {
  return used ? { web_search_requests: 0, web_fetch_requests: 0, ...used } : null;
}

/** Beside the content, which is still to come in a stream. */
export function messageHead(id: string, model: string): object {
  return { id, type: 'message', role: 'assistant', model, content: [], container: null, diagnostics: null };
}

/** Whose signature the client sends back as it is, because every Claude reads it. */
export function isClaudes({ format }: ReasoningDetail): boolean {
  return format === CLAUDE_FORMAT;
}

/** Undefined for what is no page: other servers annotate with files, too. Its index marks it as another's search. */
export function toCitation(annotation: Partial<Annotation>, said: string): object | undefined {
  if (!annotation.url_citation) return undefined;
  const { url, title, start_index: from, end_index: to } = annotation.url_citation;
  return {
    type: 'web_search_result_location',
    url,
    title: title ?? null,
    cited_text: said.slice(from, to),
    encrypted_index: seal([]),
  };
}

/** In the provider's own form; where its text ends is only ours to know. */
export function bareCitation(citation: Record<string, unknown>): object {
  const { start_index: _, end_index: __, ...rest } = citation;
  return rest;
}

/** Claude has no images to show: as the text that shows one. */
export function imageText(url: string): string {
  return `\n![image](${url})\n`;
}
