/** A Responses request as the canonical one. What that cannot hold is named. */
import type { ChatRequest } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Warning } from '../../core/provider.ts';
import type { Notes } from '../field-names.ts';
import { isObject } from '../json.ts';
import type { Input } from './input.ts';
import { Turns } from './items.ts';
import type { ResponsesBody } from './schema.ts';
import type { Item } from './stored.ts';
import type { Origin } from './calls.ts';
import { type Choice, readChoice, Toolbox } from './tools.ts';

export interface ReadRequest {
  request: ChatRequest;
  lost: Warning[];
  /** The first field that only OpenAI's Responses can serve. */
  only: string | undefined;
  /** What the functions of the request stand for, by their names. */
  origins: ReadonlyMap<string, Origin>;
}

/** Called the same in both APIs. */
const SAME_NAME = [
  'stream',
  'temperature',
  'top_p',
  'metadata',
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'service_tier',
  'moderation',
  'extra_body',
] as const satisfies readonly (keyof ChatRequest)[];

/** Said under another name, or the door's own affair. */
const READ = new Set<string>([
  ...SAME_NAME,
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_output_tokens',
  'text',
  'reasoning',
  'include',
  'top_logprobs',
  'store',
  'previous_response_id',
  'background',
  'conversation',
  'prompt',
  // Of the client, for the client's own books.
  'client_metadata',
  // It adds characters of no meaning to streams.
  'stream_options',
  // They count calls of OpenAI's own tools, which are `only` anyway.
  'max_tool_calls',
  'max_cost_usd',
  'max_latency_ms',
]);
export const LOGPROBS = 'message.output_text.logprobs';

/** `items`: the input, earlier responses' included; the request's own begin at `from`. */
export function readRequest(
  body: ResponsesBody,
  { items, from }: Pick<Input, 'items' | 'from'>,
  places?: Notes,
): ReadRequest {
  const tools = new Toolbox(places);
  for (const [index, tool] of (body.tools ?? []).entries()) tools.add(tool, `tools.${index}`);
  const turns = turnsOf(body, tools, { items, from });
  const choice = readChoice(body.tool_choice, tools);
  const request: ChatRequest = {
    model: body.model,
    messages: turns.messages,
    ...sameFields(body),
    ...toolFields(body, tools, choice),
    ...limitOf(body),
    ...textOf(body, tools.places),
    ...reasoningOf(body),
    ...logprobsOf(body),
  };
  return {
    request,
    lost: [...tools.lost, ...turns.lost, ...lostFields(body), ...lostInside(body)],
    only: tools.only ?? choice.only ?? turns.only ?? (body.prompt ? 'prompt' : undefined),
    origins: tools.origins,
  };
}

/** Their number is nothing without them: to chat it is a 400. */
function logprobsOf({ include, top_logprobs: count }: ResponsesBody): Pick<ChatRequest, 'logprobs' | 'top_logprobs'> {
  if (!include?.includes(LOGPROBS)) return {};
  return { logprobs: true, ...(typeof count === 'number' && { top_logprobs: count }) };
}

/** Chat takes a choice among tools only with tools. */
function toolFields(
  { parallel_tool_calls: parallel }: ResponsesBody,
  { tools, webSearch }: Toolbox,
  { choice, search }: Choice,
): Pick<ChatRequest, 'tools' | 'tool_choice' | 'parallel_tool_calls' | 'web_search_options' | 'optional_fields'> {
  const hasTools = tools.length > 0;
  return {
    ...(hasTools && { tools }),
    ...(choice !== undefined && (hasTools || choice === 'required') && { tool_choice: choice }),
    ...(typeof parallel === 'boolean' && hasTools && { parallel_tool_calls: parallel }),
    ...(webSearch && { web_search_options: webSearch }),
    // Offered as a tool it may be used or not: agents offer it always.
    ...(webSearch && !search && { optional_fields: ['web_search_options'] as const }),
  };
}

function turnsOf(
  { instructions, input }: ResponsesBody,
  tools: Toolbox,
  { items, from }: { items: readonly Item[]; from: number },
): Turns {
  const turns = new Turns(tools);
  if (instructions) turns.messages.push(tools.places.note({ role: 'system', content: instructions }, 'instructions'));
  const paramOf = typeof input === 'string' ? () => 'input' : (index: number) => `input.${index}`;
  for (const [index, item] of items.entries()) turns.add(item, index < from ? STORED : paramOf(index - from));
  turns.end();
  return turns;
}

/** What came from the store has no place in the request. */
const STORED = 'previous_response_id';

function sameFields(body: ResponsesBody): Pick<ChatRequest, (typeof SAME_NAME)[number]> {
  return Object.fromEntries(
    SAME_NAME.flatMap((name) => ((body[name] ?? undefined) === undefined ? [] : [[name, body[name]]])),
  );
}

/** The older of chat's two names, which every server knows; OpenAI's dialect renames it where a model wants that. */
function limitOf({ max_output_tokens: limit }: ResponsesBody): Pick<ChatRequest, 'max_tokens'> {
  return typeof limit === 'number' ? { max_tokens: limit } : {};
}

function textOf({ text }: ResponsesBody, places: Notes): Pick<ChatRequest, 'response_format' | 'verbosity'> {
  const verbosity = text?.verbosity as ChatRequest['verbosity']; // Who does not know the word says so.
  if (isObject(text?.format) && isObject(text.format.schema)) places.note(text.format.schema, 'text.format.schema.*');
  return { ...formatOf(text?.format), ...(verbosity && { verbosity }) };
}

function formatOf(format: unknown): Pick<ChatRequest, 'response_format'> {
  if (!isObject(format) || format.type === 'text') return {};
  if (format.type === 'json_object') return { response_format: { type: 'json_object' } };
  if (format.type !== 'json_schema') {
    throw new GatewayError('invalid_request', 'A format is text, json_object or json_schema', {
      param: 'text.format.type',
    });
  }
  const { type: _, ...schema } = format;
  return { response_format: { type: 'json_schema', json_schema: schema as unknown as JsonSchema } }; // Checked by the schema.
}

type JsonSchema = Extract<NonNullable<ChatRequest['response_format']>, { type: 'json_schema' }>['json_schema'];

/** `reasoning: {}` asks for what can be seen of it, as `summary` does. */
function reasoningOf(body: ResponsesBody): Pick<ChatRequest, 'reasoning_effort' | 'reasoning'> {
  const effort = body.reasoning?.effort as ChatRequest['reasoning_effort'];
  return { ...(effort && { reasoning_effort: effort }), ...(wantsSummary(body) && { reasoning: {} }) };
}

/** OpenAI shows none unless it is asked for; `generate_summary` is the word's older form. */
export function wantsSummary({ reasoning }: ResponsesBody): boolean {
  return Boolean(reasoning?.summary ?? reasoning?.generate_summary);
}

const READ_INSIDE = { reasoning: ['effort', 'summary', 'generate_summary'], text: ['format', 'verbosity'] } as const;

/** Settings within `reasoning` and `text` that chat has no word for. */
function lostInside(body: ResponsesBody): Warning[] {
  return (['reasoning', 'text'] as const).flatMap((field) => {
    const read: readonly string[] = READ_INSIDE[field];
    const unread = Object.entries(body[field] ?? {}).filter(([name, value]) => !read.includes(name) && value !== null);
    return unread.map(([name]): Warning => ({ param: `${field}.${name}`, action: 'dropped' }));
  });
}

function lostFields(body: ResponsesBody): Warning[] {
  return Object.keys(body).flatMap((param): Warning[] => {
    const value = body[param] ?? undefined;
    if (READ.has(param) || value === undefined) return [];
    if (param === 'truncation' && value === 'disabled') return [];
    return [{ param, action: 'dropped' }];
  });
}
