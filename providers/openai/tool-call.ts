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
  #hasArguments = false;
  /** The arguments so far, of a call without an id: only they can tell that it is whole. */
  #unnamedArguments = '';
  #isCustom = false;

  constructor(sink: ChoiceSink, reading: Reading) {
    this.#sink = sink;
    this.#reading = reading;
  }

  read(entry: Record<string, unknown>): void {
    const custom = record(entry.custom);
    const body = custom ?? record(entry.function) ?? {};
    this.id ||= text(entry.id) ?? '';
    const name = text(body.name);
    if (this.#number === undefined && name) this.#open(name, custom !== undefined, record(entry.extra_content));
    this.#append(argumentsOf(custom ? body.input : body.arguments));
  }

  /**
   * Another call begins where this one was open. At an index that takes an id with a name: some servers repeat either
   * in every delta, and some make up a new id for each. Where no call has an id, a name after whole arguments begins one.
   */
  isEndedBy(entry: Record<string, unknown>): boolean {
    const id = text(entry.id) || undefined;
    const body = record(entry.custom) ?? record(entry.function) ?? {};
    const isNamed = Boolean(text(body.name));
    if (id && this.id) return id !== this.id && (isNamed || typeof entry.index !== 'number');
    if (id || this.id || !isNamed) return false;
    return argumentsOf(body.arguments) !== '' && record(parseJson(this.#unnamedArguments)) !== undefined;
  }

  end(): void {
    if (this.#number === undefined) throw new GatewayError('malformed', 'The model called a tool without naming it');
    // Nothing at all would break the next turn: a client parses arguments, and "" is no JSON.
    if (!this.#hasArguments && !this.#isCustom) this.#sink.toolArguments(this.#number, '{}');
  }

  #open(name: string, isCustom: boolean, extra: Record<string, unknown> | undefined): void {
    this.#isCustom = isCustom;
    this.#number = this.#sink.toolCall({
      id: this.id || this.#reading.newId(),
      name: this.#reading.toolName(name),
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
    this.#hasArguments = true;
    if (this.id === '') this.#unnamedArguments += delta;
    this.#sink.toolArguments(this.#number, delta);
  }
}

/** JSON as text. Some servers send the object itself. */
function argumentsOf(value: unknown): string {
  return text(value) ?? (record(value) ? JSON.stringify(value) : '');
}
