/** Gemini's JSON, typed by the official SDK: its enums are plain strings on the wire. */
import type {
  Candidate,
  Content,
  GenerateContentResponse,
  GenerationConfig,
  Part,
  Tool,
  ToolConfig,
} from '@google/genai';

type Wire<T> = T extends string ? `${T}` : T extends object ? { [K in keyof T]: Wire<T[K]> } : T;

export type GeminiPart = Wire<Part>;
export type GeminiContent = Wire<Content> & { parts: GeminiPart[] };
export type GeminiTool = Wire<Tool>;
export type GeminiToolConfig = Wire<ToolConfig>;
export type GeminiConfig = Wire<GenerationConfig>;

export interface GeminiRequest {
  contents: GeminiContent[];
  systemInstruction?: { parts: GeminiPart[] };
  tools?: GeminiTool[];
  toolConfig?: GeminiToolConfig;
  generationConfig?: GeminiConfig;
  serviceTier?: 'standard' | 'flex' | 'priority';
  /** Vertex only. */
  labels?: Record<string, string>;
}

/** A proxy may ask for `enum-encoding=int`; then reasons are numbers. */
export type GeminiCandidate = Omit<Wire<Candidate>, 'finishReason'> & { finishReason?: string | number };

export type GeminiUsage = NonNullable<Wire<GenerateContentResponse>['usageMetadata']> & { serviceTier?: string };

export interface GeminiResponse {
  candidates?: GeminiCandidate[];
  promptFeedback?: { blockReason?: string | number };
  usageMetadata?: GeminiUsage;
  modelVersion?: string;
  responseId?: string;
  error?: unknown;
}
