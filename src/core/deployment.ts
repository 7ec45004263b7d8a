import type { Ability } from './ability.ts';
import type { MediaUsage } from './chat.ts';
import type { DeclaredLimits } from './limits.ts';
import type { Secret } from './secret.ts';

/** One way to reach one model: where, as what, and what it can do. */
export interface Deployment {
  /** Stable and printable: `anthropic/claude-sonnet-5-5`. */
  id: string;
  endpoint: Endpoint;
  /** What the provider calls the model. */
  providerModel: string;
  /** The name that clients ask for. */
  model: string;
  capabilities: Capabilities;
  /** Undefined when the catalog has no price: loud, never zero. */
  price: Price | undefined;
  /** Its price at another moment, the operator's own prices over the catalog's. */
  priceAt?: ((nowMs: number) => Price | undefined) | undefined;
  /** All prices that the catalog knows, with their dates; `price` is the one of now. */
  prices?: readonly DatedPrice[] | undefined;
  /** Tokens it makes of a text that is one token to OpenAI's o200k; 1 where nobody has measured it. */
  tokenFactor?: number | undefined;
  /** Undefined where the provider keeps no prompts. */
  promptCache?: PromptCache | undefined;
  /** Models that share their limits (Claude Opus 4.x, say). */
  family: string;
  /** Limits of its own, beside the account's. */
  limits?: DeclaredLimits | undefined;
  /** The operator's own time limits for it, in milliseconds. */
  timeouts?: DeclaredTimeouts | undefined;
  /** Asked for as `provider/model`: what is kept of such names is bounded, for clients may invent them. */
  isDirect?: boolean | undefined;
}

export interface DeclaredTimeouts {
  firstTokenMs?: number | undefined;
  maxFirstTokenMs?: number | undefined;
  idleMs?: number | undefined;
  totalMs?: number | undefined;
}

/** One entry under `providers:`: a dialect, an address and a credential. */
export interface Endpoint {
  name: string;
  dialect: string;
  /** Without a slash at the end. */
  baseUrl: string;
  credential: Credential;
  settings: EndpointSettings;
  /** Whose limits it draws on: entries with the same account share them. */
  account: string;
  /** What the account allows each model family. */
  limits?: DeclaredLimits | undefined;
}

/** The entry of `providers:` that it stands for: each of an entry's keys is an endpoint, the second called `anthropic#2`. */
export function entryNameOf({ name }: Pick<Endpoint, 'name'>): string {
  return name.replace(/#\d+$/, '');
}

/** What only some dialects need, from the configuration. */
export interface EndpointSettings {
  /** Bedrock. */
  region?: string | undefined;
  /** Vertex. */
  project?: string | undefined;
  location?: string | undefined;
  /** Azure's `api-version`; Gemini's `v1` or `v1beta`. */
  apiVersion?: string | undefined;
  /** The header an API key goes into, where it is not the dialect's own (Azure: `api-key`). */
  keyHeader?: string | undefined;
  /** Whether a server that speaks OpenAI's chat has `/responses` too, where its address does not tell. */
  responses?: boolean | undefined;
  /** Static headers from the configuration. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** A practice provider: its answers are made up. */
  practice?: boolean | undefined;
}

export type Credential =
  | { kind: 'none' }
  | { kind: 'key'; secret: Secret }
  /** AWS: keys to sign with, refreshed by whoever made this. */
  | { kind: 'aws'; resolve: () => Promise<AwsKeys> }
  /** OAuth (Vertex): a bearer token, refreshed by whoever made this. */
  | { kind: 'token'; resolve: () => Promise<Secret> };

export interface AwsKeys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/** What a model can do and how it wants to be asked. Data, from `routing-rules/models.json`. */
export interface Capabilities {
  /** Input and output together, in tokens. */
  contextTokens: number;
  outputTokens: number;
  /** What it is for; conversation where nothing is said. */
  tasks?: readonly Ability[] | undefined;
  /** Media it takes besides text. */
  input: readonly ('image' | 'pdf' | 'audio' | 'video')[];
  tools: boolean;
  /** Whether `tool_choice` may force a call (Claude 5.5 refuses). */
  forcedToolChoice: boolean;
  /** Whether the provider accepts `strict` tools for it. */
  strictTools: boolean;
  /** Constrained decoding to a JSON schema by the provider itself. */
  structuredOutput: boolean;
  /** Structured output and tools in one request (Gemini 2.5: no). */
  structuredOutputWithTools: boolean;
  /** Temperature and friends: taken, taken only while reasoning is off, or refused. */
  sampling: 'free' | 'without_reasoning' | 'none';
  /** Native `stop` sequences. */
  stop: boolean;
  /** System messages in mid-conversation. */
  lateSystem: boolean;
  /** A conversation that ends with the assistant's turn is continued. */
  prefill: boolean;
  reasoning: ReasoningStyle;
  /** `reasoning_effort` values it takes; the nearest lower one replaces another. */
  efforts: readonly string[];
  /** OpenAI: tools together with reasoning need the Responses API. */
  toolsNeedResponses: boolean;
  /** Takes https URLs of images and files itself. */
  remoteMedia: boolean;
  /** Anthropic: the `anthropic-version` that fits it. */
  apiVersion: string | undefined;
}

/**
 * How a model is told to think.
 * `none`: it does not. `effort`: OpenAI's `reasoning_effort`.
 * Claude: `budget` (4.5 and before), `adaptive` (4.6, 4.7, 4.8: off unless asked), `disableable` (on unless switched off),
 * `between_tools` (Sonnet 5.5: only reducible), `always` (Opus 5.5, Fable).
 * Gemini: `thinking_budget` (2.5), `thinking_level` (3 and later).
 */
export type ReasoningStyle =
  | 'none'
  | 'effort'
  | 'budget'
  | 'adaptive'
  | 'disableable'
  | 'between_tools'
  | 'always'
  | 'thinking_budget'
  | 'thinking_level';

/** US dollars per million tokens. */
export interface PriceTier {
  input: number;
  output: number;
  cacheRead?: number;
  cacheWrite5m?: number;
  cacheWrite1h?: number;
}

/** What is no text. */
export interface MediaPrice {
  /** US dollars per million tokens, where they cost otherwise than those of text. */
  imageInput?: number;
  audioInput?: number;
  imageOutput?: number;
  /** US dollars for a minute of sound that is heard. */
  perMinute?: number;
  /** US dollars for a million characters that are spoken. */
  perMillionCharacters?: number;
}

export interface Price extends PriceTier, MediaPrice {
  /** The whole request is charged by this row once the prompt is larger than `abovePromptTokens`. */
  tiers?: readonly (PriceTier & { abovePromptTokens: number })[];
}

/** A price and when it holds. */
export interface DatedPrice {
  price: Price;
  fromMs: number;
  /** Not included. */
  untilMs: number;
}

/** How the provider keeps prompts that come again. */
export interface PromptCache {
  /** It keeps every prompt; elsewhere only what the request marks. */
  automatic: boolean;
  /** Since the last use. */
  lifetimeMs: number;
  /** Shorter prompts are not kept. As this model counts tokens. */
  minimumTokens: number;
}

/** What a request weighs before anybody counted it. */
export interface Estimate {
  inputTokens: number;
  outputTokens: number;
  /** What has a price of its own. */
  media?: MediaUsage | undefined;
}

/** A deployment considered for one request, in the order it should be tried. */
export interface Candidate {
  deployment: Deployment;
  /** Why the rules put it here; shown in `x-signalbox-reason`. */
  reason: string;
  /** The class of work that the model is for; undefined where it is in no tier. */
  tier?: string | undefined;
  /** Asked only after another has failed so: the prompt was too long for it, or its provider refused to answer. */
  after?: 'context' | 'refusal' | undefined;
  /** How many groups stand before its own: whoever has more room goes first only among those of one group. */
  behind?: number | undefined;
}
