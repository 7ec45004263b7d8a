/** What the books need to know of an answer that is OpenAI chat already. */
import type { AnswerFacts } from '../core/answer.ts';
import { refuseBrokenEnd } from '../core/broken-end.ts';
import type { FinishReason } from '../core/chat.ts';
import { inclusive } from '../core/counts.ts';
import { noteHead } from './facts.ts';

type Json = Record<string, unknown>;

const FINISH_REASONS = new Set<unknown>(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']);
/** What counts as an answer begun. Providers put more into a delta, but none of it is for the reader. */
const CONTENT = [
  'content',
  'reasoning_content',
  'reasoning',
  'refusal',
  'tool_calls',
  'function_call',
  'audio',
  'images',
  'reasoning_details',
];

/** Which choices have begun, and whether they have ended. */
export type Choices = Map<number, boolean>;

/** Notes one chunk. Throws for one that breaks off. True if it carries nothing but the count, which a client gets only if it asked. */
export function noteChunk(facts: AnswerFacts, ended: Choices, chunk: Json): boolean {
  noteFrame(facts, chunk);
  const choices = records(chunk['choices']);
  for (const choice of choices) {
    noteFinish(facts, choice);
    const index = typeof choice['index'] === 'number' ? choice['index'] : 0;
    ended.set(index, ended.get(index) === true || typeof choice['finish_reason'] === 'string');
    const delta = record(choice['delta']) ?? {};
    if (!facts.said)
      facts.said = CONTENT.some((field) => isSomething(delta[field])) || facts.finishReason !== undefined;
  }
  return choices.length === 0 && record(chunk['usage']) !== undefined;
}

/** Notes a whole answer. Throws for one that broke off. */
export function noteAnswer(facts: AnswerFacts, answer: Json): void {
  noteFrame(facts, answer);
  for (const choice of records(answer['choices'])) {
    noteFinish(facts, choice);
    const message = record(choice['message']) ?? {};
    facts.characters += length(message['content']) + length(message['reasoning_content'] ?? message['reasoning']);
  }
  facts.said = true;
}

export function record(value: unknown): Json | undefined {
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function noteFrame(facts: AnswerFacts, frame: Json): void {
  noteHead(facts, { model: text(frame['model']) ?? '', upstreamId: text(frame['id']) });
  // Groq counts in a field of its own.
  const usage = record(frame['usage']) ?? record(record(frame['x_groq'])?.['usage']);
  if (usage && typeof usage['prompt_tokens'] === 'number') facts.usage = inclusive(usage);
}

function noteFinish(facts: AnswerFacts, choice: Json): void {
  const native = choice['finish_reason'];
  if (typeof native !== 'string') return;
  refuseBrokenEnd(native);
  facts.nativeFinishReason = native;
  facts.finishReason = FINISH_REASONS.has(native) ? (native as FinishReason) : 'stop';
}

function isSomething(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0);
}

function records(value: unknown): readonly Json[] {
  if (!Array.isArray(value)) return [];
  return value.every(isRecord) ? value : value.filter(isRecord);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function length(value: unknown): number {
  return typeof value === 'string' ? value.length : 0;
}
