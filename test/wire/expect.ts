/**
 * What must come out of a recording, read off the recording itself in the most direct way.
 *
 * Nothing here comes from `providers/` or `src/`: where this and a provider disagree, one of them is wrong.
 */
import { awsEvents } from './event-stream.ts';
import { expectMessage, expectMessageStream } from './expect-anthropic.ts';
import { expectConverse, expectConverseStream } from './expect-bedrock.ts';
import { expectChat, expectChatStream } from './expect-chat.ts';
import { expectContent } from './expect-gemini.ts';
import { expectResponse, expectResponseStream } from './expect-responses.ts';
import type { Expected, ExpectedFailure } from './expected.ts';
import { at } from './json.ts';
import { type Recording, bytesOf, modelOf, textOf } from './recordings.ts';
import { dataLines, sseEvents } from './sse.ts';

/** How the answer is written, whoever the provider is. */
export type Wire = 'messages' | 'chat' | 'responses' | 'content' | 'converse';

export function wireOf(recording: Recording): Wire | undefined {
  const { api } = recording;
  if (/^(messages|rawPredict|streamRawPredict)$/.test(api)) return 'messages';
  if (/^(.+-)?chat$/.test(api)) return 'chat';
  if (/^(.+-)?responses$/.test(api)) return 'responses';
  if (/^(stream)?generateContent$/i.test(api)) return 'content';
  return /^converse(-stream)?$/.test(api) ? 'converse' : undefined;
}

/** An answer that ends in an error, or never ends, is a failure. */
export function expectationOf(recording: Recording, wire: Wire): Expected | ExpectedFailure {
  if (isMidstreamError(recording)) return { failure: ['caller', 'malformed', 'fault', 'tool_choice_unsatisfied'] };
  const expected = recording.stream ? expectStream(recording, wire) : expectWhole(recording, wire);
  return expected ?? { failure: ['truncated'] };
}

function expectWhole(recording: Recording, wire: Wire): Expected | ExpectedFailure | undefined {
  const { body } = recording.response;
  const readers = {
    messages: () => expectMessage(body),
    chat: () => expectChat(body),
    responses: () => expectResponse(body),
    content: () => expectContent([body]),
    converse: () => expectConverse(body, modelOf(recording)),
  };
  return readers[wire]();
}

function expectStream(recording: Recording, wire: Wire): Expected | ExpectedFailure | undefined {
  if (wire === 'converse') return expectConverseStream(awsEvents(bytesOf(recording)), modelOf(recording));
  const events = sseEvents(textOf(recording));
  const readers = {
    messages: expectMessageStream,
    chat: expectChatStream,
    responses: expectResponseStream,
    content: expectContent,
  };
  return readers[wire](events);
}

function isMidstreamError({ response }: Recording): boolean {
  return response.sse_text !== undefined && sseEvents(response.sse_text).some((event) => at(event, 'error'));
}

const ENDS: Record<Exclude<Wire, 'converse'>, (event: unknown) => boolean> = {
  messages: (event) => at(event, 'type') === 'message_stop',
  chat: (event) => Array.isArray(at(event, 'choices')) && JSON.stringify(event).includes('"finish_reason":"'),
  responses: (event) => /^response\.(completed|incomplete)$/.test(String(at(event, 'type'))),
  content: (event) => JSON.stringify(event).includes('"finishReason"'),
};

/** How many bytes must have come before the answer may count as complete: all up to its last terminal event. */
export function terminalOffset(recording: Recording, wire: Wire): number {
  if (wire === 'converse') {
    return awsEvents(bytesOf(recording)).find(({ type }) => type === 'messageStop')?.end ?? Infinity;
  }
  const text = textOf(recording);
  const last = dataLines(text).findLast(({ data }) => data !== '[DONE]' && ENDS[wire](JSON.parse(data)));
  return last === undefined ? Infinity : Buffer.byteLength(text.slice(0, last.end));
}
