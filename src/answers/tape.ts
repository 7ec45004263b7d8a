import type { AnswerHead, AnswerSink, ChoiceSink, ToolCallHead } from '../core/answer.ts';
import type { Usage } from '../core/chat.ts';
import { PassingChoice } from './passing.ts';
import type { StreamWriter } from './pen.ts';
import { addUsage } from './usage.ts';

/** Characters. A longer answer is not kept, so it cannot be continued. */
const MAX_TEXT = 1024 * 1024;

/** Keeps the text that the client has, so that another attempt can go on where it breaks off. */
export class Tape implements AnswerSink {
  readonly writer: StreamWriter;
  /** What was said so far. */
  text = '';
  /** Nothing but text was said, or reasoning before it. */
  #isPlain = true;
  #choice: TapedChoice | undefined;
  #spent: Usage | undefined;

  constructor(writer: StreamWriter) {
    this.writer = writer;
  }

  /** There is text, and it is all that there is: no tool call, refusal or image, no thought in the middle. */
  get isContinuable(): boolean {
    return this.#isPlain && this.text !== '' && this.text.isWellFormed(); // Half a character cannot be asked about.
  }

  start(head: AnswerHead): void {
    this.writer.start(head);
  }

  choice(index: number): ChoiceSink {
    if (index > 0) this.spoil(); // Nobody asked for several.
    return (this.#choice ??= new TapedChoice(this.writer.choice(0), this));
  }

  /** The client is told what all attempts took together. */
  usage(usage: Usage): void {
    this.writer.usage(addUsage(this.#spent, usage) ?? usage);
  }

  note(delta: string): void {
    if (this.text.length + delta.length > MAX_TEXT) this.spoil();
    if (this.#isPlain) this.text += delta;
  }

  spoil(): void {
    this.#isPlain = false;
    this.text = '';
  }

  /** The attempt that wrote so far took this much; what comes is another's. */
  spend(usage: Usage): void {
    this.#spent = addUsage(this.#spent, usage);
  }
}

class TapedChoice extends PassingChoice {
  readonly #tape: Tape;

  constructor(inner: ChoiceSink, tape: Tape) {
    super(inner);
    this.#tape = tape;
  }

  override text(delta: string): void {
    this.#tape.note(delta);
    super.text(delta);
  }

  override reasoning(delta: string): void {
    if (delta && this.#tape.text) this.#tape.spoil();
    super.reasoning(delta);
  }

  override refusal(delta: string): void {
    if (delta) this.#tape.spoil();
    super.refusal(delta);
  }

  override toolCall(call: ToolCallHead): number {
    this.#tape.spoil();
    return super.toolCall(call);
  }

  override image(url: string): void {
    this.#tape.spoil();
    super.image(url);
  }
}
