import type { AnswerSink } from '../../src/core/answer.ts';
import type { Usage } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { parseExactly } from '../../src/core/exact-json.ts';
import { usageOf } from '../shared/usage.ts';
import { CandidateReader, type Asked } from './candidate.ts';
import { asFault } from '../shared/fault.ts';
import { fromError } from './errors.ts';
import type { GeminiResponse, GeminiUsage } from './wire.ts';

/** Reads an answer, in one piece or in many: Gemini's chunks have the shape of the whole. */
export class AnswerReader {
  readonly #sink: AnswerSink;
  readonly #asked: Asked;
  readonly #candidates = new Map<number, CandidateReader>();
  #head = '';
  #blocked: string | undefined;

  constructor(sink: AnswerSink, asked: Asked) {
    this.#sink = sink;
    this.#asked = asked;
  }

  get isEmpty(): boolean {
    return this.#candidates.size === 0 && this.#blocked === undefined;
  }

  take(response: GeminiResponse): void {
    if (response.error) throw fromError(JSON.stringify(response));
    this.#start(response);
    const { promptFeedback, usageMetadata } = response;
    if (usageMetadata?.promptTokenCount !== undefined || usageMetadata?.candidatesTokenCount !== undefined) {
      this.#sink.usage(toUsage(usageMetadata));
    }
    for (const candidate of response.candidates ?? []) this.#candidate(candidate.index ?? 0).take(candidate);
    if (promptFeedback?.blockReason) this.#blocked = String(promptFeedback.blockReason);
  }

  /** Nothing more comes. Throws `truncated` if that is too early. */
  end(): void {
    if (this.isEmpty) throw new GatewayError('truncated', 'The provider closed the answer before its end');
    for (const candidate of this.#candidates.values()) candidate.end();
    if (this.#blocked === undefined || this.#candidates.size > 0) return;
    const choice = this.#sink.choice(0);
    choice.refusal(`Prompt blocked: ${this.#blocked}`);
    choice.finish('content_filter', this.#blocked);
  }

  /** Every chunk repeats who answers; only news is passed on. */
  #start({ modelVersion, responseId, usageMetadata }: GeminiResponse): void {
    const serviceTier = usageMetadata && toServiceTier(usageMetadata);
    const head = `${modelVersion} ${responseId} ${serviceTier}`;
    if (head === this.#head) return;
    this.#head = head;
    const model = modelVersion ?? this.#asked.call.providerModel;
    this.#sink.start({ model, upstreamId: responseId, serviceTier });
  }

  #candidate(index: number): CandidateReader {
    const known = this.#candidates.get(index);
    if (known) return known;
    const made = new CandidateReader(this.#sink.choice(index), this.#asked);
    this.#candidates.set(index, made);
    return made;
  }
}

export function fromGemini(body: string, sink: AnswerSink, asked: Asked): void {
  const reader = new AnswerReader(sink, asked);
  try {
    reader.take(parseExactly(body) as GeminiResponse);
    if (reader.isEmpty) throw new GatewayError('fault', 'The provider sent an answer without candidates');
    reader.end();
  } catch (cause) {
    throw asFault(cause);
  }
}

/** Gemini counts thoughts beside its candidates, and what its own tools fed it beside the prompt. */
export function toUsage(usage: GeminiUsage): Usage {
  const reasoning = usage.thoughtsTokenCount ?? 0;
  const counted = usageOf({
    prompt: (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0),
    completion: (usage.candidatesTokenCount ?? 0) + reasoning,
    cached: usage.cachedContentTokenCount,
    written: 0,
    reasoning,
  });
  const imageOutputTokens = imageTokens(usage.candidatesTokensDetails);
  return imageOutputTokens > 0 ? { ...counted, media: { imageOutputTokens } } : counted;
}

function imageTokens(details: GeminiUsage['candidatesTokensDetails']): number {
  return (details ?? []).reduce((sum, each) => sum + (each.modality === 'IMAGE' ? (each.tokenCount ?? 0) : 0), 0);
}

const TIERS: Readonly<Record<string, string>> = {
  standard: 'default',
  flex: 'flex',
  priority: 'priority',
  ON_DEMAND_FLEX: 'flex',
  ON_DEMAND_PRIORITY: 'priority',
};

function toServiceTier({ serviceTier, trafficType }: GeminiUsage): string | undefined {
  return TIERS[serviceTier ?? trafficType ?? ''];
}
