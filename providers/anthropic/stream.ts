import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import type { AnswerSink } from '../../src/core/answer.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { StreamReader } from '../../src/core/provider.ts';
import { SseDecoder } from '../shared/sse.ts';
import { asFault } from '../shared/fault.ts';
import { fromError } from './errors.ts';
import { MessageReader, type Reading } from './response.ts';

type StreamEvent = RawMessageStreamEvent | { type: 'ping' } | { type: 'error'; error: unknown };

/** Most events by far: a piece of text without escapes is its own JSON, so nothing needs to be parsed. */
const PLAIN_TEXT =
  /^\{"type":"content_block_delta","index":\d+,"delta":\{"type":"text_delta","text":"([^"\\]*)"\}\s*\}$/;

export function fromAnthropicStream(sink: AnswerSink, reading: Reading): StreamReader {
  const message = new MessageReader(sink, reading);
  const decoder = new SseDecoder((name, data) => {
    if (name === 'ping' || message.ended) return;
    const plain = PLAIN_TEXT.exec(data);
    if (plain?.[1] !== undefined) message.text(plain[1]);
    else readEvent(message, JSON.parse(data) as StreamEvent);
  });
  return {
    push(bytes) {
      try {
        decoder.push(bytes);
      } catch (cause) {
        throw asFault(cause);
      }
    },
    end() {
      try {
        decoder.end();
      } catch (cause) {
        if (cause instanceof GatewayError) throw cause; // Otherwise half an event: the cut says more than the syntax.
      }
      if (!message.ended) throw new GatewayError('truncated', 'The provider closed the stream before its end');
    },
  };
}

function readEvent(message: MessageReader, event: StreamEvent): void {
  switch (event.type) {
    case 'content_block_delta':
      return readDelta(message, event.delta);
    case 'content_block_start':
      return message.open(event.content_block);
    case 'content_block_stop':
      return message.close();
    case 'message_start':
      return message.start(event.message);
    case 'message_delta':
      message.stop(event.delta.stop_reason, event.delta.stop_details);
      return message.count(event.usage);
    case 'message_stop':
      return message.end();
    case 'error':
      throw fromError(event);
    default: // Anthropic announces that new kinds of events may come.
  }
}

function readDelta(
  message: MessageReader,
  delta: Extract<StreamEvent, { type: 'content_block_delta' }>['delta'],
): void {
  switch (delta.type) {
    case 'text_delta':
      return message.text(delta.text);
    case 'thinking_delta':
      return message.thinking(delta.thinking);
    case 'input_json_delta':
      return message.input(delta.partial_json);
    case 'signature_delta':
      return message.signature(delta.signature);
    case 'citations_delta':
      return message.citation(delta.citation);
    default:
  }
}
