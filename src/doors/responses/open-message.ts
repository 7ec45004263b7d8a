import type { Annotation, Logprobs } from '../../core/chat.ts';
import type { ItemStatus, Place, Sheet } from './sheet.ts';
import type { Item, Json } from './stored.ts';

type Tokens = NonNullable<Logprobs['content']>;
interface TextPart {
  type: 'output_text';
  annotations: Json[];
  logprobs: Json[];
  text: string;
}
interface RefusalPart {
  type: 'refusal';
  refusal: string;
}
type Part = TextPart | RefusalPart;

/** A message that is being written. Its citations may come when it is over: then the last word on the response has them. */
export class OpenMessage {
  readonly #sheet: Sheet;
  readonly #place: Place;
  readonly #awaitsLogprobs: boolean;
  readonly #item: Item & { content: Part[] };
  /** Where the message begins in the whole answer's text. */
  readonly #start: number;
  #part: Part | undefined;
  #lastText: TextPart | undefined;
  /** Said before its probabilities. */
  #waiting = '';
  #isClosed = false;

  /** `before`: characters of the answer's text that stand in earlier items. */
  constructor(sheet: Sheet, { before, logprobs }: { before: number; logprobs: boolean }) {
    this.#sheet = sheet;
    this.#start = before;
    this.#awaitsLogprobs = logprobs;
    this.#place = sheet.place('msg');
    this.#item = { id: this.#place.item_id, type: 'message', status: 'in_progress', content: [], role: 'assistant' };
    sheet.open(this.#item);
  }

  text(delta: string): void {
    const part = this.#part?.type === 'output_text' ? this.#part : this.#begin(textPart());
    this.#lastText = part;
    part.text += delta;
    if (!this.#awaitsLogprobs) return this.#sayText(delta, []);
    this.settle();
    this.#waiting = delta;
  }

  refusal(delta: string): void {
    this.settle();
    const part = this.#part?.type === 'refusal' ? this.#part : this.#begin({ type: 'refusal', refusal: '' });
    part.refusal += delta;
    this.#sheet.emit('response.refusal.delta', { ...this.#at(), delta });
  }

  logprobs(tokens: Tokens): void {
    const said = tokens.map(toLogprob);
    this.#lastText?.logprobs.push(...said);
    const waiting = this.#waiting;
    this.#waiting = '';
    if (waiting) this.#sayText(waiting, said);
  }

  settle(): void {
    if (this.#waiting) this.logprobs([]);
  }

  annotate({ url_citation: cited, ...rest }: Annotation): void {
    const part = this.#lastText;
    if (!part) return;
    this.settle();
    const annotation = cited
      ? { ...rest, ...cited, start_index: cited.start_index - this.#start, end_index: cited.end_index - this.#start }
      : { ...rest };
    const index = part.annotations.push(annotation) - 1;
    if (this.#isClosed || part !== this.#part) return;
    this.#sheet.emit('response.output_text.annotation.added', { ...this.#at(), annotation_index: index, annotation });
  }

  cite(citation: Json): void {
    const { citations } = this.#item;
    this.#item.citations = [...(Array.isArray(citations) ? citations : []), citation];
  }

  close(status: ItemStatus): void {
    this.#end();
    this.#isClosed = true;
    this.#item.status = status;
    this.#sheet.close(this.#place.output_index, this.#item);
  }

  #sayText(delta: string, logprobs: Json[]): void {
    this.#sheet.emit('response.output_text.delta', { ...this.#at(), delta, logprobs });
  }

  #begin<P extends Part>(part: P): P {
    this.#end();
    this.#part = part;
    this.#item.content.push(part);
    this.#sheet.emit('response.content_part.added', { ...this.#at(), part });
    return part;
  }

  #end(): void {
    this.settle();
    const part = this.#part;
    if (!part) return;
    if (part.type === 'refusal') this.#sheet.emit('response.refusal.done', { ...this.#at(), refusal: part.refusal });
    else {
      const { text, logprobs } = part;
      this.#sheet.emit('response.output_text.done', { ...this.#at(), text, logprobs });
    }
    this.#sheet.emit('response.content_part.done', { ...this.#at(), part });
  }

  #at(): Json {
    return { ...this.#place, content_index: this.#item.content.length - 1 };
  }
}

function textPart(): TextPart {
  return { type: 'output_text', annotations: [], logprobs: [], text: '' };
}

function toLogprob({ token, bytes, logprob, top_logprobs: top }: Tokens[number]): Json {
  const alternatives = (top ?? []).map((other) => ({ ...other, bytes: other.bytes ?? [] }));
  return { token, bytes: bytes ?? [], logprob, top_logprobs: alternatives };
}
