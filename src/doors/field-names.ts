/** Where the pieces of a canonical request stand in the client's own, and what their fields are called there. */
import type { ChatRequest } from '../core/chat.ts';
import type { FieldOf } from '../core/field-names.ts';

type Names = ReadonlyMap<string, string>;

export interface FieldNames {
  /** Of the request: the canonical name, or the beginning of a path, and the client's. What is not here is named alike. */
  fields: Names;
  /** Of its messages, parts, calls and tools, behind their places. What is not here is the piece as a whole. */
  pieces: Names;
}

/** Who reads a request says of each piece that it makes where it stands with the client. */
export interface Notes {
  /** `at` is the client's path; with `.*` at its end all below is called as the client calls it. The first one stays. */
  note<Piece extends object>(piece: Piece, at: string): Piece;
  /** Of a piece that takes another's place. */
  same<Piece extends object>(piece: Piece, other: object): Piece;
}

/** Nearly all requests have nothing wrong with them. */
export const UNNOTED: Notes = { note: (piece) => piece, same: (piece) => piece };

export class Places implements Notes {
  readonly #places = new Map<unknown, string>();

  note<Piece extends object>(piece: Piece, at: string): Piece {
    if (!this.#places.has(piece)) this.#places.set(piece, at);
    return piece;
  }

  same<Piece extends object>(piece: Piece, other: object): Piece {
    const at = this.of(other);
    return at === undefined ? piece : this.note(piece, at);
  }

  of(piece: unknown): string | undefined {
    return this.#places.get(piece);
  }
}

/** `readAgain` is asked for the same request once more, with its places, when it comes to one of them. */
export function fieldNamer(names: () => FieldNames, readAgain: (places: Notes) => ChatRequest): FieldOf {
  let known: { request: ChatRequest; places: Places } | undefined;
  const read = () => {
    const places = new Places();
    return { places, request: readAgain(places) };
  };
  return (param) => {
    const steps = param.replaceAll(/\[(\w+)\]/g, '.$1').split('.');
    const { fields, pieces } = names();
    const [field = ''] = steps;
    const { place, depth } = hasPlaces(field, steps.length) ? deepest((known ??= read()), steps) : NOWHERE;
    if (place === undefined) return longest(steps, fields) ?? param;
    const rest = steps.slice(depth);
    if (place.endsWith('.*')) return [place.slice(0, -2), ...rest].join('.');
    const name = longest(rest, pieces);
    return name ? `${place}.${name}` : place;
  };
}

/** Settings stand at the top, and are called by their names. */
function hasPlaces(field: string, depth: number): boolean {
  if (field === 'web_search_options') return true;
  return depth > 1 && (field === 'messages' || field === 'tools' || field === 'response_format');
}

interface Place {
  place: string | undefined;
  depth: number;
}

const NOWHERE: Place = { place: undefined, depth: 0 };

function deepest({ request, places }: { request: ChatRequest; places: Places }, steps: readonly string[]): Place {
  let found = NOWHERE;
  let value: unknown = request;
  for (const [index, step] of steps.entries()) {
    if (typeof value !== 'object' || value === null) break;
    value = (value as Record<string, unknown>)[step];
    const place = places.of(value);
    if (place !== undefined) found = { place, depth: index + 1 };
  }
  return found;
}

function longest(steps: readonly string[], names: Names): string | undefined {
  for (let length = steps.length; length > 0; length--) {
    const name = names.get(steps.slice(0, length).join('.'));
    if (name !== undefined) return name;
  }
  return undefined;
}
