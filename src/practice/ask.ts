/**
 * What a practice provider understands of a request, and what it decides to say, in nobody's wire format.
 * A wire (`anthropic/`, `openai/`, …) reads its request into an `Ask` and writes a `Script` down.
 */
export type Dialect = 'anthropic' | 'openai' | 'gemini' | 'bedrock';

export interface Ask {
  dialect: Dialect;
  model: string;
  /** System and developer text: instructions to answer in JSON or to call a tool are looked for in here. */
  system: string;
  /** The user's last words, directives included. */
  said: string;
  /** Images, files and the like in the same turn. */
  attachments: number;
  /** What the tools brought back, if that is what the answer is about. */
  results: readonly { name: string; text: string }[];
  /** Only those that may be called. */
  tools: readonly ToolOffer[];
  toolMode: 'auto' | 'none' | 'required';
  parallel: boolean;
  /** The answer must be JSON, by the schema if there is one. */
  json?: { schema?: Record<string, unknown> } | undefined;
  /** A thought goes ahead of the answer. */
  thinks: boolean;
  maxTokens: number | undefined;
  stop: readonly string[];
  prompt: PromptTokens;
}

export interface ToolOffer {
  name: string;
  description?: string | undefined;
  schema?: unknown;
  /** Takes free text, not JSON. */
  custom?: boolean;
}

/** Disjoint; together the whole prompt. */
export interface PromptTokens {
  fresh: number;
  cacheRead: number;
  cacheWritten: number;
}

export type Step =
  | { type: 'think'; text: string }
  | { type: 'say'; text: string }
  | { type: 'refuse'; text: string }
  | { type: 'call'; name: string; custom: boolean; input: Record<string, unknown>; text: string };

export interface Script {
  steps: readonly Step[];
  end: 'done' | 'calls' | 'length' | 'stop' | 'refused';
  /** The stop sequence that was met. */
  stopped?: string | undefined;
  prompt: PromptTokens;
  thoughtTokens: number;
  /** Thought included. */
  outputTokens: number;
}

/** The usual rule of thumb; practice is deterministic, so it need not be better. */
export function tokensOf(characters: number): number {
  return Math.ceil(characters / 4);
}

const MEDIA = new Set(['data', 'bytes', 'file_data', 'image_url', 'url', 'fileUri']);

/** What a prompt weighs: its JSON, with media at a flat rate. */
export function promptTokens(parts: unknown): number {
  const text = JSON.stringify(parts, (key, value: unknown) =>
    MEDIA.has(key) && typeof value === 'string' ? value.slice(0, 1000) : value,
  );
  return tokensOf(text?.length ?? 0);
}

/** A marked prefix is written by the first turn and read by the later ones, as if no time had passed between them. */
export function cachedPrompt(total: number, marked: boolean, laterTurn: boolean): PromptTokens {
  const prefix = marked ? Math.floor(total * 0.9) : 0;
  return { fresh: total - prefix, cacheRead: laterTurn ? prefix : 0, cacheWritten: laterTurn ? 0 : prefix };
}
