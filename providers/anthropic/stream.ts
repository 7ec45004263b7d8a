import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import type { AnswerSink } from '../../src/core/answer.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { parseExactly } from '../../src/core/exact-json.ts';
import type { StreamReader } from '../../src/core/provider.ts';
import { asFault } from '../shared/fault.ts';
import { parseJson } from '../shared/refusal.ts';
import { SseDecoder } from '../shared/sse.ts';
import { fromError } from './errors.ts';
import { MessageReader, type Reading } from './response.ts';

type StreamEvent = RawMessageStreamEvent | { type: 'ping' } | { type: 'error'; error: unknown };

/** How most events by far begin, as Anthropic writes them: all but the piece itself is known without parsing. */
const PIECE =
  /event: content_block_delta\ndata: \{"type":"content_block_delta","index":\d+,"delta":\{"type":"(?:text_delta","text|thinking_delta","thinking|input_json_delta","partial_json)":"/y;
/** How far before a piece the last letter of its field stands. */
const LETTER = 4;

export function fromAnthropicStream(sink: AnswerSink, reading: Reading): StreamReader {
  const message = new MessageReader(sink, reading);
  const decoder = new SseDecoder(
    (name, data) => {
      if (name !== 'ping' && !message.ended) readEvent(message, parseExactly(data) as StreamEvent);
    },
    (text, start) => skimPieces(message, text, start),
  );
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
    get ended() {
      return message.ended;
    },
  };
}

/** Reads the pieces that stand at the start. */
function skimPieces(message: MessageReader, text: string, start: number): number {
  let end = start;
  while (!message.ended) {
    PIECE.lastIndex = end;
    if (!PIECE.test(text)) break;
    const from = PIECE.lastIndex;
    const line = text.indexOf('\n', from);
    const piece = text[line + 1] === '\n' ? pieceOf(text, from, line) : undefined;
    if (piece === undefined) break;
    sayPiece(message, text[from - LETTER], piece);
    end = line + 2;
  }
  return end;
}

/** The string up to the end of its line; undefined for what only looked like one. */
function pieceOf(text: string, from: number, line: number): string | undefined {
  let brace = line - 2;
  while (text[brace] === ' ') brace--; // Anthropic pads its events.
  const quote = brace - 1;
  const isPiece = quote >= from && text[line - 1] === '}' && text[brace] === '}' && text[quote] === '"';
  return isPiece ? unescaped(text.slice(from, quote)) : undefined;
}

/** By the last letter of its field. */
function sayPiece(message: MessageReader, letter: string | undefined, piece: string): void {
  if (letter === 't') message.text(piece);
  else if (letter === 'g') message.thinking(piece);
  else message.input(piece);
}

/** The string inside these quotes; undefined where they do not hold one string. */
function unescaped(literal: string): string | undefined {
  if (!literal.includes('\\') && !literal.includes('"')) return literal;
  const text = parseJson(`"${literal}"`);
  return typeof text === 'string' ? text : undefined;
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
      message.stop(event.delta);
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
