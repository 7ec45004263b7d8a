import type { AnswerSink } from '../../src/core/answer.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { StreamReader } from '../../src/core/provider.ts';
import { reading } from '../shared/fault.ts';
import { parseJson, record } from '../shared/refusal.ts';
import { SseDecoder } from '../shared/sse.ts';
import type { Reading } from './reading.ts';
import { ChatReader } from './response.ts';

/** Reads `chat.completion.chunk`s into the sink. */
export function fromChatStream(sink: AnswerSink, how: Reading): StreamReader {
  const reader = new ChatReader(sink, how);
  return readEvents(
    (chunk) => reader.read(chunk, 'delta'),
    (isDone) => reader.ended && (isDone || reader.count >= how.choices),
  );
}

/**
 * A stream of JSON objects. `isEnded`: the provider has said its last word, so a clean close is no cut; it is told
 * whether `[DONE]` came.
 */
export function readEvents(
  read: (event: Record<string, unknown>) => void,
  isEnded: (isDone: boolean) => boolean,
): StreamReader {
  let isClosing = false;
  let isDone = false;
  const decoder = new SseDecoder((_name, data) => {
    isDone ||= data.trim() === '[DONE]';
    if (isDone || data === '') return;
    const event = record(parseJson(data));
    if (event) return read(event);
    // At the close it is only half an event, and the cut says more than the syntax.
    if (!isClosing) throw new GatewayError('fault', 'The provider sent an event that cannot be read');
  });
  return {
    push: (bytes) => reading(() => decoder.push(bytes)),
    end() {
      isClosing = true;
      reading(() => decoder.end());
      if (!isEnded(isDone)) throw new GatewayError('truncated', 'The provider closed the stream before its end');
    },
  };
}
