import type { AnswerFacts, AnswerHead, AnswerSink, ChoiceSink, EndDetails, ToolCallHead } from '../core/answer.ts';
import type { Annotation, FinishReason, Usage } from '../core/chat.ts';
import { GatewayError } from '../core/errors.ts';
import { noFacts, noteHead, turnOf } from './facts.ts';
import { type Joint, seamOf } from './joint.ts';
import { PassingChoice } from './passing.ts';
import type { Tape } from './tape.ts';

/**
 * Puts the rest of a broken answer behind what the client has. Nothing passes before it is known where the rest begins;
 * throws `malformed` for a reply that does not go on there.
 */
export class Seam implements AnswerSink {
  /** Of this attempt alone. */
  readonly facts: AnswerFacts = noFacts();
  readonly #tape: Tape;
  readonly #joint: Joint;
  #choice: SeamChoice | undefined;

  constructor(tape: Tape, joint: Joint) {
    this.#tape = tape;
    this.#joint = joint;
  }

  /** The client's chunks keep the name they began with. */
  start(head: AnswerHead): void {
    noteHead(this.facts, head);
  }

  choice(index: number): ChoiceSink {
    return (this.#choice ??= new SeamChoice(this.#tape.choice(index), this.facts, this.#joint));
  }

  usage(usage: Usage): void {
    this.facts.usage = usage;
    this.#tape.usage(usage);
  }
}

class SeamChoice extends PassingChoice {
  readonly #facts: AnswerFacts;
  readonly #joint: Joint;
  /** Until it is known where the rest begins. */
  #held = '';
  #isJoined = false;
  /** From a place in the reply to the same in the answer. */
  #offset = 0;

  constructor(inner: ChoiceSink, facts: AnswerFacts, joint: Joint) {
    super(inner);
    this.#facts = facts;
    this.#joint = joint;
  }

  override text(delta: string): void {
    this.#facts.characters += delta.length;
    if (this.#isJoined) return super.text(delta);
    this.#held += delta;
    if (this.#held) this.#join(false);
  }

  /** Not the client's: it has seen how the model came to its answer. */
  override reasoning(delta: string): void {
    this.#facts.characters += delta.length;
  }

  override reasoningDetail(): void {}

  override refusal(delta: string): void {
    if (delta) throw new GatewayError('malformed', 'The model refused to go on with an answer that had broken off');
  }

  override toolCall(call: ToolCallHead): number {
    this.#join(true);
    turnOf(this.#facts, 0).toolCallIds.push(call.id);
    return super.toolCall(call);
  }

  override annotation(annotation: Annotation): void {
    const place = annotation.url_citation as Annotation['url_citation'] | undefined; // A provider may send another kind.
    if (!place) return super.annotation(annotation);
    const start_index = place.start_index + this.#offset;
    const end_index = place.end_index + this.#offset;
    super.annotation({ ...annotation, url_citation: { ...place, start_index, end_index } });
  }

  override finish(reason: FinishReason, native: string | null, more?: EndDetails): void {
    this.#join(true);
    this.#facts.finishReason = reason;
    this.#facts.nativeFinishReason = native ?? undefined;
    super.finish(reason, native, more);
  }

  #join(isWhole: boolean): void {
    if (this.#isJoined) return;
    const seam = seamOf(this.#joint, this.#held, isWhole);
    if (seam === 'wait') return;
    if (seam === 'broken') throw new GatewayError('malformed', 'The model did not go on where its answer broke off');
    this.#isJoined = true;
    this.#facts.said = true;
    this.#offset = this.#joint.said.length + this.#joint.whitespace.length - seam;
    super.text(this.#held.slice(seam));
    this.#held = '';
  }
}
