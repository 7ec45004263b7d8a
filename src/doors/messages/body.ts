/** The Messages API's request as far as the door acts on it; `schema.ts` has checked it. */

export interface Marked {
  cache_control?: { type: string; ttl?: string | null } | null;
}

export interface TextBlock extends Marked {
  type: 'text';
  text: string;
  citations?: readonly { encrypted_index?: unknown }[] | null;
}

export type Source =
  | { type: 'base64'; media_type: string; data: string }
  | { type: 'text'; data: string }
  | { type: 'url'; url: string }
  | { type: 'file'; file_id: string }
  | { type: 'content'; content: string | readonly Block[] };

export interface ImageBlock extends Marked {
  type: 'image';
  source: Source;
  transformations?: unknown;
}

export interface DocumentBlock extends Marked {
  type: 'document';
  source: Source;
  title?: string | null;
  context?: string | null;
  citations?: { enabled?: boolean } | null;
}

export interface SearchResultBlock extends Marked {
  type: 'search_result';
  source: string;
  title: string;
  content: readonly TextBlock[];
  citations?: { enabled?: boolean } | null;
}

export interface ToolUseBlock extends Marked {
  type: 'tool_use';
  id: string;
  name: string;
  input: Record<string, unknown>;
  caller?: { type?: string } | null;
  toolset_name?: string | null;
}

export interface ToolResultBlock extends Marked {
  type: 'tool_result';
  tool_use_id: string;
  content?: string | readonly Block[] | null;
  is_error?: boolean | null;
}

/** What a search among deferred tools has found. */
export interface ToolReferenceBlock extends Marked {
  type: 'tool_reference';
  tool_name: string;
}

export interface ThinkingBlock {
  type: 'thinking';
  thinking: string;
  signature: string;
}

export interface RedactedThinkingBlock {
  type: 'redacted_thinking';
  data: string;
}

/** Those that the canonical request has a form for; others meet the `default` of every switch. */
export type Block =
  | TextBlock
  | ImageBlock
  | DocumentBlock
  | SearchResultBlock
  | ToolUseBlock
  | ToolResultBlock
  | ToolReferenceBlock
  | ThinkingBlock
  | RedactedThinkingBlock;

export type Message =
  | { role: 'user' | 'assistant'; content: string | readonly Block[] }
  /** In mid-conversation. What it changes besides saying something is Anthropic's own. */
  | { role: 'system'; content?: string | readonly Block[] | null; [field: string]: unknown };

export interface Tool extends Marked {
  type?: string | null;
  name: string;
  description?: string | null;
  input_schema?: Record<string, unknown> | null;
  strict?: boolean | null;
  user_location?: { type?: string; city?: string; country?: string; region?: string; timezone?: string } | null;
  [field: string]: unknown;
}

export interface ToolChoice {
  type: string;
  name?: string;
  disable_parallel_tool_use?: boolean;
}

export interface Format {
  type: string;
  schema?: Record<string, unknown>;
}

export interface MessagesBody extends Marked {
  model: string;
  max_tokens?: number;
  messages: readonly Message[];
  system?: string | readonly TextBlock[] | null;
  stream?: boolean | null;
  temperature?: number | null;
  top_p?: number | null;
  top_k?: number | null;
  stop_sequences?: readonly string[] | null;
  tools?: readonly Tool[] | null;
  tool_choice?: ToolChoice | null;
  thinking?: { type: string; budget_tokens?: number; display?: string | null } | null;
  output_config?: { effort?: string | null; format?: Format | null; [field: string]: unknown } | null;
  /** What `output_config.format` was called at first. */
  output_format?: Format | null;
  metadata?: { user_id?: string | null } | null;
  service_tier?: string | null;
  [field: string]: unknown;
}
