import type { ReasoningDetail } from '../../core/chat.ts';
import { sealed } from './reasoning.ts';
import type { Place, Sheet } from './sheet.ts';

/** A reasoning item that is being written. */
export class OpenReasoning {
  readonly details: ReasoningDetail[] = [];
  readonly #sheet: Sheet;
  readonly #place: Place;
  readonly #isShown: boolean;
  #text = '';

  /** `isShown`: its text is a summary to the client; else only the model gets it back. */
  constructor(sheet: Sheet, isShown: boolean) {
    this.#sheet = sheet;
    this.#isShown = isShown;
    this.#place = sheet.place('rs');
    sheet.open({ id: this.#place.item_id, type: 'reasoning', summary: [] });
  }

  text(delta: string): void {
    const isFirst = this.#text === '';
    this.#text += delta;
    if (!this.#isShown) return;
    const place = { ...this.#place, summary_index: 0 };
    if (isFirst) this.#sheet.emit('response.reasoning_summary_part.added', { ...place, part: summaryOf('') });
    this.#sheet.emit('response.reasoning_summary_text.delta', { ...place, delta });
  }

  close(): void {
    const { item_id: id, output_index: index } = this.#place;
    const isSummed = this.#isShown && this.#text !== '';
    const part = summaryOf(this.#text);
    if (isSummed) {
      const place = { ...this.#place, summary_index: 0 };
      this.#sheet.emit('response.reasoning_summary_text.done', { ...place, text: this.#text });
      this.#sheet.emit('response.reasoning_summary_part.done', { ...place, part });
    }
    const encrypted = sealed(this.details, this.#text);
    this.#sheet.close(index, {
      id,
      type: 'reasoning',
      summary: isSummed ? [part] : [],
      ...(encrypted && { encrypted_content: encrypted }),
    });
  }
}

function summaryOf(text: string): { type: string; text: string } {
  return { type: 'summary_text', text };
}
