/** Reasoning in a field that clients hand back: OpenAI's own as it is, everybody else's in a capsule. */
import type { ReasoningDetail } from '../../core/chat.ts';
import { isSealed, seal, unseal } from '../capsule.ts';
import { isObject } from '../json.ts';
import { textOf } from './calls.ts';
import type { Item } from './stored.ts';

const OPENAI = 'openai-responses-v1';
/** Of servers that show their reasoning and sign nothing: it comes back as the text that it was. */
const PLAIN = 'plain-text';

/** What `encrypted_content` is to hold of an item's reasoning. */
export function sealed(details: readonly ReasoningDetail[], text: string): string | undefined {
  if (details.length > 0) return seal(details);
  return text ? seal([{ type: 'reasoning.text', format: PLAIN, text }]) : undefined;
}

/** What a reasoning item brings back for the model that wrote it. */
export function detailsOf(item: Item): ReasoningDetail[] {
  const { encrypted_content: data, summary } = item;
  if (typeof data === 'string' && isSealed(data)) return (unseal(data) ?? []).filter(({ format }) => format !== PLAIN);
  const rest = { format: OPENAI, ...(typeof item.id === 'string' && { id: item.id }) };
  const parts = Array.isArray(summary) ? summary.filter(isObject) : [];
  const summaries = parts.map((part): ReasoningDetail => {
    return { type: 'reasoning.summary', summary: textOf(part.text), ...rest };
  });
  return typeof data === 'string' ? [...summaries, { type: 'reasoning.encrypted', data, ...rest }] : summaries;
}

/** What it says in plain text, for servers that want their own reasoning back. */
export function plainTextOf({ encrypted_content: data, content }: Item): string {
  if (typeof data === 'string' && isSealed(data)) {
    return (unseal(data) ?? []).map(({ format, text }) => (format === PLAIN ? (text ?? '') : '')).join('');
  }
  return Array.isArray(content)
    ? content
        .filter(isObject)
        .map(({ text }) => textOf(text))
        .join('')
    : '';
}

/** The same item as OpenAI knows it: nothing is kept there, so what does not bring itself along is unknown to it. */
export function nativeOf(item: Item): Item[] {
  const { encrypted_content: data } = item;
  if (item.type !== 'reasoning') return [item];
  if (typeof data !== 'string' || data === '') return [];
  if (!isSealed(data)) return [item];
  return (unseal(data) ?? []).flatMap(({ format, type, data: own, id }): Item[] => {
    if (format !== OPENAI || type !== 'reasoning.encrypted' || !own || !id) return [];
    return [{ type: 'reasoning', id, summary: [], encrypted_content: own }];
  });
}
