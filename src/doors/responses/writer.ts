import type { AnswerFacts, AnswerHead, ChoiceSink } from '../../core/answer.ts';
import type { Usage } from '../../core/chat.ts';
import type { GatewayError } from '../../core/errors.ts';
import { noFacts, noteHead } from '../../answers/facts.ts';
import type { AnswerStamp } from '../../answers/collector.ts';
import type { StreamWriter } from '../../answers/pen.ts';
import { Composer, type Wanted } from './composer.ts';
import { errorOf, responseOf, type Stage } from './echo.ts';
import type { ResponsesBody } from './schema.ts';
import { ENCRYPTED, type Json, type ResponseObject, shown } from './stored.ts';

/** Of one request: what its responses say again of it. */
export interface Letterhead {
  body: ResponsesBody;
  wanted: Wanted;
}

export interface WriterOptions extends Pick<AnswerStamp, 'createdSeconds' | 'model'> {
  id: string;
  letterhead: Letterhead;
  /** Some of the stream has been taken: it may be what the client sees. */
  onTaken: () => void;
  onClosed: (response: ResponseObject) => void;
}

/** Writes an answer down as a response: its events, and in the end the whole. */
export class ResponseWriter implements StreamWriter {
  readonly facts: AnswerFacts = noFacts();
  extension: Record<string, unknown> | undefined;
  readonly #options: WriterOptions;
  readonly #composer: Composer;
  #serviceTier: string | undefined;
  #written = '';
  #sequence = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#composer = new Composer({
      responseId: options.id,
      wanted: options.letterhead.wanted,
      facts: this.facts,
      emit: (type, data) => this.#emit(type, data),
    });
  }

  start(head: AnswerHead): void {
    noteHead(this.facts, head);
    this.#serviceTier = head.serviceTier ?? this.#serviceTier;
  }

  /** The Responses API has one answer. */
  choice(): ChoiceSink {
    return this.#composer;
  }

  usage(usage: Usage): void {
    this.facts.usage = usage;
  }

  close(): void {
    const response = this.whole();
    this.#emit(`response.${response.status}`, { response });
    this.#options.onClosed(response);
  }

  take(): string {
    this.#composer.settle();
    const written = this.#written;
    this.#written = '';
    if (written) this.#options.onTaken();
    return written;
  }

  /** With all reasoning, whatever the client asked for. */
  whole(): ResponseObject {
    const { status, reason, output } = this.#composer;
    const response = this.#response({ status, reason, output, usage: this.facts.usage });
    return this.extension ? { ...response, signalbox: this.extension } : response;
  }

  /** What had been said when the answer broke off. */
  failed(error: GatewayError): ResponseObject {
    const output = this.#composer.output.map((item) => {
      return item.status === 'in_progress' ? { ...item, status: 'incomplete' } : item;
    });
    return this.#response({ status: 'failed', output, usage: this.facts.usage, error });
  }

  /** The last frames of a stream that broke off: OpenAI's SDKs raise the first, Codex reads the second. */
  break(error: GatewayError): string {
    this.#emit('error', { error: errorOf(error) });
    this.#emit('response.failed', { response: this.failed(error) });
    return this.#written;
  }

  #response(stage: Pick<Stage, 'status' | 'reason' | 'output' | 'usage' | 'error'>): ResponseObject {
    const { id, createdSeconds, model, letterhead } = this.#options;
    return responseOf(letterhead.body, {
      id,
      createdSeconds,
      model: this.facts.model ?? model,
      serviceTier: this.#serviceTier,
      ...stage,
    });
  }

  #emit(type: string, data: Json): void {
    if (this.#sequence === 0) this.#greet();
    this.#append(type, data);
  }

  /** By the first event it is known which model answers. */
  #greet(): void {
    const response = this.#response({ status: 'in_progress' });
    this.#append('response.created', { response });
    this.#append('response.in_progress', { response });
  }

  #append(type: string, data: Json): void {
    const { include } = this.#options.letterhead.body;
    const event = { type, sequence_number: this.#sequence++, ...visible(data, include ?? []) };
    this.#written += `event: ${type}\ndata: ${JSON.stringify(event)}\n\n`;
  }
}

function visible(data: Json, include: readonly string[]): Json {
  if (include.includes(ENCRYPTED)) return data;
  if (data.response) return { ...data, response: shown(data.response as ResponseObject) };
  const item = data.item as Json | undefined;
  if (item?.type !== 'reasoning' || item.encrypted_content === undefined) return data;
  const { encrypted_content: _, ...rest } = item;
  return { ...data, item: rest };
}
