/** What of an answer is known only at its end: its calls, the signatures of its thoughts, its sources, its last word. */
import { parseExactly } from '../../core/exact-json.ts';
import type { FinishReason, Logprobs, ReasoningDetail } from '../../core/chat.ts';
import type { CollectedChoice, CollectedToolCall } from '../../answers/collector.ts';
import { seal } from '../capsule.ts';
import { isObject } from '../json.ts';
import { toGrounding } from './grounding.ts';

export interface GeminiOut {
  text?: string;
  thought?: boolean;
  thoughtSignature?: string;
  inlineData?: { mimeType: string; data: string };
  functionCall?: { id: string; name: string; args: Record<string, unknown> };
}

const OURS = 'google-gemini-v1';

/** Google's own words for an end, which pass as they are. */
const WORDS = new Set(
  'STOP MAX_TOKENS SAFETY RECITATION LANGUAGE OTHER BLOCKLIST PROHIBITED_CONTENT SPII MODEL_ARMOR IMAGE_SAFETY IMAGE_PROHIBITED_CONTENT IMAGE_RECITATION'.split(
    ' ',
  ),
);
const BLOCKS = new Set('SAFETY OTHER BLOCKLIST PROHIBITED_CONTENT IMAGE_SAFETY MODEL_ARMOR JAILBREAK'.split(' '));

const REASONS: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  tool_calls: 'STOP',
  function_call: 'STOP',
  length: 'MAX_TOKENS',
  content_filter: 'SAFETY',
};

/** Google has a field of its own for a prompt that it did not let through. */
export function blockOf({ refusalText, native, content }: CollectedChoice): string | undefined {
  return refusalText && !content && native !== null && BLOCKS.has(native) ? native : undefined;
}

export function toFinishReason({ finishReason, native, refusalText }: CollectedChoice): string {
  if (native !== null && WORDS.has(native)) return native;
  return refusalText ? 'SAFETY' : REASONS[finishReason];
}

/** The candidate's fields beside its content. */
export function toFoot(choice: CollectedChoice): object {
  const groundingMetadata = toGrounding(choice, choice.content);
  return { finishReason: toFinishReason(choice), ...(groundingMetadata && { groundingMetadata }) };
}

/** Calls, and what signs them; a signature without a call stands on an empty text, as in Google's own streams. */
export function lastParts({ toolCalls, reasoningDetails }: CollectedChoice): GeminiOut[] {
  const own = reasoningDetails.filter(({ format }) => format === OURS);
  const calls = toolCalls.map((call) => toCall(call, own));
  const called = new Set(toolCalls.map(({ id }) => id));
  const parts = [...calls, ...own.flatMap((detail) => (called.has(detail.id ?? '') ? [] : signatureOnly(detail)))];
  const foreign = reasoningDetails.filter(({ format }) => format !== OURS);
  if (foreign.length === 0) return parts;
  const capsule = seal(foreign);
  const bearer = calls.find(({ thoughtSignature }) => thoughtSignature === undefined);
  if (!bearer) return [...parts, { text: '', thoughtSignature: capsule }];
  bearer.thoughtSignature = capsule;
  return parts;
}

function toCall({ id, name, arguments: json, extra }: CollectedToolCall, own: readonly ReasoningDetail[]): GeminiOut {
  const google = extra?.['google'] as { thought_signature?: unknown } | undefined;
  const signature = own.find((detail) => detail.id === id)?.data ?? google?.thought_signature;
  return {
    functionCall: { id, name, args: toArgs(json) },
    ...(typeof signature === 'string' && { thoughtSignature: signature }),
  };
}

/** Of a text, or of a call of one of Google's own tools, which is nothing that others show. */
function signatureOnly({ type, data, signature }: ReasoningDetail): GeminiOut[] {
  if (type === 'reasoning.text') return signature ? [{ text: '', thought: true, thoughtSignature: signature }] : [];
  return data ? [{ text: '', thoughtSignature: data }] : [];
}

/** Models write broken arguments, and Google's clients know only objects. */
function toArgs(json: string): Record<string, unknown> {
  if (json.trim() === '') return {};
  try {
    const args = parseExactly(json);
    return isObject(args) ? args : { _value: args };
  } catch {
    return { _raw: json };
  }
}

export function toInlineData(url: string): GeminiOut[] {
  const [, mimeType, data] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? [];
  return mimeType && data ? [{ inlineData: { mimeType, data } }] : [];
}

export function toLogprobsResult(content: NonNullable<Logprobs['content']>): object {
  const toToken = ({ token, logprob }: { token: string; logprob: number }) => ({ token, logProbability: logprob });
  return {
    chosenCandidates: content.map(toToken),
    topCandidates: content.map(({ top_logprobs: top }) => ({ candidates: top.map(toToken) })),
  };
}
