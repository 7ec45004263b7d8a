import type { Script } from '../ask.ts';
import { bitsOf, type Frame, wordsIn } from '../wire.ts';
import type { ResponsesBody } from './responses-shape.ts';
import { type Item, itemsOf, type Part, type ResponsesStamp, type SummaryPart, toResponse } from './responses-write.ts';

/** One event before it is numbered. */
interface Event {
  type: string;
  word?: boolean;
  data: Record<string, unknown>;
}

export function toEvents(body: ResponsesBody, script: Script, stamp: ResponsesStamp): Frame[] {
  const begun = toResponse(body, stamp);
  const done = toResponse(body, stamp, script);
  const events: Event[] = [
    { type: 'response.created', data: { response: begun } },
    { type: 'response.in_progress', data: { response: begun } },
    ...itemsOf(body, script, stamp).flatMap((item, index) => [...itemEvents(item, index)]),
    { type: done.status === 'completed' ? 'response.completed' : 'response.incomplete', data: { response: done } },
  ];
  return events.map(({ type, word, data }, sequence) => ({
    ...frame(type, { sequence_number: sequence, ...data }),
    word: word ?? false,
  }));
}

export function frame(type: string, data: Record<string, unknown>): Frame {
  return { data: `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n` };
}

function* itemEvents(item: Item, output_index: number): Generator<Event> {
  yield { type: 'response.output_item.added', data: { output_index, item: begun(item) } };
  yield* innerEvents(item, { item_id: item.id, output_index });
  yield { type: 'response.output_item.done', data: { output_index, item } };
}

/** An item as it is announced: named, but empty. */
function begun(item: Item): Item {
  switch (item.type) {
    case 'reasoning':
      return { ...item, summary: [] };
    case 'message':
      return { ...item, status: 'in_progress', content: [] };
    case 'function_call':
      return { ...item, status: 'in_progress', arguments: '' };
    case 'custom_tool_call':
      return { ...item, status: 'in_progress', input: '' };
  }
}

type Place = { item_id: string; output_index: number };

function* innerEvents(item: Item, place: Place): Generator<Event> {
  switch (item.type) {
    case 'reasoning':
      for (const [summary_index, part] of item.summary.entries())
        yield* summaryEvents(part, { ...place, summary_index });
      break;
    case 'message':
      for (const [content_index, part] of item.content.entries()) yield* partEvents(part, { ...place, content_index });
      break;
    case 'function_call':
      yield* deltas('response.function_call_arguments', bitsOf(item.arguments), place);
      yield {
        type: 'response.function_call_arguments.done',
        data: { ...place, name: item.name, arguments: item.arguments },
      };
      break;
    case 'custom_tool_call':
      yield* deltas('response.custom_tool_call_input', bitsOf(item.input), place);
      yield { type: 'response.custom_tool_call_input.done', data: { ...place, input: item.input } };
  }
}

function* summaryEvents(part: SummaryPart, place: Place & { summary_index: number }): Generator<Event> {
  yield { type: 'response.reasoning_summary_part.added', data: { ...place, part: { ...part, text: '' } } };
  yield* deltas('response.reasoning_summary_text', wordsIn(part.text), place);
  yield { type: 'response.reasoning_summary_text.done', data: { ...place, text: part.text } };
  yield { type: 'response.reasoning_summary_part.done', data: { ...place, part } };
}

function* partEvents(part: Part, place: Place & { content_index: number }): Generator<Event> {
  if (part.type === 'refusal') {
    yield { type: 'response.content_part.added', data: { ...place, part: { ...part, refusal: '' } } };
    yield* deltas('response.refusal', wordsIn(part.refusal), place);
    yield { type: 'response.refusal.done', data: { ...place, refusal: part.refusal } };
  } else {
    yield { type: 'response.content_part.added', data: { ...place, part: { ...part, text: '' } } };
    yield* deltas('response.output_text', wordsIn(part.text), { ...place, logprobs: [] });
    yield { type: 'response.output_text.done', data: { ...place, text: part.text, logprobs: [] } };
  }
  yield { type: 'response.content_part.done', data: { ...place, part } };
}

function* deltas(type: string, pieces: readonly string[], place: object): Generator<Event> {
  for (const delta of pieces) yield { type: `${type}.delta`, word: true, data: { ...place, delta } };
}
