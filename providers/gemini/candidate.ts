import type { ChoiceSink, ToolCallHead } from '../../src/core/answer.ts';
import type { Logprobs } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { Call } from '../../src/core/provider.ts';
import type { ToolNames } from '../shared/ids.ts';
import { REASONING_FORMAT, issuerOf } from './contents.ts';
import { readReason, refuseMalformed, toFinishReason } from './finish.ts';
import { toAnnotations, type Grounding } from './grounding.ts';
import { withPartialArg } from './partial-args.ts';
import type { GeminiCandidate, GeminiPart } from './wire.ts';

type FunctionCall = NonNullable<GeminiPart['functionCall']>;

/** What was asked, as far as the answer hangs on it. */
export interface Asked {
  call: Call;
  names: ToolNames;
  customNames: ReadonlySet<string>;
}

interface OpenCall {
  number: number;
  name: string;
  args: Record<string, unknown>;
}

/** Reads one candidate, in one piece or in many. What Gemini says only at the end of its thoughts waits for `end`. */
export class CandidateReader {
  readonly #choice: ChoiceSink;
  readonly #asked: Asked;
  readonly #signatures: { data: string; id: string | null }[] = [];
  #content = '';
  #thoughts = '';
  #thoughtSignature: string | undefined;
  #grounding: Grounding | undefined;
  #reason: string | undefined;
  #called = false;
  #open: OpenCall | undefined;

  constructor(choice: ChoiceSink, asked: Asked) {
    this.#choice = choice;
    this.#asked = asked;
  }

  take(candidate: GeminiCandidate): void {
    const isVertex = this.#asked.call.endpoint.settings.project !== undefined;
    this.#reason = readReason(candidate.finishReason, isVertex) ?? this.#reason;
    refuseMalformed(this.#reason);
    for (const part of candidate.content?.parts ?? []) this.#part(part);
    if (candidate.groundingMetadata) this.#grounding = { ...this.#grounding, ...candidate.groundingMetadata };
    const { logprobsResult } = candidate;
    if (logprobsResult) this.#choice.logprobs(toLogprobs(logprobsResult));
  }

  /** Throws `truncated` where Gemini never said that this is the end. */
  end(): void {
    if (this.#reason === undefined)
      throw new GatewayError('truncated', 'The provider closed the answer before its end');
    this.#closeCall();
    this.#details();
    if (this.#grounding) {
      for (const annotation of toAnnotations(this.#grounding, this.#content)) this.#choice.annotation(annotation);
    }
    this.#choice.finish(toFinishReason(this.#reason, this.#called), this.#reason);
  }

  #part(part: GeminiPart): void {
    if (part.functionCall) return this.#functionCall(part.functionCall, part.thoughtSignature);
    if (part.text !== undefined)
      return part.thought ? this.#thought(part) : this.#text(part.text, part.thoughtSignature);
    if (part.inlineData) return this.#image(part);
    if (part.executableCode) return this.#fenced('python', part.executableCode.code);
    if (part.codeExecutionResult) return this.#fenced('', part.codeExecutionResult.output);
    if (part.toolCall ?? part.toolResponse) this.#choice.working?.();
    if (part.thoughtSignature) this.#googlesOwn(part, part.thoughtSignature);
  }

  /** Calls of Google's tools, and their results, are between Google and the model: only the signature is kept. */
  #googlesOwn({ toolCall, toolResponse }: GeminiPart, data: string): void {
    this.#signatures.push({ data, id: (toolCall ?? toolResponse)?.id ?? null });
  }

  #text(text: string, signature: string | undefined): void {
    this.#content += text;
    this.#choice.text(text);
    if (signature) this.#signatures.push({ data: signature, id: null });
  }

  #thought({ text = '', thoughtSignature }: GeminiPart): void {
    this.#thoughts += text;
    this.#thoughtSignature = thoughtSignature ?? this.#thoughtSignature;
    this.#choice.reasoning(text);
  }

  #image({ inlineData, thought }: GeminiPart): void {
    if (thought) this.#choice.working?.(); // A draft of what it will show.
    if (thought || !inlineData?.data || !inlineData.mimeType?.startsWith('image/')) return;
    this.#choice.image(`data:${inlineData.mimeType};base64,${inlineData.data}`);
  }

  #fenced(language: string, code = ''): void {
    this.#text(`\n\`\`\`${language}\n${code.replace(/\n?$/, '\n')}\`\`\`\n`, undefined);
  }

  /** Whole calls have a name and end at once; streamed ones begin with a name and go on without it. */
  #functionCall(part: FunctionCall, signature: string | undefined): void {
    if (part.name) this.#openCall(part, part.name, signature);
    if (!this.#open) return;
    for (const piece of part.partialArgs ?? []) this.#open.args = withPartialArg(this.#open.args, piece);
    if (!part.willContinue) this.#closeCall();
  }

  #openCall(part: FunctionCall, providerName: string, signature: string | undefined): void {
    this.#closeCall();
    const { call, names } = this.#asked;
    const id = part.id || call.newId();
    const name = names.fromProvider(providerName);
    this.#called = true;
    this.#open = { number: this.#choice.toolCall(this.#head(id, name, signature)), name, args: part.args ?? {} };
    if (signature) this.#signatures.push({ data: signature, id });
  }

  #head(id: string, name: string, signature: string | undefined): ToolCallHead {
    const { call, customNames } = this.#asked;
    return {
      id,
      name,
      ...(customNames.has(name) && { type: 'custom' }),
      ...(signature && {
        extra: { google: { thought_signature: signature }, signalbox: { issuer: issuerOf(call) } },
      }),
    };
  }

  #closeCall(): void {
    if (!this.#open) return;
    const { number, name, args } = this.#open;
    this.#open = undefined;
    const { input } = args;
    const isCustom = this.#asked.customNames.has(name) && typeof input === 'string';
    this.#choice.toolArguments(number, isCustom ? input : JSON.stringify(args));
  }

  #details(): void {
    const shared = { format: REASONING_FORMAT, issuer: issuerOf(this.#asked.call) };
    let index = 0;
    if (this.#thoughts) {
      const signature = this.#thoughtSignature ?? null;
      const thoughts = { type: 'reasoning.text', text: this.#thoughts, signature } as const;
      this.#choice.reasoningDetail({ ...thoughts, ...shared, index: index++ });
    }
    for (const { data, id } of this.#signatures) {
      this.#choice.reasoningDetail({ type: 'reasoning.encrypted', data, id, ...shared, index: index++ });
    }
  }
}

function toLogprobs({
  chosenCandidates = [],
  topCandidates = [],
}: NonNullable<GeminiCandidate['logprobsResult']>): Logprobs {
  const content = chosenCandidates.map((chosen, step) => ({
    ...toToken(chosen),
    top_logprobs: (topCandidates[step]?.candidates ?? []).map(toToken),
  }));
  return { content, refusal: null };
}

function toToken({ token = '', logProbability = 0 }: { token?: string; logProbability?: number }) {
  return { token, logprob: logProbability, bytes: [...new TextEncoder().encode(token)] };
}
