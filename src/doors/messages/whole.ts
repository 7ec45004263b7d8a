import type { ReasoningDetail } from '../../core/chat.ts';
import type { AnswerCollector, AnswerStamp, CollectedChoice, CollectedToolCall } from '../../answers/collector.ts';
import { parseExactly } from '../../core/exact-json.ts';
import { seal } from '../capsule.ts';
import { isObject } from '../json.ts';
import { bareCitation, imageText, isClaudes, messageHead, toCitation, toEnding, toUsage } from './answer.ts';

/** A collected answer as the JSON of Anthropic's message. */
export function writeWhole({ choices, facts, serviceTier }: AnswerCollector, { newId, model }: AnswerStamp): string {
  const choice = choices.get(0);
  const { finishReason: reason = 'stop', native = null, refusalText: refusal = '', stopSequence } = choice ?? {};
  return JSON.stringify({
    ...messageHead(newId('msg_', 24), facts.model ?? model),
    content: choice ? toContent(choice) : [],
    ...toEnding({ reason, native, refusal, stopSequence }),
    usage: toUsage(facts.usage, serviceTier),
  });
}

function toContent(choice: CollectedChoice): object[] {
  const { images, toolCalls } = choice;
  const shown = images.map((url) => ({ type: 'text', text: imageText(url), citations: null }));
  return [...toThoughts(choice), ...toTexts(choice), ...shown, ...toHidden(choice), ...toolCalls.map(toToolUse)];
}

function toThoughts({ reasoningText, reasoningDetails }: CollectedChoice): object[] {
  if (areAsSigned(reasoningText, reasoningDetails)) return reasoningDetails.map(toThought);
  if (reasoningText === '') return [];
  return [{ type: 'thinking', thinking: reasoningText, signature: seal(reasoningDetails) }];
}

/** Of use only before the calls that it led to; elsewhere it would stand in the way of who looks for the answer. */
function toHidden({ reasoningText, reasoningDetails, toolCalls }: CollectedChoice): object[] {
  if (toolCalls.length === 0 || reasoningText !== '' || reasoningDetails.length === 0) return [];
  if (areAsSigned(reasoningText, reasoningDetails)) return [];
  return [{ type: 'redacted_thinking', data: seal(reasoningDetails) }];
}

/** Claude's signatures hold for the text that they came with, and no other. */
function areAsSigned(shown: string, details: readonly ReasoningDetail[]): boolean {
  const signed = details.map(({ text }) => text ?? '').join('');
  return details.length > 0 && signed === shown && details.every((detail) => isClaudes(detail) && isSigned(detail));
}

function isSigned({ type, signature, data }: ReasoningDetail): boolean {
  return type === 'reasoning.text' ? Boolean(signature) : data !== undefined;
}

function toThought({ type, text, signature, data }: ReasoningDetail): object {
  if (type === 'reasoning.encrypted') return { type: 'redacted_thinking', data };
  return { type: 'thinking', thinking: text ?? '', signature };
}

/** A block ends where a citation does. */
function toTexts({ content, annotations, citations }: CollectedChoice): object[] {
  const endOf = (to: unknown) => (typeof to === 'number' && to > 0 && to < content.length ? to : content.length);
  const pages = annotations.flatMap((each) => {
    const said = toCitation(each, content);
    return said ? [{ to: endOf(each.url_citation.end_index), said }] : [];
  });
  const cited = [...pages, ...citations.map((each) => ({ to: endOf(each['end_index']), said: bareCitation(each) }))];
  const ends = [...new Set([...cited.map(({ to }) => to), content.length])].toSorted((a, b) => a - b);
  return ends.flatMap((end, index) => {
    const text = content.slice(ends[index - 1] ?? 0, end);
    const here = cited.filter(({ to }) => to === end).map(({ said }) => said);
    return text === '' ? [] : [{ type: 'text', text, citations: here.length > 0 ? here : null }];
  });
}

function toToolUse({ id, name, arguments: json, type }: CollectedToolCall): object {
  return { type: 'tool_use', id, name, input: type === 'custom' ? { input: json } : toInput(json) };
}

/** What was cut off is no JSON; Claude's own is then what came of it, and so is this. */
function toInput(json: string): unknown {
  if (json.trim() === '') return {};
  try {
    const input = parseExactly(json);
    return isObject(input) ? input : { _value: input };
  } catch {
    return { _raw: json };
  }
}
