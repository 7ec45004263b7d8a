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

/** What the client sent, in its own words: an upstream of the same wire may get it as it is. */
export interface Original {
  wire: Wire;
  /** JSON. */
  text: string;
  /** False: its words are only ours to understand (an id of our own store, another provider's reasoning). */
  passes: boolean;
  /** The field of it that only an upstream of this wire can serve; everybody else refuses it by this name. */
  only?: string | undefined;
  /** The client's headers that belong to its words (`anthropic-beta`), by lower-case names; from an allow-list. */
  headers?: Readonly<Record<string, string>> | undefined;
}
