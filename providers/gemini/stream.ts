import type { AnswerSink } from '../../src/core/answer.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { parseExactly } from '../../src/core/exact-json.ts';
import type { StreamReader } from '../../src/core/provider.ts';
import { SseDecoder } from '../shared/sse.ts';
import type { Asked } from './candidate.ts';
import { asFault } from '../shared/fault.ts';
import { AnswerReader } from './response.ts';
import type { GeminiResponse } from './wire.ts';

const LINE_FEED = 0x0a;
const OPENINGS: ReadonlySet<number | undefined> = new Set([0x5b, 0x7b]); // [ and {

/** As large as an answer may be that does not come event by event. */
const MAX_BARE = 8 * 1024 * 1024;

/**
 * Google's events, and JSON without `data:` as well: an error in mid-stream comes bare, and a proxy that drops
 * `alt=sse` gives the whole stream as one array.
 */
export function fromGeminiStream(sink: AnswerSink, asked: Asked): StreamReader {
  const answer = new AnswerReader(sink, asked);
  const decoder = new SseDecoder((_, data) => answer.take(parseExactly(data) as GeminiResponse));
  const bare = new BareJson();
  return {
    push(bytes) {
      const start = bare.startIn(bytes);
      try {
        decoder.push(start < 0 ? bytes : bytes.subarray(0, start));
      } catch (cause) {
        throw asFault(cause);
      }
      if (start >= 0) bare.push(bytes.subarray(start));
    },
    end() {
      untilCut(() => decoder.end());
      untilCut(() => bare.chunks().forEach((chunk) => answer.take(chunk)));
      untilCut(() => answer.end());
    },
  };
}

/** What comes without `data:`, from its first line on. No line of an event begins with a bracket. */
class BareJson {
  readonly #utf8 = new TextDecoder();
  #text = '';
  #begun = false;
  #lastByte: number | undefined = LINE_FEED;

  /** -1: not in these bytes. */
  startIn(bytes: Uint8Array): number {
    if (this.#begun) return 0;
    if (bytes.length === 0) return -1;
    const start = this.#lastByte === LINE_FEED && OPENINGS.has(bytes[0]) ? 0 : lineStart(bytes);
    this.#begun = start >= 0;
    this.#lastByte = bytes.at(-1);
    return start;
  }

  push(bytes: Uint8Array): void {
    this.#text += this.#utf8.decode(bytes, { stream: true });
    if (this.#text.length > MAX_BARE) throw new GatewayError('fault', 'The provider sent an answer that is too large');
  }

  chunks(): GeminiResponse[] {
    const text = this.#text.trim();
    if (!text) return [];
    const parsed = parseExactly(text) as GeminiResponse | GeminiResponse[];
    return Array.isArray(parsed) ? parsed : [parsed];
  }
}

function lineStart(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) {
    if (OPENINGS.has(bytes[at + 1])) return at + 1;
  }
  return -1;
}

/** Half an event is a cut, and the missing end says so. */
function untilCut(act: () => void): void {
  try {
    act();
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw asFault(cause);
  }
}
