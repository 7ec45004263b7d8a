/**
 * Turns as Gemini's contents, with the signatures of earlier thoughts where they belong.
 *
 * Gemini 3 refuses a step whose first call has lost its signature, so there a call that other models made, or
 * whose signature the client dropped, carries Google's documented sentinel.
 */
import type { ReasoningDetail } from '../../src/core/chat.ts';
import type { Call } from '../../src/core/provider.ts';
import type { Block, MediaBlock, ToolCallBlock, ToolResultBlock, Turn } from '../shared/conversation.ts';
import { safeToolCallId, type ToolNames } from '../shared/ids.ts';
import { parseJson, record, text } from '../shared/refusal.ts';
import { isDeep } from '../shared/tool-calls.ts';
import { toAudioPart, toMediaPart, toResolution } from './media.ts';
import type { GeminiContent, GeminiPart } from './wire.ts';

export const REASONING_FORMAT = 'google-gemini-v1';

const ANY_SIGNATURE = 'skip_thought_signature_validator';

export interface ContentRules {
  call: Call;
  names: ToolNames;
  /** Gemini 3 and later: signatures are checked, tool results may hold media, media its own resolution. */
  isNew: boolean;
  /** Vertex refuses ids before Gemini 3. */
  takesIds: boolean;
  eachItsOwnResolution: boolean;
}

/** Whose word a signature is; another issuer's is refused as corrupted. */
export function issuerOf({ endpoint, providerModel }: Call): string {
  return `${endpoint.name}/${providerModel}`;
}

export function toContents(turns: readonly Turn[], rules: ContentRules): GeminiContent[] {
  return turns.map((turn) =>
    turn.role === 'assistant'
      ? { role: 'model', parts: toModelParts(turn.blocks, rules) }
      : { role: 'user', parts: toUserParts(turn.blocks, rules) },
  );
}

function toModelParts(blocks: readonly Block[], rules: ContentRules): GeminiPart[] {
  const details = blocks.flatMap((block) => (block.type === 'reasoning' ? [block.detail] : []));
  const parts = blocks.flatMap((block) => toPart(block, rules, details));
  signText(parts, details);
  const firstCall = parts.find((part) => part.functionCall);
  if (rules.isNew && firstCall && !firstCall.thoughtSignature) firstCall.thoughtSignature = ANY_SIGNATURE;
  return parts;
}

/** A signature without a call belongs to the text; where there is none, to an empty one. */
function signText(parts: GeminiPart[], details: readonly ReasoningDetail[]): void {
  const thoughtSignature = details.findLast((detail) => detail.data && !detail.id)?.data;
  if (!thoughtSignature) return;
  const last = parts.findLast((part) => part.text !== undefined && !part.thought);
  if (last) last.thoughtSignature = thoughtSignature;
  else parts.unshift({ text: '', thoughtSignature });
}

/** Results first, then what they show where the model takes it only beside them, then the user's own words. */
function toUserParts(blocks: readonly Block[], rules: ContentRules): GeminiPart[] {
  const results = blocks.filter((block) => block.type === 'tool_result');
  const others = blocks.filter((block) => block.type !== 'tool_result');
  const shown = rules.isNew ? [] : results.flatMap((result) => toShown(result, rules));
  const parts = results.map((result) => ({ functionResponse: toResponse(result, rules) }));
  return [...parts, ...shown, ...others.flatMap((block) => toPart(block, rules, []))];
}

function toPart(block: Block, rules: ContentRules, details: readonly ReasoningDetail[]): GeminiPart[] {
  switch (block.type) {
    case 'text':
      return [{ text: block.text }];
    case 'audio':
      return [toAudioPart(rules.call, block)];
    case 'image':
    case 'file':
    case 'video':
      return [toMedia(block, rules)];
    case 'reasoning':
      return toThought(block.detail);
    case 'tool_call':
      return [toFunctionCall(block, rules, details)];
    case 'tool_result':
      return [{ functionResponse: toResponse(block, rules) }];
  }
}

function toMedia(block: MediaBlock, rules: ContentRules): GeminiPart {
  const level = rules.eachItsOwnResolution ? toResolution(block) : undefined;
  return { ...toMediaPart(rules.call, block), ...(level && { mediaResolution: { level } }) };
}

/** Thoughts that carry no signature are summaries for people: the model has no use for them and charges for reading. */
function toThought({ text: thought, signature }: ReasoningDetail): GeminiPart[] {
  return thought && signature ? [{ text: thought, thought: true, thoughtSignature: signature }] : [];
}

function toFunctionCall(block: ToolCallBlock, rules: ContentRules, details: readonly ReasoningDetail[]): GeminiPart {
  const thoughtSignature = signatureOf(block, rules, details);
  return {
    functionCall: { ...idOf(block, rules), name: rules.names.toProvider(block.name), args: block.input },
    ...(thoughtSignature && { thoughtSignature }),
  };
}

/** As the client echoed it: in the reasoning details, or on the call itself. */
function signatureOf(
  block: ToolCallBlock,
  { call }: ContentRules,
  details: readonly ReasoningDetail[],
): string | undefined {
  const detailed = details.find((detail) => detail.id === block.id)?.data;
  if (detailed) return detailed;
  const issuer = record(block.extra?.['signalbox'])?.['issuer'] ?? issuerOf(call);
  return issuer === issuerOf(call) ? text(record(block.extra?.['google'])?.['thought_signature']) : undefined;
}

function idOf(block: ToolCallBlock | ToolResultBlock, rules: ContentRules): { id?: string } {
  return rules.takesIds ? { id: safeToolCallId(block.id) } : {};
}

function toResponse(result: ToolResultBlock, rules: ContentRules): NonNullable<GeminiPart['functionResponse']> {
  const media = result.content.filter((block) => block.type !== 'text');
  const said = result.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
  return {
    ...idOf(result, rules),
    name: rules.names.toProvider(result.name),
    response: result.isError ? { error: said } : toOutput(said),
    ...(rules.isNew && media.length > 0 && { parts: media.map((block) => toMediaPart(rules.call, block)) }),
  };
}

/** `$ref` and `$defs` mean something to Google even here, so what holds them stays text; so does what is too deep. */
function toOutput(said: string): Record<string, unknown> {
  const object = /"\$(ref|defs)"/.test(said) || isDeep(said) ? undefined : record(parseJson(said));
  return object ?? { output: said };
}

function toShown(result: ToolResultBlock, rules: ContentRules): GeminiPart[] {
  const media = result.content.filter((block) => block.type !== 'text');
  if (media.length === 0) return [];
  return [{ text: `(returned by tool ${result.name})` }, ...media.map((block) => toMedia(block, rules))];
}
