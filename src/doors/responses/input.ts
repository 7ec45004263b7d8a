import { isObject } from '../json.ts';
import { typeOf } from './schema.ts';
import type { ResponsesBody } from './schema.ts';
import { expand, isReference, type Item, itemId, type Opening, unknownItem, unknownResponse } from './stored.ts';

export interface Input {
  /** What the model is given, earlier responses included. */
  items: Item[];
  /** Where the request's own begin. */
  from: number;
  /** The same as the client sent them, for what may pass as it is. */
  own: readonly unknown[];
}

/** The request's input with everything that it only names. Throws OpenAI's own errors for what is not there. */
export function inputOf(body: ResponsesBody, { previous, items: found }: Partial<Opening>): Input {
  const { previous_response_id: id, input } = body;
  if (id && !previous) throw unknownResponse(id);
  const given: readonly unknown[] = Array.isArray(input) ? input : saidOnly(input);
  const known = new Map(found);
  for (const item of previous ? expand([], previous) : []) if (item.id) known.set(item.id, item);
  const own = given.filter(isObject).map((item, index): Item => {
    if (!isReference(item)) return item;
    const stored = known.get(item.id);
    if (!stored) throw unknownItem(item.id, `input.${index}`);
    return plain(stored);
  });
  const items = expand(own, id ? previous : undefined);
  const from = items.length - own.length;
  return { items: [...items.slice(0, from).map(plain), ...own], from, own: given };
}

/** A text alone is a user's message. */
function saidOnly(input: unknown): Item[] {
  return typeof input === 'string' ? [{ role: 'user', content: input }] : [];
}

const NAMED = new Set([
  'message',
  'function_call',
  'custom_tool_call',
  'function_call_output',
  'custom_tool_call_output',
]);

/** A stored item as OpenAI takes it from who keeps it himself: under no id that it would look for, with no word of ours. */
function plain(item: Item): Item {
  if (!NAMED.has(typeOf(item))) return item;
  const { id: _, citations: __, ...rest } = item;
  return rest;
}

/** As `input_items` lists them: each with an id, a message in parts. */
export function listed(items: readonly Item[], responseId: string): Item[] {
  return items.map((item, index) => {
    const type = typeOf(item);
    const id = item.id ?? itemId(PREFIXES.get(type) ?? 'item', responseId, `i${index}`);
    if (type !== 'message') return { ...item, id };
    const content = typeof item.content === 'string' ? [partOf(item, item.content)] : item.content;
    return { ...item, id, type, status: item.status ?? 'completed', content };
  });
}

function partOf({ role }: Item, text: string): object {
  return role === 'assistant' ? { type: 'output_text', text, annotations: [] } : { type: 'input_text', text };
}

const PREFIXES = new Map([
  ['message', 'msg'],
  ['reasoning', 'rs'],
  ['function_call', 'fc'],
  ['function_call_output', 'fco'],
  ['custom_tool_call', 'ctc'],
  ['custom_tool_call_output', 'ctco'],
]);
