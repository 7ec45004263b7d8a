import type {
  ContentBlock,
  Message,
  MessageDeltaUsage,
  TextCitation,
  Usage as AnthropicUsage,
} from '@anthropic-ai/sdk/resources/messages';
import type { AnswerSink, ChoiceSink } from '../../src/core/answer.ts';
import type { FinishReason } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { parseJson, record } from '../shared/refusal.ts';
import { asFault } from '../shared/fault.ts';
import { fromError } from './errors.ts';
import { toServiceTier, toUsage, type Counts } from './usage.ts';

export const REASONING_FORMAT = 'anthropic-claude-v1';

/** What a request must tell whoever reads its answer. */
export interface Reading {
  /** Who signs the reasoning. */
  issuer: string;
  /** OpenAI's free-text tools, which went out with one property, `input`. */
  customNames: ReadonlySet<string>;
  hideReasoning: boolean;
}

type Stop = Pick<Message, 'stop_reason' | 'stop_details' | 'stop_sequence'>;

type OpenBlock =
  | { type: 'text'; startIndex: number; citations: TextCitation[] }
  | { type: 'thinking'; text: string; signature: string }
  | { type: 'tool'; call: number; custom: boolean; input: unknown; json: string };

export function fromAnthropic(body: string, sink: AnswerSink, reading: Reading): void {
  const parsed = record(parseJson(body));
  if (parsed?.type === 'error') throw fromError(parsed);
  if (!Array.isArray(parsed?.content)) throw new GatewayError('fault', 'The provider answered with something else');
  try {
    readMessage(parsed as unknown as Message, new MessageReader(sink, reading));
  } catch (cause) {
    throw asFault(cause);
  }
}

function readMessage(message: Message, reader: MessageReader): void {
  reader.start(message);
  // What was written before a refusal is not an answer.
  if (message.stop_reason !== 'refusal') for (const block of message.content) reader.open(block);
  reader.stop(message);
  reader.end();
}

/** Says a message into a sink, block by block: a whole answer is a stream whose blocks arrive complete. */
export class MessageReader {
  readonly #sink: AnswerSink;
  readonly #choice: ChoiceSink;
  readonly #reading: Reading;
  #counts: Counts = {};
  #block: OpenBlock | undefined;
  /** UTF-16 units of text so far: what annotations count in. */
  #length = 0;
  #details = 0;
  #called = false;
  #stop: Partial<Stop> = {};
  ended = false;

  constructor(sink: AnswerSink, reading: Reading) {
    this.#sink = sink;
    this.#choice = sink.choice(0);
    this.#reading = reading;
  }

  start({ id, model, usage }: Message): void {
    this.#sink.start({ model, upstreamId: id, serviceTier: toServiceTier(usage) });
    this.count(usage);
  }

  /** Counts are cumulative: what is named replaces what was known. */
  count(usage: AnthropicUsage | MessageDeltaUsage | undefined): void {
    if (!usage) return;
    const known = this.#counts;
    const named: Counts = usage;
    this.#counts = {
      input_tokens: named.input_tokens ?? known.input_tokens,
      output_tokens: named.output_tokens ?? known.output_tokens,
      output_tokens_details: named.output_tokens_details ?? known.output_tokens_details,
      cache_read_input_tokens: named.cache_read_input_tokens ?? known.cache_read_input_tokens,
      cache_creation_input_tokens: named.cache_creation_input_tokens ?? known.cache_creation_input_tokens,
      cache_creation: named.cache_creation ?? known.cache_creation,
      server_tool_use: named.server_tool_use ?? known.server_tool_use,
    };
    this.#sink.usage(toUsage(this.#counts));
  }

  open(block: ContentBlock): void {
    this.close();
    switch (block.type) {
      case 'text':
        this.#block = { type: 'text', startIndex: this.#length, citations: [...(block.citations ?? [])] };
        return this.text(block.text);
      case 'thinking':
        this.#block = { type: 'thinking', text: '', signature: block.signature ?? '' };
        return this.thinking(block.thinking ?? '');
      case 'redacted_thinking':
        return this.#choice.reasoningDetail({ type: 'reasoning.encrypted', data: block.data, ...this.#origin() });
      case 'tool_use':
        this.#block = this.#openCall(block);
        return;
      default: // Server tools ran at Anthropic's side; the answer does not depend on their blocks.
        this.#choice.working?.();
    }
  }

  #openCall({ id, name, input }: { id: string; name: string; input: unknown }): OpenBlock {
    const custom = this.#reading.customNames.has(name);
    const call = this.#choice.toolCall({ id, name, ...(custom && { type: 'custom' }) });
    this.#called = true;
    return { type: 'tool', call, custom, input, json: '' };
  }

  text(delta: string): void {
    this.#length += delta.length;
    this.#choice.text(delta);
  }

  thinking(delta: string): void {
    if (this.#block?.type !== 'thinking') return;
    this.#block.text += delta;
    if (!this.#reading.hideReasoning) this.#choice.reasoning(delta);
  }

  signature(delta: string): void {
    if (this.#block?.type === 'thinking') this.#block.signature += delta;
  }

  input(delta: string): void {
    const block = this.#block;
    if (block?.type !== 'tool') return;
    block.json += delta;
    if (!block.custom) this.#choice.toolArguments(block.call, delta);
  }

  citation(citation: TextCitation): void {
    if (this.#block?.type === 'text') this.#block.citations.push(citation);
  }

  close(): void {
    const block = this.#block;
    this.#block = undefined;
    if (block?.type === 'text') this.#annotate(block);
    if (block?.type === 'thinking') {
      const { text, signature } = block;
      this.#choice.reasoningDetail({ type: 'reasoning.text', text, signature: signature || null, ...this.#origin() });
    }
    if (block?.type !== 'tool') return;
    if (block.custom) this.#choice.toolArguments(block.call, freeText(block));
    else if (!block.json) this.#choice.toolArguments(block.call, JSON.stringify(block.input ?? {}));
  }

  #annotate({ startIndex, citations }: { startIndex: number; citations: readonly TextCitation[] }): void {
    for (const citation of citations) {
      if (citation.type !== 'web_search_result_location') {
        this.#choice.citation({ ...citation, start_index: startIndex, end_index: this.#length });
        continue; // OpenAI annotates only with addresses.
      }
      const { url, title } = citation;
      const place = { url, title: title ?? url, start_index: startIndex, end_index: this.#length };
      this.#choice.annotation({ type: 'url_citation', url_citation: place });
    }
  }

  #origin() {
    return { format: REASONING_FORMAT, index: this.#details++, issuer: this.#reading.issuer };
  }

  stop(stop: Stop): void {
    this.#stop = stop;
  }

  end(): void {
    this.close();
    this.ended = true;
    const { stop_reason: reason = null, stop_details: details, stop_sequence: sequence } = this.#stop;
    if (reason === 'refusal') this.#choice.refusal(details?.explanation ?? 'The model declined to answer.');
    this.#choice.finish(toFinishReason(reason, this.#called), reason, { stopSequence: sequence ?? undefined });
  }
}

function freeText({ json, input }: { json: string; input: unknown }): string {
  const whole = record(json ? parseJson(json) : input);
  if (typeof whole?.input === 'string') return whole.input;
  return json || (Object.keys(whole ?? {}).length > 0 ? JSON.stringify(whole) : ''); // Or cut off: as far as it came.
}

/** A call that was made counts, whatever the reason says; after `max_tokens` its arguments may be cut. */
export function toFinishReason(reason: string | null, called: boolean): FinishReason {
  switch (reason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'refusal':
      return 'content_filter';
    default:
      return called ? 'tool_calls' : 'stop';
  }
}
