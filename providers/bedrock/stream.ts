import type { AnswerSink } from '../../src/core/answer.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { StreamReader } from '../../src/core/provider.ts';
import { parseJson, record, text } from '../shared/refusal.ts';
import { ConverseAnswer, type Reading } from './answer.ts';
import { classifyException } from './errors.ts';
import { FrameDecoder } from './frames.ts';

const utf8 = new TextDecoder();

type Frame = Parameters<ConstructorParameters<typeof FrameDecoder>[0]>[0];

/** Reads ConverseStream. What kind an event is stands in the frame's headers; its body is JSON. */
export function fromConverseStream(sink: AnswerSink, reading: Reading): StreamReader {
  const answer = new ConverseAnswer(sink, reading);
  const frames = new FrameDecoder((frame) => takeFrame(answer, frame));
  return {
    push: (bytes) => frames.push(bytes),
    end: () => answer.end(),
  };
}

function takeFrame(answer: ConverseAnswer, frame: Frame): void {
  switch (headerOf(frame, ':message-type')) {
    case 'event':
      return takeEvent(answer, headerOf(frame, ':event-type'), frame.body);
    case 'exception':
      throw classifyException(headerOf(frame, ':exception-type'), parseJson(utf8.decode(frame.body)));
    case 'error':
      throw classifyException(headerOf(frame, ':error-code'), { message: headerOf(frame, ':error-message') });
  }
}

function takeEvent(answer: ConverseAnswer, type: string, body: Uint8Array): void {
  switch (type) {
    case 'messageStart':
      answer.start();
      return;
    case 'contentBlockStart': {
      const event = parseEvent(body);
      return answer.open(indexOf(event), record(event.start) ?? {});
    }
    case 'contentBlockDelta': {
      const event = parseEvent(body);
      return answer.delta(indexOf(event), record(event.delta) ?? {});
    }
    case 'contentBlockStop':
      return answer.close(indexOf(parseEvent(body)));
    case 'messageStop':
      return answer.stop(text(parseEvent(body).stopReason) ?? 'end_turn');
    case 'metadata':
      return answer.metadata(parseEvent(body));
  } // Events of the future say nothing to us.
}

function parseEvent(body: Uint8Array): Record<string, unknown> {
  const event = record(parseJson(utf8.decode(body)));
  if (event) return event;
  throw new GatewayError('fault', 'Bedrock sent an event that is no JSON');
}

function indexOf(event: Record<string, unknown>): number {
  return typeof event.contentBlockIndex === 'number' ? event.contentBlockIndex : 0;
}

function headerOf(frame: Frame, name: string): string {
  const value = frame.headers[name]?.value;
  return typeof value === 'string' ? value : '';
}
