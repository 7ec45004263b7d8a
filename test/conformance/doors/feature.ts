/** A feature of a door, asked for in the words of its own SDK. */
import type { Visit } from './visit.ts';

/** An answer as the door's SDK has put it together, in nobody's words. */
export interface Told {
  text: string;
  thoughts: string;
  calls: { name: string; input: unknown }[];
  /** In the door's own words. */
  finish: string | null | undefined;
  usage: { prompt: number; answer: number; cached: number };
  /** How many answers there are. */
  answers: number;
  /** Tokens that came with a probability. */
  logprobs: number;
  /** What a client puts into its history, as it came. */
  turns: object[];
  id: string;
}

/** How a request goes: to which model, by which fetch, whole or streamed. */
export interface Line {
  model: string;
  streamed: boolean;
  fetch: typeof fetch;
  headers: Record<string, string>;
}

type ErrorClass = abstract new (...given: never[]) => Error;

export interface DoorClient {
  name: string;
  connect(line: Line): (body: object) => Promise<Told>;
  /** Every error that the SDK raises. */
  raises: ErrorClass;
  statusOf(cause: unknown): number | undefined;
  /** What a refusal names, or says where the API has no place for a name. */
  fieldOf(cause: unknown): string;
  /** A request that says this and no more. */
  say(text: string): object;
}

export interface DoorFeature {
  /** The row's name, as Markdown. */
  name: string;
  ask?: object;
  run?: (visit: Visit) => Promise<Told | undefined>;
  /** Headers and 400s that name one of these are about this feature; about anything else they are a fault. */
  param?: RegExp;
  /** Throws if the answer is not what this API's clients expect. Not asked of what was dropped. */
  check?: (told: Told, visit: Visit) => void;
  /** Stands in what was sent to the provider, unless the feature was left out. */
  sent?: RegExp;
  gives?: (told: Told, visit: Visit) => boolean;
  upstream?: (request: Request) => Response | undefined;
  /** It is about what is raised, not about what is said. */
  isTrouble?: true;
}
