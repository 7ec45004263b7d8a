/**
 * What the router keeps of its responses, and how a later request goes on from it. Kept here and not at OpenAI, so that
 * a follow-up may go to any provider. Pure: `src/http/routes/responses.ts` stores and finds.
 */
import { GatewayError } from '../../core/errors.ts';
import type { Door } from '../door.ts';
import { isObject, parseJson } from '../json.ts';

export type Json = Record<string, unknown>;

/** Of a request's input or a response's output, as clients write and read it. */
export type Item = Json & { type?: string; id?: string };

/** A response as its client got it. */
export type ResponseObject = Json & { id: string; status: string; output: Item[] };

/** What is stored of a response: its id is `response.id`. */
export interface Kept {
  /** With all reasoning that the next turn needs; clients see it as `shown` shows it. */
  response: ResponseObject;
  /** All that the model was given, earlier responses included, in order; each with an id. What `input_items` lists. */
  input: Item[];
}

/** What a request wants of the store. */
export interface Wish {
  /** `previous_response_id`. */
  previousId: string | undefined;
  /** Stored items that it names instead of sending them (`item_reference`); at most `MAX_REFERENCES`. */
  references: readonly string[];
  /** False where it says `store: false`. */
  store: boolean;
  background: boolean;
  stream: boolean;
}

/** What the store had for a request, and whose id it gets. */
export interface Opening {
  /** Found by `Wish.previousId`. */
  previous?: Kept | undefined;
  /** Found by `Wish.references`, by their ids; `partOf` says which response to look in. */
  items?: ReadonlyMap<string, Item> | undefined;
  /** The response's id, where it was given before there is an answer (`background`). Else the writer makes one. */
  id?: string | undefined;
  newId: (prefix: string, length: number) => string;
}

/** One request's door, and what it leaves to be stored; `openRecording(opening)` in `door.ts` makes it. */
export interface Recording {
  /** For this request alone. */
  door: Door;
  /**
   * Once the answer is over. Undefined where nothing came that could be kept. A whole answer's body is given, because of
   * hedged attempts more than one may have been written. A stream that broke off is kept as `failed`.
   */
  kept(body?: string): Kept | undefined;
  /**
   * Of a stream: the frame that ends it (`response.completed`, `.incomplete`, `.failed`) has been written or has passed.
   * Then it is stored before that frame goes out, so that a follow-up finds it. Asked at every piece: cheap.
   */
  readonly over: boolean;
  /** As long as there is no answer (`background`), or where there never was one. After `door.read` only. */
  standing(standing: Standing): Kept;
}

export interface Standing {
  status: 'queued' | 'in_progress' | 'failed' | 'cancelled';
  createdSeconds: number;
  error?: GatewayError | undefined;
}

export const ENCRYPTED = 'reasoning.encrypted_content';
const MAX_REFERENCES = 128;
const ID_LENGTH = 48;

/** Says nothing of whether the request is a good one: the door does. Throws `invalid_request` for what is no JSON. */
export function wishOf(text: string): Wish {
  const body = parseJson(text);
  const { previous_response_id: previous, store, background, stream, input } = isObject(body) ? body : {};
  return {
    previousId: typeof previous === 'string' && previous !== '' ? previous : undefined,
    references: referencesOf(input),
    store: store !== false,
    background: background === true,
    stream: stream === true,
  };
}

/** A response's id. Letters and digits only, so that `partOf` finds it again. */
export function newResponseId(newId: Opening['newId']): string {
  return newId('resp_', ID_LENGTH);
}

/** A stored response as a client gets it that asks for this (`include`): encrypted reasoning only where it is wanted. */
export function shown(response: ResponseObject, include: readonly string[] = []): ResponseObject {
  if (include.includes(ENCRYPTED)) return response;
  return { ...response, output: response.output.map(withoutEncrypted) };
}

function withoutEncrypted(item: Item): Item {
  if (item.type !== 'reasoning' || item.encrypted_content === undefined) return item;
  const { encrypted_content: _, ...rest } = item;
  return rest;
}

/** The response that an item of our own writing is part of; undefined for another's. */
export function partOf(itemId: string): string | undefined {
  const found = OWN_ITEM.exec(itemId)?.[1];
  return found && `resp_${found}`;
}

/** `msg_{the response's own characters}_{its place}`, so that an item's id leads to its response; `i0` is of its input. */
export function itemId(prefix: string, responseId: string, place: number | `i${number}`): string {
  return `${prefix}_${responseId.replace(/^resp_/, '')}_${place}`;
}

const OWN_ITEM = /^[a-z]+_([0-9A-Za-z]{40,})_i?\d+$/;

/** OpenAI's own words for a response that is not there. */
export function unknownResponse(id: string): GatewayError {
  return new GatewayError('invalid_request', `Previous response with id '${id.slice(0, 100)}' not found.`, {
    param: 'previous_response_id',
    code: 'previous_response_not_found',
  });
}

/** The same for an item. */
export function unknownItem(id: string, param: string): GatewayError {
  return new GatewayError('invalid_request', `Item with id '${id.slice(0, 100)}' not found.`, { param });
}

/** The items of a request that goes on from a stored response. The earlier instructions are not carried over: so OpenAI. */
export function expand(own: readonly Item[], previous: Kept | undefined): Item[] {
  return previous ? [...previous.input, ...previous.response.output, ...own] : [...own];
}

function referencesOf(input: unknown): string[] {
  if (!Array.isArray(input)) return [];
  const ids = input.filter(isReference).map(({ id }) => id);
  if (ids.length <= MAX_REFERENCES) return [...new Set(ids)];
  throw new GatewayError('invalid_request', `input: at most ${MAX_REFERENCES} item references are taken`, {
    param: 'input',
  });
}

/** The type may be left out where there is only an id. */
export function isReference(item: unknown): item is { id: string } {
  if (!isObject(item) || typeof item.id !== 'string') return false;
  return item.type === 'item_reference' || Object.keys(item).every((key) => key === 'id');
}
