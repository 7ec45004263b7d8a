import type { AnswerSink, ChoiceSink } from '../../src/core/answer.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { ToolNames } from '../shared/ids.ts';
import { record, text } from '../shared/refusal.ts';
import { serviceTierOf, toFinishReason, toUsage } from './ending.ts';

/** How one answer is to be read: what the request decided. */
export interface Reading {
  model: string;
  /** On every piece of reasoning: who wrote it, and in which format it must come back. */
  issuer: string;
  format: string;
  names: ToolNames;
  /** Tools that the client knows as free text. */
  customNames: ReadonlySet<string>;
  hideReasoning: boolean;
  newId(): string;
}

interface ToolBlock {
  kind: 'tool';
  call: number;
  /** A custom tool's input is inside JSON, so it can only be read whole. */
  custom: boolean;
  arguments: string;
}

interface ReasoningBlock {
  kind: 'reasoning';
  text: string;
  signature?: string;
  redacted?: string;
}

interface TextBlock {
  kind: 'text';
  start: number;
  sources: { url: string; title: string }[];
  citations: Record<string, unknown>[];
}

type OpenBlock = ToolBlock | ReasoningBlock | TextBlock | { kind: 'ignored' } | { kind: 'image'; format: string };

/**
 * One Converse answer as it is told, event by event, into the sink. A whole answer is told the same way, so that
 * each kind of block is mapped once.
 */
export class ConverseAnswer {
  readonly #sink: AnswerSink;
  readonly #reading: Reading;
  readonly #blocks = new Map<number, OpenBlock>();
  #choice: ChoiceSink | undefined;
  /** In UTF-16 units, for the place of citations. */
  #length = 0;
  #calls = 0;
  #details = 0;
  #stopReason: string | undefined;

  constructor(sink: AnswerSink, reading: Reading) {
    this.#sink = sink;
    this.#reading = reading;
  }

  start(): ChoiceSink {
    if (this.#choice) return this.#choice;
    this.#sink.start({ model: this.#reading.model });
    this.#choice = this.#sink.choice(0);
    return this.#choice;
  }

  /** Only tool calls, tool results and images are opened; text and reasoning begin with their first delta. */
  open(index: number, start: Record<string, unknown>): void {
    const tool = record(start.toolUse);
    // The provider's own tools run on its side: neither the call nor the result is the client's.
    if (tool && tool.type !== 'server_tool_use') this.#openTool(index, tool);
    else if (start.image)
      this.#blocks.set(index, { kind: 'image', format: text(record(start.image)?.format) ?? 'png' });
    else this.#blocks.set(index, { kind: 'ignored' });
  }

  delta(index: number, delta: Record<string, unknown>): void {
    if (typeof delta.text === 'string') this.#text(index, delta.text);
    else if (delta.toolUse) this.#arguments(index, text(record(delta.toolUse)?.input) ?? '');
    else if (delta.reasoningContent) this.#reason(index, record(delta.reasoningContent) ?? {});
    else if (delta.citation) this.#cite(index, record(delta.citation) ?? {});
    else if (delta.image) this.#image(index, record(delta.image) ?? {});
  }

  close(index: number): void {
    const block = this.#blocks.get(index);
    this.#blocks.delete(index);
    if (block?.kind === 'tool') this.#closeTool(block);
    else if (block?.kind === 'reasoning') this.#closeReasoning(block);
    else if (block?.kind === 'text') this.#closeText(block);
  }

  stop(reason: string): void {
    if (reason === 'malformed_model_output' || reason === 'malformed_tool_use') {
      throw new GatewayError('malformed', `Bedrock ended the answer with ${reason}`);
    }
    this.#stopReason = reason;
  }

  /** Usage and what else is known only afterwards. In a stream it follows the stop. */
  metadata(data: Record<string, unknown>): void {
    const usage = toUsage(record(data.usage));
    if (usage) this.#sink.usage(usage);
    const serviceTier = serviceTierOf(data.serviceTier);
    const invoked = text(record(record(data.trace)?.promptRouter)?.invokedModelId);
    if (serviceTier || invoked) this.#sink.start({ model: invoked ?? this.#reading.model, serviceTier });
  }

  end(): void {
    if (this.#stopReason === undefined) {
      throw new GatewayError('truncated', 'Bedrock closed the stream before the answer was complete');
    }
    for (const index of this.#blocks.keys()) this.close(index);
    this.start().finish(toFinishReason(this.#stopReason, this.#calls > 0), this.#stopReason);
  }

  #text(index: number, delta: string): void {
    if (!this.#blocks.has(index))
      this.#blocks.set(index, { kind: 'text', start: this.#length, sources: [], citations: [] });
    this.#length += delta.length;
    this.start().text(delta);
  }

  #openTool(index: number, tool: Record<string, unknown>): void {
    // gpt-oss lets its own markup slip into the name: `lookup<|channel|>commentary`.
    const name = this.#reading.names.fromProvider((text(tool.name) ?? '').replace(/<\|.*$/, ''));
    const custom = this.#reading.customNames.has(name);
    const id = text(tool.toolUseId) || this.#reading.newId();
    const call = this.start().toolCall({ id, name, ...(custom && { type: 'custom' as const }) });
    this.#calls++;
    this.#blocks.set(index, { kind: 'tool', call, custom, arguments: '' });
  }

  #arguments(index: number, delta: string): void {
    const block = this.#blocks.get(index);
    if (block?.kind !== 'tool') return;
    block.arguments += delta;
    if (!block.custom) this.start().toolArguments(block.call, delta);
  }

  #closeTool(block: ToolBlock): void {
    if (block.custom) this.start().toolArguments(block.call, customInput(block.arguments));
    else if (!block.arguments) this.start().toolArguments(block.call, '{}'); // "" poisons the next turn.
  }

  #reason(index: number, delta: Record<string, unknown>): void {
    const known = this.#blocks.get(index);
    const block: ReasoningBlock = known?.kind === 'reasoning' ? known : { kind: 'reasoning', text: '' };
    this.#blocks.set(index, block);
    const [said, signature, redacted] = [text(delta.text), text(delta.signature), text(delta.redactedContent)];
    if (said) {
      block.text += said;
      if (!this.#reading.hideReasoning) this.start().reasoning(said);
    }
    if (signature !== undefined) block.signature = (block.signature ?? '') + signature;
    if (redacted !== undefined) block.redacted = joinBase64(block.redacted, redacted);
  }

  #closeReasoning({ text: said, signature, redacted }: ReasoningBlock): void {
    const { format, issuer } = this.#reading;
    const common = { format, index: this.#details++, issuer };
    if (redacted !== undefined)
      this.start().reasoningDetail({ type: 'reasoning.encrypted', data: redacted, ...common });
    else
      this.start().reasoningDetail({ type: 'reasoning.text', text: said, ...(signature && { signature }), ...common });
  }

  /** Citations come before the text that they belong to. Only those of web pages have a form of OpenAI's. */
  #cite(index: number, citation: Record<string, unknown>): void {
    const known = this.#blocks.get(index);
    const block: TextBlock =
      known?.kind === 'text' ? known : { kind: 'text', start: this.#length, sources: [], citations: [] };
    this.#blocks.set(index, block);
    const web = record(record(citation.location)?.web);
    const url = text(web?.url);
    if (url) block.sources.push({ url, title: text(citation.title) ?? text(web?.domain) ?? url });
    else block.citations.push(citation);
  }

  #closeText({ start, sources, citations }: TextBlock): void {
    for (const citation of citations) {
      this.start().citation({ ...citation, start_index: start, end_index: this.#length });
    }
    for (const source of sources) {
      const place = { start_index: start, end_index: this.#length };
      this.start().annotation({ type: 'url_citation', url_citation: { ...source, ...place } });
    }
  }

  #image(index: number, image: Record<string, unknown>): void {
    const block = this.#blocks.get(index);
    const bytes = text(record(image.source)?.bytes);
    if (block?.kind === 'image' && bytes) this.start().image(`data:image/${block.format};base64,${bytes}`);
  }
}

/** The raw input that a custom tool's JSON wraps; as it is, if the model did not keep to the wrapping. */
function customInput(json: string): string {
  try {
    return text(record(JSON.parse(json))?.input) ?? json;
  } catch {
    return json; // Cut by max_tokens: better a broken text than none.
  }
}

/** A blob may come in pieces, each padded for itself. */
function joinBase64(before: string | undefined, piece: string): string {
  return before === undefined ? piece : btoa(atob(before) + atob(piece));
}
