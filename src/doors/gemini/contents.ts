/**
 * Google's contents as messages. Neighbours of one role are one turn: a streamed answer that a client's SDK has kept
 * comes back in as many contents as it had chunks.
 */
import type { ChatMessage, ContentPart } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { type Findings, noteDropped, noteOnly } from './findings.ts';
import { toMedia } from './media.ts';
import { toAssistant } from './model-turn.ts';
import { kindOf, type OpenCall, partsAt, type PlacedPart } from './parts.ts';
import type { GeminiContent, GeminiPart, GeminiResult } from './schema.ts';

export interface Turn {
  isModel: boolean;
  parts: PlacedPart[];
}

export function turnsOf(contents: readonly GeminiContent[]): Turn[] {
  const turns: Turn[] = [];
  for (const [index, { role, parts }] of contents.entries()) {
    const isModel = role === 'model';
    const placed = (parts ?? []).map((part, number) => ({ part, at: `contents.${index}.parts.${number}` }));
    const last = turns.at(-1);
    if (last?.isModel === isModel) last.parts.push(...placed);
    else turns.push({ isModel, parts: placed });
  }
  return turns;
}

export function toMessages(turns: readonly Turn[], findings: Findings): ChatMessage[] {
  let open: OpenCall[] = [];
  return turns.flatMap(({ isModel, parts }, index) => {
    if (!isModel) return toUser(parts, open, findings);
    const { message, calls } = toAssistant(parts, index, findings);
    open = calls;
    return message ? [message] : [];
  });
}

/** Results first: they answer what stands before them. */
function toUser(parts: readonly PlacedPart[], open: OpenCall[], findings: Findings): ChatMessage[] {
  const results: ChatMessage[] = [];
  const said: ContentPart[] = [];
  for (const { part, at } of parts) {
    if (part.functionResponse) results.push(toResult(part.functionResponse, { at, open, findings }));
    else said.push(...toSaid(part, at, findings));
  }
  if (said.length === 0) return results;
  return [...results, findings.places.note({ role: 'user', content: said }, partsAt(parts))];
}

function toSaid(part: GeminiPart, at: string, findings: Findings): ContentPart[] {
  if (part.functionCall) throw refused('Only the model calls functions', `${at}.functionCall`);
  if (typeof part.text === 'string') return [findings.places.note({ type: 'text', text: part.text }, at)];
  const shown = toMedia(part, at, findings);
  if (!shown) noteOnly(findings, `${at}.${kindOf(part)}`);
  return shown ? [findings.places.note(shown, at)] : [];
}

interface Place {
  at: string;
  open: OpenCall[];
  findings: Findings;
}

function toResult(result: GeminiResult, { at, open, findings }: Place): ChatMessage {
  const param = `${at}.functionResponse`;
  const found = open.findIndex(({ id, name }) => (result.id ? id === result.id : name === result.name));
  const [call] = found < 0 ? [] : open.splice(found, 1);
  if (!call) throw refused('This answers no function call of the content before it', param);
  const { scheduling, willContinue } = result;
  noteDropped(findings, param, { scheduling, willContinue });
  const { text, isError } = wordsOf(result.response ?? {});
  const shown = (result.parts ?? []).flatMap((part, index) => toPlaced(part, `${param}.parts.${index}`, findings));
  // OpenAI's type has only text here; the dialects take what their providers take.
  const content = shown.length > 0 ? ([{ type: 'text', text }, ...shown] as unknown as string) : text;
  const message = { role: 'tool' as const, tool_call_id: call.id, content, ...(isError && { is_error: true }) };
  return findings.places.note(message, param);
}

function toPlaced(part: Parameters<typeof toMedia>[0], at: string, findings: Findings): ContentPart[] {
  const shown = toMedia(part, at, findings);
  return shown ? [findings.places.note(shown, at)] : [];
}

/** Google's own words for a plain result and a failure; anything else is the tool's own object. */
function wordsOf(response: Record<string, unknown>): { text: string; isError: boolean } {
  const { output, error } = response;
  const isAlone = Object.keys(response).length === 1;
  if (isAlone && typeof output === 'string') return { text: output, isError: false };
  if (isAlone && typeof error === 'string') return { text: error, isError: true };
  return { text: JSON.stringify(response), isError: isAlone && error !== undefined };
}

function refused(message: string, param: string): GatewayError {
  return new GatewayError('invalid_request', `${param}: ${message}`, { param });
}
