import type { ChoiceSink } from '../../src/core/answer.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { parseJson, record, text } from '../shared/refusal.ts';
import type { Reading } from './reading.ts';

/** One tool call, whole or a delta at a time. It is opened once its name is known. */
export class ToolCallReader {
  readonly #sink: ChoiceSink;
  readonly #reading: Reading;
  #number: number | undefined;
  /** The server's own; empty while it has said none. */
  id = '';
  /** Arguments that came before the name. */
  #early = '';
  /** As the server calls it. */
  #name = '';
  /** Of the whole call before it. Under the same name it needs arguments: that one may only have been named again. */
  readonly #nameBefore: string;
  /** The arguments so far: they tell whether the call is whole. */
  #written = '';
  #isCustom = false;

  constructor(sink: ChoiceSink, reading: Reading, before: ToolCallReader | undefined) {
    this.#sink = sink;
    this.#reading = reading;
    this.#nameBefore = before ? before.#name : '';
  }

  read(entry: Record<string, unknown>): void {
    const custom = record(entry.custom);
    const body = custom ?? record(entry.function) ?? {};
    this.id ||= text(entry.id) ?? '';
    this.#name ||= text(body.name) ?? '';
    const said = argumentsOf(custom ? body.input : body.arguments);
    const isNews = this.#name !== this.#nameBefore || this.#early + said !== '';
    if (this.#number === undefined && this.#name !== '' && isNews) {
      this.#open(custom !== undefined, record(entry.extra_content));
    }
    this.#append(said);
  }

  /**
   * Another call begins where this one was open. It has a name. Some servers repeat that, or the id, in every delta, and
   * some make up a new id for each (TensorRT-LLM), so under the same name only whole arguments end a call.
   */
  isEndedBy(entry: Record<string, unknown>): boolean {
    const body = record(entry.custom) ?? record(entry.function) ?? {};
    const [id, name] = [text(entry.id) ?? '', text(body.name) ?? ''];
    if (name === '' || this.#name === '' || (id !== '' && id === this.id)) return false;
    return name !== this.#name || ((id === '') === (this.id === '') && this.#isWhole());
  }

  end(): void {
    if (this.#number === undefined && this.#name !== '') return; // The call before it was named again.
    if (this.#number === undefined) throw new GatewayError('malformed', 'The model called a tool without naming it');
    // Nothing at all would break the next turn: a client parses arguments, and "" is no JSON.
    if (this.#written === '' && !this.#isCustom) this.#sink.toolArguments(this.#number, '{}');
  }

  #open(isCustom: boolean, extra: Record<string, unknown> | undefined): void {
    this.#isCustom = isCustom;
    this.#number = this.#sink.toolCall({
      id: this.#reading.callId(this.id),
      name: this.#reading.toolName(this.#name),
      ...(isCustom && { type: 'custom' }),
      ...(extra && { extra }),
    });
    this.#append(this.#early);
  }

  #append(delta: string): void {
    if (delta === '') return;
    if (this.#number === undefined) {
      this.#early += delta;
      return;
    }
    this.#written += delta;
    this.#sink.toolArguments(this.#number, delta);
  }

  #isWhole(): boolean {
    return this.#written.trimEnd().endsWith('}') && record(parseJson(this.#written)) !== undefined;
  }
}

/** JSON as text. Some servers send the object itself. */
function argumentsOf(value: unknown): string {
  return text(value) ?? (record(value) ? JSON.stringify(value) : '');
}
