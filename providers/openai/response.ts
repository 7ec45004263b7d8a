import type { AnswerSink } from '../../src/core/answer.ts';
import type { Usage } from '../../src/core/chat.ts';
import { inclusive } from '../../src/core/counts.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { parseJson, record, text } from '../shared/refusal.ts';
import { ChoiceReader } from './choice.ts';
import { fromError } from './errors.ts';
import type { Reading } from './reading.ts';

type Json = Record<string, unknown>;

/** Reads a whole chat completion into the sink. */
export function fromChat(body: string, sink: AnswerSink, reading: Reading): void {
  const answer = record(parseJson(body));
  if (!answer) throw new GatewayError('fault', 'The provider sent an answer that cannot be read');
  const reader = new ChatReader(sink, reading);
  reader.read(answer, 'message');
  if (reader.count === 0) throw new GatewayError('fault', 'The provider sent an answer without choices');
}

/** Reads what whole answers and chunks have in common, which is nearly everything. */
export class ChatReader {
  readonly #sink: AnswerSink;
  readonly #reading: Reading;
  readonly #choices = new Map<number, ChoiceReader>();
  #isNamed = false;

  constructor(sink: AnswerSink, reading: Reading) {
    this.#sink = sink;
    this.#reading = reading;
  }

  /** Choices that were begun. */
  get count(): number {
    return this.#choices.size;
  }

  /** Each of them has said its end. */
  get ended(): boolean {
    return this.count > 0 && [...this.#choices.values()].every((choice) => choice.ended);
  }

  read(frame: Json, field: 'delta' | 'message'): void {
    if (frame.error || frame.object === 'error') throw fromError(frame.error ? frame : { error: frame });
    if (!this.#isNamed) this.#start(frame);
    const choices = Array.isArray(frame.choices)
      ? frame.choices.map(record).filter((choice) => choice !== undefined)
      : [];
    for (const [position, choice] of choices.entries()) {
      if (choice.error) throw fromError(choice.error); // OpenRouter: one choice failed behind a 200.
      this.#choice(typeof choice.index === 'number' ? choice.index : position).read(choice, field);
    }
    const usage = toUsage(record(frame.usage) ?? record(record(frame.x_groq)?.usage));
    if (usage) this.#sink.usage(usage);
  }

  /** Azure's first chunk names no model yet. */
  #start(frame: Json): void {
    const model = text(frame.model) ?? '';
    this.#isNamed = model !== '';
    this.#sink.start({ model, upstreamId: text(frame.id) || undefined, serviceTier: text(frame.service_tier) });
  }

  #choice(index: number): ChoiceReader {
    const known = this.#choices.get(index);
    if (known) return known;
    const made = new ChoiceReader(this.#sink.choice(index), this.#reading);
    this.#choices.set(index, made);
    return made;
  }
}

export function toUsage(usage: Json | undefined): Usage | undefined {
  return typeof usage?.prompt_tokens === 'number' ? inclusive(usage) : undefined;
}
