/** What the model has said, thought and called, as it comes back with the history. */
import type { ChatMessage, ReasoningDetail } from '../../core/chat.ts';
import { isSealed, unseal } from '../capsule.ts';
import { type Findings, noteOnly } from './findings.ts';
import { kindOf, type OpenCall, partsAt, type PlacedPart } from './parts.ts';
import type { GeminiPart } from './schema.ts';

const FORMAT = 'google-gemini-v1';
/** What Google documents for calls whose signature is lost: it signs nothing. */
const SENTINELS = new Set(['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go']);

type Message = Extract<ChatMessage, { role: 'assistant' }> & { images?: object[] };
type Call = NonNullable<Message['tool_calls']>[number];
type Called = NonNullable<GeminiPart['functionCall']>;

/** `turn` makes the ids of calls that have none: the same every time, so that prompt caches stay warm. */
export function toAssistant(
  parts: readonly PlacedPart[],
  turn: number,
  findings: Findings,
): { message: Message | undefined; calls: OpenCall[] } {
  const draft = new Draft(turn, findings);
  for (const { part, at } of parts) draft.take(part, at);
  const message = draft.message();
  if (message) findings.places.note(message, partsAt(parts));
  return { message, calls: draft.open };
}

class Draft {
  readonly open: OpenCall[] = [];
  readonly #turn: number;
  readonly #findings: Findings;
  readonly #calls: Call[] = [];
  readonly #images: object[] = [];
  readonly #signatures: ReasoningDetail[] = [];
  #sealed: ReasoningDetail[] = [];
  #text = '';
  #thoughts = '';
  #thoughtSignature: string | null = null;

  constructor(turn: number, findings: Findings) {
    this.#turn = turn;
    this.#findings = findings;
  }

  take(part: GeminiPart, at: string): void {
    const signature = this.#ofGoogle(part.thoughtSignature ?? undefined);
    if (part.functionCall) return this.#call(part.functionCall, `${at}.functionCall`, signature);
    if (part.thought) {
      this.#thoughts += part.text ?? '';
      this.#thoughtSignature = signature ?? this.#thoughtSignature;
      return;
    }
    if (signature) this.#sign(signature, null);
    if (typeof part.text === 'string') this.#text += part.text;
    else this.#show(part, at);
  }

  message(): Message | undefined {
    const details = this.#details();
    const isSilent = this.#text === '' && this.#calls.length === 0 && this.#images.length === 0;
    if (isSilent && details.length === 0) return undefined;
    return {
      role: 'assistant',
      content: this.#text || null,
      ...(this.#calls.length > 0 && { tool_calls: this.#calls }),
      ...(this.#images.length > 0 && { images: this.#images }),
      ...(details.length > 0 && { reasoning_details: details }),
    };
  }

  /** Undefined for what is none of Google's: ours, which may carry another provider's reasoning, or nobody's. */
  #ofGoogle(signature: string | undefined): string | undefined {
    if (!signature || SENTINELS.has(signature)) return undefined;
    if (!isSealed(signature)) return signature;
    this.#findings.passes = false;
    this.#sealed = [...this.#sealed, ...(unseal(signature) ?? [])];
    return undefined;
  }

  #call({ id, name, args }: Called, at: string, signature: string | undefined): void {
    const made = id || `call_${this.#turn}_${this.#calls.length}`;
    this.open.push({ id: made, name });
    const call: Call = { id: made, type: 'function', function: { name, arguments: JSON.stringify(args ?? {}) } };
    this.#calls.push(this.#findings.places.note(call, at));
    if (signature) this.#sign(signature, made);
  }

  #sign(data: string, id: string | null): void {
    this.#signatures.push({ type: 'reasoning.encrypted', data, id, format: FORMAT });
  }

  #show(part: GeminiPart, at: string): void {
    const { inlineData, executableCode, codeExecutionResult } = part;
    if (executableCode) return this.#fenced('python', executableCode.code, `${at}.executableCode`);
    if (codeExecutionResult) return this.#fenced('', codeExecutionResult.output, `${at}.codeExecutionResult`);
    if (inlineData?.mimeType.startsWith('image/')) {
      const url = `data:${inlineData.mimeType};base64,${inlineData.data}`;
      this.#images.push(this.#findings.places.note({ type: 'image_url', image_url: { url } }, at));
    } else if (kindOf(part) !== 'text') noteOnly(this.#findings, `${at}.${kindOf(part)}`);
  }

  #fenced(language: string, code: string | null | undefined, param: string): void {
    this.#text += `\n\`\`\`${language}\n${(code ?? '').replace(/\n?$/, '\n')}\`\`\`\n`;
    this.#findings.lost.push({ param, action: 'changed', note: 'sent as text' });
  }

  /** What is sealed has its thoughts in it; those beside it were for the eyes. */
  #details(): ReasoningDetail[] {
    const thought: ReasoningDetail[] =
      this.#thoughts && this.#sealed.length === 0
        ? [{ type: 'reasoning.text', text: this.#thoughts, signature: this.#thoughtSignature, format: FORMAT }]
        : [];
    return [...this.#sealed, ...thought, ...this.#signatures];
  }
}
