import type { AnswerHead, AnswerSink, ChoiceSink } from '../core/answer.ts';
import type { Usage } from '../core/chat.ts';

/**
 * `stop` for models that have none: cuts the text before the first stop sequence and ends the choice there.
 * The end of the text is held back for as long as it could still become a stop sequence.
 */
export class StopFilter implements AnswerSink {
  readonly #inner: AnswerSink;
  readonly #stops: readonly string[];
  readonly #asked: number;
  readonly #choices = new Map<number, StoppedChoice>();

  /** `asked`: how many choices will come, of which some may not have begun when others are stopped. */
  constructor(inner: AnswerSink, stops: readonly string[], asked = 1) {
    this.#inner = inner;
    this.#stops = stops;
    this.#asked = asked;
  }

  /** Every choice has met its stop: what the provider still writes is for nobody. */
  get done(): boolean {
    return this.#choices.size >= this.#asked && [...this.#choices.values()].every((choice) => choice.stopped);
  }

  start(head: AnswerHead): void {
    this.#inner.start(head);
  }

  usage(usage: Usage): void {
    this.#inner.usage(usage);
  }

  choice(index: number): ChoiceSink {
    const known = this.#choices.get(index);
    if (known) return known;
    const made = new StoppedChoice(this.#inner.choice(index), this.#stops);
    this.#choices.set(index, made);
    return made;
  }
}

class StoppedChoice implements ChoiceSink {
  stopped = false;
  #held = '';
  readonly #inner: ChoiceSink;
  readonly #stops: readonly string[];

  constructor(inner: ChoiceSink, stops: readonly string[]) {
    this.#inner = inner;
    this.#stops = stops;
  }

  text(delta: string): void {
    if (this.stopped) return;
    const text = this.#held + delta;
    const first = firstOf(text, this.#stops);
    if (first) {
      this.#held = '';
      this.#inner.text(text.slice(0, first.at));
      this.#inner.finish('stop', 'stop_sequence', { stopSequence: first.stop });
      this.stopped = true;
      return;
    }
    const keep = openEnd(text, this.#stops);
    this.#held = text.slice(text.length - keep);
    this.#inner.text(text.slice(0, text.length - keep));
  }

  finish(...args: Parameters<ChoiceSink['finish']>): void {
    if (this.stopped) return;
    this.#release();
    this.#inner.finish(...args);
  }

  refusal(delta: string): void {
    if (!this.stopped) this.#inner.refusal(delta);
  }

  reasoning(delta: string): void {
    if (!this.stopped) this.#inner.reasoning(delta);
  }

  reasoningDetail(...args: Parameters<ChoiceSink['reasoningDetail']>): void {
    if (!this.stopped) this.#inner.reasoningDetail(...args);
  }

  toolCall(...args: Parameters<ChoiceSink['toolCall']>): number {
    if (this.stopped) return -1;
    this.#release();
    return this.#inner.toolCall(...args);
  }

  toolArguments(call: number, delta: string): void {
    if (!this.stopped) this.#inner.toolArguments(call, delta);
  }

  annotation(...args: Parameters<ChoiceSink['annotation']>): void {
    if (!this.stopped) this.#inner.annotation(...args);
  }

  citation(...args: Parameters<ChoiceSink['citation']>): void {
    if (!this.stopped) this.#inner.citation(...args);
  }

  image(url: string): void {
    if (!this.stopped) this.#inner.image(url);
  }

  logprobs(...args: Parameters<ChoiceSink['logprobs']>): void {
    if (!this.stopped) this.#inner.logprobs(...args);
  }

  #release(): void {
    this.#inner.text(this.#held);
    this.#held = '';
  }
}

function firstOf(text: string, stops: readonly string[]): { at: number; stop: string } | undefined {
  let first: { at: number; stop: string } | undefined;
  for (const stop of stops) {
    const at = text.indexOf(stop);
    if (at >= 0 && (!first || at < first.at)) first = { at, stop };
  }
  return first;
}

/** How much of the end of the text may be the beginning of a stop sequence. */
function openEnd(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(stop.slice(0, length))) longest = length;
    }
  }
  return longest;
}
