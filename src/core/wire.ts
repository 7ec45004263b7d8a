/** The API that a client or an upstream speaks. */
export type Wire =
  /** OpenAI's chat completions. */
  | 'chat'
  /** OpenAI's Responses. */
  | 'responses'
  /** Anthropic's Messages. */
  | 'messages'
  /** Gemini's generateContent. */
  | 'gemini'
  /** OpenAI's legacy completions. No upstream of ours speaks it. */
  | 'completions';

export type Bytes = Uint8Array<ArrayBuffer>;

export interface Pictures {
  count: number;
  chars: number;
}

/** What the client sent, in its own words: an upstream of the same wire may get it as it is. */
export interface Original {
  wire: Wire;
  /** JSON. After `letGo` it is made of the bytes each time: take it once. */
  readonly text: string;
  /** The same in UTF-8, where it is long. */
  readonly bytes?: Bytes | undefined;
  /** Nobody needs the text for the time being. */
  letGo?: (() => void) | undefined;
  /** The request is over: nobody needs any of it again. */
  close?: (() => void) | undefined;
  /** False: its words are only ours to understand (an id of our own store, another provider's reasoning). */
  passes: boolean;
  /** The field of it that only an upstream of this wire can serve; everybody else refuses it by this name. */
  only?: string | undefined;
  /** Base64 in it of pictures that `request` does not hold. */
  pictures?: Pictures | undefined;
  /** The client's headers that belong to its words (`anthropic-beta`), by lower-case names; from an allow-list. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * From so many on, what waits for an answer waits as bytes. A string of that size has pages of its own: if it lives
 * through one collection of the young space, it is freed by the next of everything, and until then there are hundreds.
 */
export const LONG_TEXT = 16_384;

const utf8 = { read: new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }), write: new TextEncoder() };

export function inBytes(text: string): Bytes {
  return utf8.write.encode(text) as Bytes; // Its own memory, whatever the types of a runtime say.
}

const NOTHING: Bytes = new Uint8Array(0);

/** A long original: its bytes, and its text for as long as nobody lets go of it. */
export function longOriginal(original: Original, given: Bytes): Original {
  let text: string | undefined = original.text;
  let bytes = given;
  return {
    ...original,
    get bytes() {
      return bytes;
    },
    get text() {
      return text ?? utf8.read.decode(bytes);
    },
    letGo() {
      text = undefined;
    },
    /** What V8 has put among the old objects would keep them until the next collection of everything. */
    close() {
      text = undefined;
      bytes = NOTHING;
    },
  };
}
