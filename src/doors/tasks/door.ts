/** A door for what is no conversation: it reads the client's words and writes what no provider has said in them. */
import type { FieldOf } from '../../core/field-names.ts';
import type { Content, Task, TaskAnswer } from '../../core/task.ts';
import type { BodyLimits } from '../json.ts';

export interface TaskDoor {
  /** As a key's `doors` name it. */
  readonly name: 'embeddings' | 'moderations' | 'images' | 'audio' | 'gemini';
  /** Throws `invalid_request` that names the client's own field. */
  read(sent: Sent): TaskEntry;
}

export interface Sent {
  bytes: Uint8Array<ArrayBuffer>;
  contentType: string;
  limits: BodyLimits;
  atMs: number;
}

export interface TaskEntry {
  task: Task;
  /** Of the longest of its texts, each of which has the model's context to itself. */
  longestTokens: number;
  /** `model` is the provider's name for it. Where the answer is in the client's words already, its `body`. */
  write: (answer: TaskAnswer, model: string) => string;
  /** Without it OpenAI's names of fields are the client's own. */
  fieldOf?: FieldOf | undefined;
}

const CHARS_PER_TOKEN = 4;

export function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARS_PER_TOKEN);
}

/** The client's JSON with another name for the model. */
export function jsonOriginal(body: object): (model: string) => Content {
  return (model) => ({ type: 'application/json', body: JSON.stringify({ ...body, model }) });
}

/** For answers that only pass. */
export function asItCame({ body = '' }: TaskAnswer): string {
  return body;
}
