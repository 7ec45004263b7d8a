/** An answer as Google streams it: every event is a small `GenerateContentResponse`. */
import type { AnswerFacts, AnswerHead, ChoiceSink, ToolCallHead } from '../../core/answer.ts';
import type { Annotation, FinishReason, Logprobs, ReasoningDetail, Usage } from '../../core/chat.ts';
import type { ChunkOptions } from '../../answers/chunk-writer.ts';
import { AnswerCollector, type CollectedChoice } from '../../answers/collector.ts';
import type { StreamWriter } from '../../answers/pen.ts';
import { blockOf, type GeminiOut, lastParts, toFoot, toInlineData, toLogprobsResult } from './ending.ts';
import { toUsageMetadata } from './usage.ts';

/** Text goes out at once; calls, signatures and sources with the last event, because Google sends calls whole. */
export class GeminiStream implements StreamWriter {
  extension: Record<string, unknown> | undefined;
  readonly showsThoughts: boolean;
  readonly #collected = new AnswerCollector();
  readonly #candidates = new Map<number, CandidateWriter>();
  readonly #model: string;
  readonly #responseId: string;
  #written = '';

  constructor(options: ChunkOptions, showsThoughts: boolean) {
    this.showsThoughts = showsThoughts;
    this.#model = options.model;
    this.#responseId = options.newId('', 24);
  }

  get facts(): AnswerFacts {
    return this.#collected.facts;
  }

  start(head: AnswerHead): void {
    this.#collected.start(head);
  }

  choice(index: number): ChoiceSink {
    const known = this.#candidates.get(index);
    if (known) return known;
    const made = new CandidateWriter(this, index, this.#collected.choice(index));
    this.#candidates.set(index, made);
    return made;
  }

  usage(usage: Usage): void {
    this.#collected.usage(usage);
  }

  close(): void {
    const { usage } = this.facts;
    const ends = [...this.#candidates.values()].map((candidate) => candidate.end());
    const blocked = ends.find((end) => end.blocked !== undefined)?.blocked;
    const candidates = ends.map(({ candidate }) => candidate);
    const said = blocked === undefined ? { candidates } : { promptFeedback: { blockReason: blocked } };
    const more = this.extension && { signalbox: this.extension };
    this.append({ ...said, ...(usage && { usageMetadata: toUsageMetadata(usage) }), ...more });
  }

  take(): string {
    const written = this.#written;
    this.#written = '';
    return written;
  }

  append(response: object): void {
    this.write(JSON.stringify(response).slice(0, -1) + this.foot);
  }

  /** A frame as it is put together by hand: all but its beginning. */
  write(frame: string): void {
    this.#written += `data: ${frame}`;
  }

  /** What every event ends with. */
  get foot(): string {
    const model = JSON.stringify(this.facts.model ?? this.#model);
    return `,"modelVersion":${model},"responseId":${JSON.stringify(this.#responseId)}}\r\n\r\n`;
  }
}

/** Keeps what it hears, for the end. */
class CandidateWriter implements ChoiceSink {
  readonly #out: GeminiStream;
  readonly #index: number;
  readonly #heard: CollectedChoice;
  #afterText = '';

  constructor(out: GeminiStream, index: number, heard: CollectedChoice) {
    this.#out = out;
    this.#index = index;
    this.#heard = heard;
  }

  text(delta: string): void {
    this.#heard.text(delta);
    if (!delta) return;
    // Most of what a gateway does, so the frame around a text is made once.
    this.#afterText ||= `}],"role":"model"},"index":${this.#index}}]${this.#out.foot}`;
    this.#out.write(`{"candidates":[{"content":{"parts":[{"text":${JSON.stringify(String(delta))}${this.#afterText}`);
  }

  /** What Google says of a prompt that it blocks stands in a field of its own, so it waits until the end is known. */
  refusal(delta: string): void {
    this.#heard.refusal(delta);
  }

  reasoning(delta: string): void {
    this.#heard.reasoning(delta);
    if (delta && this.#out.showsThoughts) this.#say({ text: delta, thought: true });
  }

  reasoningDetail(detail: ReasoningDetail): void {
    this.#heard.reasoningDetail(detail);
  }

  toolCall(call: ToolCallHead): number {
    return this.#heard.toolCall(call);
  }

  toolArguments(call: number, delta: string): void {
    this.#heard.toolArguments(call, delta);
  }

  annotation(annotation: Annotation): void {
    this.#heard.annotation(annotation);
  }

  citation(citation: Record<string, unknown>): void {
    this.#heard.citation(citation);
  }

  image(url: string): void {
    this.#heard.image(url);
    for (const part of toInlineData(url)) this.#say(part);
  }

  logprobs(logprobs: Logprobs): void {
    if (!logprobs.content?.length) return;
    const logprobsResult = toLogprobsResult(logprobs.content);
    this.#out.append({ candidates: [{ content: content([{ text: '' }]), index: this.#index, logprobsResult }] });
  }

  finish(reason: FinishReason, native: string | null): void {
    this.#heard.finish(reason, native);
  }

  end(): { blocked: string | undefined; candidate: object } {
    const { refusalText } = this.#heard;
    const parts: GeminiOut[] = [...(refusalText ? [{ text: refusalText }] : []), ...lastParts(this.#heard)];
    const last = content(parts.length > 0 ? parts : [{ text: '' }]);
    return {
      blocked: blockOf(this.#heard),
      candidate: { content: last, ...toFoot(this.#heard), index: this.#index },
    };
  }

  #say(part: GeminiOut): void {
    this.#out.append({ candidates: [{ content: content([part]), index: this.#index }] });
  }
}

function content(parts: GeminiOut[]) {
  return { parts, role: 'model' };
}
