/**
 * What is asked of a model beside conversation: one question, one answer. A door reads it (`src/doors/tasks/`), a
 * dialect that has the like says it in the provider's words, `src/gateway/task.ts` carries it out by the same plan.
 */
import { ABILITY_WORDS, type TaskKind } from './ability.ts';
import type { Usage } from './chat.ts';
import type { Endpoint } from './deployment.ts';
import { GatewayError } from './errors.ts';
import type { OutgoingRequest, Provider, Warning } from './provider.ts';

interface Asked {
  /** As the client names it. */
  model: string;
  /** How the answer passes, where it does as it comes. */
  stream: 'events' | 'bytes' | undefined;
  /** The client's own words, in OpenAI's API, with the provider's name for the model. */
  original: (model: string) => Content;
  /** What it will take, as far as that can be known before; counted in the place of what no answer says. */
  expected: Usage;
}

export interface Content {
  type: string;
  body: string | Uint8Array<ArrayBuffer>;
}

export interface EmbeddingsTask extends Asked {
  kind: 'embeddings';
  /** Texts, or tokens of a text. */
  inputs: readonly (string | readonly number[])[];
  dimensions: number | undefined;
  format: 'float' | 'base64';
  /** What the vectors are for, in Cohere's words: `search_query`, `search_document`. */
  inputType: string | undefined;
  /** Of the document that each text is; Gemini alone asks for it. */
  titles?: readonly (string | undefined)[];
  user: string | undefined;
}

export interface ImagesTask extends Asked {
  kind: 'images' | 'image_edits';
  prompt: string;
  count: number;
  /** `1024x1536`. */
  size: string | undefined;
  /** What is to be changed. */
  pictures: readonly Picture[];
  /** All other fields that the client has set, by their names. */
  others: Readonly<Record<string, string>>;
}

export interface Picture {
  mimeType: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Only upstreams that speak OpenAI's API have the like. */
export interface OpenAiTask extends Asked {
  kind: 'moderations' | 'transcriptions' | 'translations' | 'speech';
}

export type Task = EmbeddingsTask | ImagesTask | OpenAiTask;

/** A dialect that can say tasks. */
export interface TaskDialect {
  /** Throws `unsupported` with `param` for what it has no like of. */
  task(call: TaskCall): TaskExchange;
}

/** One attempt at one deployment. */
export interface TaskCall {
  task: Task;
  endpoint: Endpoint;
  providerModel: string;
}

export interface TaskRequest extends Omit<OutgoingRequest, 'url'> {
  /** Begins with a slash. */
  path: string;
}

export interface TaskExchange {
  /** Several where the provider takes less at once; all of them are needed. */
  requests: readonly TaskRequest[];
  warnings: readonly Warning[];
  /** The answers, in the order of the requests. Throws `fault` for what is none. */
  read: (replies: readonly TaskReply[]) => TaskAnswer;
  /** There, where the one answer passes as it comes; without a listener for what has come, it is read after all. */
  listen?: (contentType: string | undefined) => TaskListener | undefined;
}

export interface TaskReply {
  text: string;
  header: (name: string) => string | undefined;
}

/** A vector's numbers, or the base64 of them as 32-bit floats, little end first. */
export type Vector = readonly number[] | string;

export interface TaskAnswer {
  usage: Usage | undefined;
  /** Undefined where the provider names none. */
  model: string | undefined;
  /** Where the provider speaks the client's API: its own words. */
  body?: string;
  vectors?: readonly Vector[];
  /** Base64. */
  images?: readonly { data: string; mimeType: string }[];
}

/** Hears what passes untouched. */
export interface TaskListener {
  push(bytes: Uint8Array): void;
  /** Throws `truncated` where the end is missing. */
  end(): void;
  readonly usage: Usage | undefined;
  /** All of it is there. */
  readonly ended: boolean;
  /** The provider has told of an error. */
  readonly failure: GatewayError | undefined;
}

export function taskDialectOf(provider: Provider, kind: TaskKind): TaskDialect {
  if (hasTasks(provider)) return provider;
  throw noLike(provider.name, kind);
}

export function noLike(name: string, kind: TaskKind): GatewayError {
  return new GatewayError('unsupported', `${name} has nothing like ${ABILITY_WORDS[kind]}`, { param: 'model' });
}

function hasTasks(provider: Provider): provider is Provider & TaskDialect {
  return 'task' in provider;
}
