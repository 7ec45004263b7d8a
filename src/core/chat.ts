/**
 * The canonical request and answer: OpenAI's own types, plus the extensions that clients already use.
 *
 * This is the only file that imports the `openai` package's types, so a new SDK version is felt here
 * first and nowhere else.
 */
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionContentPart,
  ChatCompletionCreateParamsBase,
  ChatCompletionMessage,
  ChatCompletionMessageParam,
  ChatCompletionTool,
} from 'openai/resources/chat/completions';
import type { CompletionUsage } from 'openai/resources/completions';

export type ChatTool = ChatCompletionTool;
export type ChatAnswer = ChatCompletion;
export type ChatChunk = ChatCompletionChunk;
export type FinishReason = ChatCompletion.Choice['finish_reason'];
export type Logprobs = NonNullable<ChatCompletion.Choice['logprobs']>;
export type Annotation = NonNullable<ChatCompletionMessage['annotations']>[number];

/**
 * OpenAI's usage: `prompt_tokens` includes what was read from and written to the cache, and
 * `completion_tokens` includes reasoning. The extensions keep what a bill needs and OpenAI has no field for.
 */
export type Usage = CompletionUsage & {
  cache_creation?: { ephemeral_5m: number; ephemeral_1h: number };
  server_tool_use?: Record<string, number>;
  media?: MediaUsage;
  /** The provider named no usage and these figures are our estimate. */
  usage_estimated?: boolean;
};

/** What has a price of its own. Tokens are among those of the prompt or the completion, too. */
export interface MediaUsage {
  imageInputTokens?: number;
  audioInputTokens?: number;
  imageOutputTokens?: number;
  /** Of sound that was heard. */
  seconds?: number;
  /** Of text that was spoken. */
  characters?: number;
}

/** One piece of a model's reasoning, as OpenRouter's clients know it. It must come back unchanged on the next turn. */
export interface ReasoningDetail {
  type: 'reasoning.text' | 'reasoning.summary' | 'reasoning.encrypted';
  /** Whose words: a dialect replays only its own. */
  format: 'anthropic-claude-v1' | 'google-gemini-v1' | 'openai-responses-v1' | (string & {});
  text?: string;
  summary?: string;
  data?: string;
  signature?: string | null;
  /** Gemini: the tool call that the signature belongs to. OpenAI: the reasoning item's id. */
  id?: string | null;
  index?: number;
  /** `provider entry/provider model` that wrote it. Signatures are bound to their issuer. */
  issuer?: string;
}

/** What Anthropic's and OpenRouter's clients put on a content part to mark the end of a cached prefix. */
export interface CacheMarkers {
  cache_control?: { type: 'ephemeral'; ttl?: '5m' | '1h' };
  prompt_cache_breakpoint?: { mode: 'explicit'; ttl?: '30m' | '12h' };
}

interface MessageExtensions extends CacheMarkers {
  reasoning_content?: string | null;
  reasoning_details?: ReasoningDetail[] | null;
  /** On a `tool` message: the tool failed. */
  is_error?: boolean;
}

export type ContentPart = ChatCompletionContentPart & CacheMarkers;
export type ChatMessage = ChatCompletionMessageParam & MessageExtensions;

interface RequestExtensions {
  messages: ChatMessage[];
  stream?: boolean | null;
  top_k?: number | null;
  /** Ours, and taken out at the door: what the request may cost (US dollars) and how long it may take. */
  max_cost_usd?: number | null;
  max_latency_ms?: number | null;
  /** OpenRouter's spelling of `reasoning_effort`. */
  reasoning?: { effort?: string | null; max_tokens?: number; exclude?: boolean; enabled?: boolean } | null;
  /** Anthropic's spelling, passed on to Claude. */
  thinking?: { type: string; budget_tokens?: number; display?: string } | null;
  /** Wishes that a model may be without: where it has nothing like them they are dropped, not refused. */
  optional_fields?: readonly 'web_search_options'[] | null;
  /** Provider-native fields by dialect, merged into that provider's request last, untouched. */
  extra_body?: Record<string, Record<string, unknown>> | null;
}

/** A request as the client made it. Never changed: every attempt translates this same object. */
export type ChatRequest = Omit<ChatCompletionCreateParamsBase, keyof RequestExtensions> & RequestExtensions;
