import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import type { AnswerSink } from '../../src/core/answer.ts';
import type { StreamReader } from '../../src/core/provider.ts';
import { fromError } from './errors.ts';
import type { Reading } from './reading.ts';
import { ResponseReader } from './responses-answer.ts';
import { readEvents } from './stream.ts';

/** Reads the events of a streamed response into the sink. */
export function fromResponsesStream(sink: AnswerSink, reading: Reading): StreamReader {
  const reader = new ResponseReader(sink, reading);
  return readEvents(
    (event) => {
      if (!reader.ended) readEvent(reader, event as unknown as ResponseStreamEvent);
    },
    () => reader.ended,
  );
}

function readEvent(reader: ResponseReader, event: ResponseStreamEvent): void {
  switch (event.type) {
    case 'response.output_text.delta':
      return reader.text(`${event.output_index}.${event.content_index}`, event.delta, event.logprobs);
    case 'response.refusal.delta':
      return reader.refusal(`${event.output_index}.${event.content_index}`, event.delta);
    case 'response.reasoning_summary_text.delta':
      return reader.reasoning(`${event.output_index}.summary_text.${event.summary_index}`, event.delta);
    case 'response.reasoning_text.delta':
      return reader.reasoning(`${event.output_index}.reasoning_text.${event.content_index}`, event.delta);
    case 'response.function_call_arguments.delta':
    case 'response.custom_tool_call_input.delta':
      return reader.arguments(event.output_index, event.delta);
    case 'response.output_item.added':
      return reader.open(event.output_index, event.item);
    case 'response.output_item.done':
      return reader.item(event.output_index, event.item);
    case 'response.created':
      return reader.start(event.response);
    default:
      return readEnd(reader, event);
  }
}

/** What is none of these repeats what the deltas said, or tells of searches that chat has no word for. */
function readEnd(reader: ResponseReader, event: ResponseStreamEvent): void {
  switch (event.type) {
    case 'response.completed':
    case 'response.incomplete':
      return reader.end(event.response);
    case 'response.failed':
      throw fromError(event.response.error);
    case 'error':
      throw fromError('error' in event ? event.error : event);
    default:
  }
}
