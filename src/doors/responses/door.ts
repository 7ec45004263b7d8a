import type { Ceilings } from '../../core/ceilings.ts';
import type { ChatRequest } from '../../core/chat.ts';
import { errorBody, GatewayError } from '../../core/errors.ts';
import type { FieldOf } from '../../core/field-names.ts';
import type { Original, Pictures } from '../../core/wire.ts';
import type { Asked, Door, Entry } from '../door.ts';
import { fieldNamer, type Notes } from '../field-names.ts';
import { checkCount, checkShape, isObject, parseJson } from '../json.ts';
import { responseOf } from './echo.ts';
import { NAMES } from './field-names.ts';
import { type Input, inputOf, listed } from './input.ts';
import { isResponse, parsed, ResponsesPen } from './pen.ts';
import { nativeOf } from './reasoning.ts';
import { LOGPROBS, type ReadRequest, readRequest, wantsSummary } from './request.ts';
import { Body, type ResponsesBody } from './schema.ts';
import { type Item, type Kept, newResponseId, type Opening, type Recording, type ResponseObject } from './stored.ts';

/** OpenAI's `POST /v1/responses`, without a store behind it. */
export const RESPONSES: Door = {
  name: 'responses',
  read: (text, asked) => enter(text, asked, {}).entry,
  refusal: errorBody,
};

/** The door for one request, with what the store had for it and a record of what it is to keep. */
export function openRecording(opening: Opening): Recording {
  let visit: Visit | undefined;
  const visited = (): Visit => {
    if (visit) return visit;
    throw new GatewayError('internal', 'Nothing has been read yet');
  };
  return {
    door: {
      ...RESPONSES,
      read: (text, asked) => {
        const { entry, ...entered } = enter(text, asked, opening);
        visit = entered;
        return entry;
      },
    },
    get over() {
      return visit?.pen.ended !== undefined;
    },
    kept: (body) => (visit ? keptOf(visit, opening, body) : undefined),
    standing({ status, createdSeconds, error }) {
      const { body, input } = visited();
      const id = opening.id ?? newResponseId(opening.newId);
      const response = responseOf(body, { id, createdSeconds, model: body.model, status, error });
      return { response, input: listed(input.items, id) };
    },
  };
}

interface Visit {
  body: ResponsesBody;
  input: Input;
  pen: ResponsesPen;
}

function enter(text: string, { limits, header }: Asked, opening: Partial<Opening>): Visit & { entry: Entry } {
  const given = parseJson(text);
  checkShape(given, Body, limits);
  const body = given as ResponsesBody; // Checked; the original keeps the client's order of keys.
  refuseConversations(body, opening);
  const input = inputOf(body, opening);
  checkCount(input.items.length, 'input', limits);
  const read = readRequest(body, input);
  if (read.request.messages.length === 0 && read.only === undefined) {
    throw new GatewayError('invalid_request', 'input: There is nothing to answer', { param: 'input' });
  }
  const { origins, request, lost } = read;
  const wanted = { summary: wantsSummary(body), logprobs: body.include?.includes(LOGPROBS) ?? false, origins };
  const pen = new ResponsesPen({ body, wanted }, opening);
  const original = { ...originalOf(text, { body, input, read, opening }), headers: headersOf(header) };
  const fieldOf = namerOf((places) => readRequest(body, input, places).request);
  return { entry: { request, original, lost, pen, ceilings: ceilingsOf(body), fieldOf }, body, input, pen };
}

/** What came from the store has no places inside. */
function namerOf(readAgain: (places: Notes) => ChatRequest): FieldOf {
  const fieldOf = fieldNamer(() => NAMES, readAgain);
  return (param) => fieldOf(param).replace(/^(previous_response_id)\..*/, '$1');
}

function refuseConversations({ conversation, background }: ResponsesBody, { id }: Partial<Opening>): void {
  if ((conversation ?? undefined) !== undefined) {
    const message = 'This router keeps no conversations; go on from an answer with previous_response_id';
    throw new GatewayError('invalid_request', message, { param: 'conversation', code: 'unsupported_parameter' });
  }
  if (background && id === undefined) {
    const message = 'This router runs no responses in the background';
    throw new GatewayError('invalid_request', message, { param: 'background', code: 'unsupported_parameter' });
  }
}

interface Read {
  body: ResponsesBody;
  input: Input;
  read: ReadRequest;
  opening: Partial<Opening>;
}

/**
 * The client's own text, where OpenAI understands it as it is. What only the router knows is put in its words: items
 * of our store in full, and no reasoning but OpenAI's.
 */
function originalOf(text: string, { body, input, read: { only }, opening }: Read): Original {
  const passes = opening.id === undefined || !body.stream; // A stream that passed would bear another id.
  const { previous_response_id: previous, background, max_cost_usd: cost, max_latency_ms: latency, ...rest } = body;
  const isOurs = [previous, background, cost, latency].some((field) => (field ?? undefined) !== undefined);
  const items = input.items.flatMap(nativeOf);
  const isSame = items.length === input.items.length && items.every((item, index) => item === input.own[index]);
  const pictures = picturesIn(items);
  if (!isOurs && isSame) return { wire: 'responses', text, passes, only, pictures };
  const own = typeof body.input === 'string' && !previous ? body.input : items;
  return { wire: 'responses', text: JSON.stringify({ ...rest, input: own }), passes, only, pictures };
}

/** What a model has painted and what its computer shows: chat has neither. */
function picturesIn(items: readonly Item[]): Pictures | undefined {
  const shown = items.map(({ type, result, output }) =>
    type === 'image_generation_call'
      ? result
      : type === 'computer_call_output' && isObject(output) && output['image_url'],
  );
  const found = shown.filter((picture) => typeof picture === 'string');
  if (found.length === 0) return undefined;
  return { count: found.length, chars: found.reduce((sum, { length }) => sum + length, 0) };
}

/** What changes how OpenAI reads the body: betas, and Codex's word for tools that stand in the input. */
const WORDS = ['openai-beta', 'x-openai-internal-codex-responses-lite'];

function headersOf(header: Asked['header']): Original['headers'] {
  const said = WORDS.flatMap((name) => {
    const value = header(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return said.length > 0 ? Object.fromEntries(said) : undefined;
}

function ceilingsOf({ max_cost_usd: cost, max_latency_ms: latency }: ResponsesBody): Ceilings | undefined {
  if ((cost ?? latency ?? undefined) === undefined) return undefined;
  return { maxCostUsd: cost ?? undefined, maxLatencyMs: latency ?? undefined };
}

function keptOf({ body, input, pen }: Visit, opening: Opening, text: string | undefined): Kept | undefined {
  const response = text === undefined ? pen.ended : wholeOf(text, pen);
  if (!response) return undefined;
  const id = opening.id ?? response.id;
  return {
    response: {
      ...response,
      id,
      // What passed was said to OpenAI in our words: there nothing is stored and nothing came before.
      store: body.store ?? true,
      background: body.background ?? false,
      previous_response_id: body.previous_response_id ?? null,
    },
    input: listed(input.items, id),
  };
}

function wholeOf(text: string, pen: ResponsesPen): ResponseObject | undefined {
  const response = parsed(text);
  return isResponse(response) ? (pen.wholes.get(response.id) ?? response) : undefined;
}
