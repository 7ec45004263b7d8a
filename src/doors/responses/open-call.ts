import type { ToolCallHead } from '../../core/answer.ts';
import { GatewayError } from '../../core/errors.ts';
import { CRAFTS, fieldsOf, type Origin } from './calls.ts';
import type { ItemStatus, Place, Sheet } from './sheet.ts';
import type { Item, Json } from './stored.ts';

/** A tool call that is being written, as the item that its tool's client knows. */
export class OpenCall {
  readonly #sheet: Sheet;
  readonly #place: Place;
  readonly #origin: Origin;
  readonly #head: Json;
  /** OpenAI's own custom tools write plain text; in a function it is wrapped in JSON. */
  readonly #isPlain: boolean;
  #written = '';
  #isClosed = false;

  constructor(sheet: Sheet, { id: callId, type }: ToolCallHead, origin: Origin) {
    this.#sheet = sheet;
    this.#isPlain = type === 'custom';
    this.#origin = this.#isPlain ? { ...origin, kind: 'custom' } : origin;
    const { kind } = this.#origin;
    this.#place = sheet.place(kind === 'function' ? 'fc' : CRAFTS[kind].prefix);
    const name = kind === 'function' ? 'function_call' : CRAFTS[kind].type;
    this.#head = { id: this.#place.item_id, type: name, call_id: callId };
    sheet.open({ ...this.#head, ...this.#fields(), status: 'in_progress' });
  }

  /** Throws `malformed` where the provider goes back to a call that has been handed over. */
  write(delta: string): void {
    if (this.#isClosed) throw new GatewayError('malformed', 'The provider went back to a tool call that was over');
    this.#written += delta;
    if (this.#origin.kind === 'function') this.#tell('function_call_arguments.delta', { delta });
    else if (this.#isPlain) this.#tell('custom_tool_call_input.delta', { delta });
  }

  close(status: ItemStatus): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const item: Item = { ...this.#head, ...this.#fields(), status };
    if (this.#origin.kind === 'function') {
      this.#written ||= '{}'; // "" poisons the next turn.
      item.arguments = this.#written;
      this.#tell('function_call_arguments.done', { name: this.#origin.name, arguments: this.#written });
    }
    if (this.#origin.kind === 'custom') {
      const { input } = item;
      if (!this.#isPlain && input) this.#tell('custom_tool_call_input.delta', { delta: input });
      this.#tell('custom_tool_call_input.done', { input });
    }
    this.#sheet.close(this.#place.output_index, item);
  }

  #fields(): Json {
    const { kind, name, namespace } = this.#origin;
    if (kind === 'function') return { name, ...(namespace && { namespace }), arguments: this.#written };
    if (this.#isPlain) return { name, ...(namespace && { namespace }), input: this.#written };
    return fieldsOf({ kind, name, namespace }, this.#written);
  }

  #tell(event: string, data: Json): void {
    this.#sheet.emit(`response.${event}`, { ...this.#place, ...data });
  }
}
