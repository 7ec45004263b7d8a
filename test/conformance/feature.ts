import type { ChatRequest } from '../../src/core/chat.ts';
import type { Answer } from './answer.ts';
import type { Talk } from './talk.ts';

/** A request without its model: OpenAI's fields, the extensions, and whatever a client may invent. */
export type Asked = Partial<ChatRequest> & Record<string, unknown>;

/**
 * What became of a feature, as seen from outside.
 * `passed`: the provider got the client's own words. `native`: said to the provider in its own words, and the answer
 * shows it. `emulated`: the router's doing (`x-signalbox-emulated`). `changed` and `dropped`: named in
 * `x-signalbox-dropped`. `equal`: said otherwise or not at all, with the same effect. `absent`: taken, but this
 * provider gives nothing in return. `refused`: a 400 that names the parameter.
 */
export type Support = 'passed' | 'native' | 'emulated' | 'changed' | 'dropped' | 'equal' | 'absent' | 'refused';

export interface Feature {
  /** The row's name, as Markdown. */
  name: string;
  /** What is asked, in one question … */
  ask?: Asked;
  /** … or in a talk of several. */
  run?: (talk: Talk) => Promise<Answer | undefined>;
  /** Headers and 400s that name one of these are about this feature; about anything else they are a fault. */
  param?: RegExp;
  /** Throws if the answer is not what a client of OpenAI would get. Not asked of what was dropped. */
  check?: (answer: Answer, talk: Talk) => void;
  /** Stands in what was sent to the provider, unless the feature was left out. */
  sent?: RegExp;
  /** What the provider answers, where practice knows too little. */
  upstream?: (request: Request) => Response | undefined;
  /** Whether the answer has what was asked for. */
  gives?: (answer: Answer, talk: Talk) => boolean;
}

export function user(content: string | object[]): NonNullable<Asked['messages']>[number] {
  return { role: 'user', content } as NonNullable<Asked['messages']>[number];
}
