/** Tools and the choice among them, flat as the Responses API wants them. */
import type { Tool, ResponseCreateParams } from 'openai/resources/responses/responses';
import type { ChatRequest } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { record, text } from '../shared/refusal.ts';

type Json = Record<string, unknown>;
type ToolChoice = NonNullable<ResponseCreateParams['tool_choice']>;

export function toTools(request: ChatRequest): Tool[] {
  const tools = request.tools?.length
    ? request.tools.map((tool, index) => toTool(tool as unknown as Json, `tools.${index}`))
    : (request.functions ?? []).map((legacy) => toFunction(legacy as unknown as Json));
  return request.web_search_options ? [...tools, toWebSearch(request.web_search_options)] : tools;
}

export function toToolChoice(request: ChatRequest): ToolChoice | undefined {
  const choice = request.tool_choice ?? request.function_call ?? undefined;
  if (choice === undefined || typeof choice === 'string') return choice;
  const named = choice as unknown as Json;
  if (named.type !== 'allowed_tools')
    return flat(named.type ? named : { type: 'function', ...named }) as unknown as ToolChoice;
  const allowed = record(named.allowed_tools) ?? {};
  const tools = Array.isArray(allowed.tools) ? allowed.tools.map((tool) => flat(record(tool) ?? {})) : [];
  return { type: 'allowed_tools', mode: allowed.mode === 'required' ? 'required' : 'auto', tools };
}

function toTool(tool: Json, param: string): Tool {
  if (tool.type === 'function') return toFunction(record(tool.function) ?? {});
  if (tool.type === 'custom') return toCustom(record(tool.custom) ?? {});
  throw new GatewayError('unsupported', 'Only function and custom tools can be used in chat', {
    param: `${param}.type`,
  });
}

/** `parameters` and `strict` must be there, if only as null: what is absent would be strict. */
function toFunction({ name, description, parameters, strict }: Json): Tool {
  return {
    type: 'function',
    name: text(name) ?? '',
    ...(typeof description === 'string' && { description }),
    parameters: record(parameters) ?? null,
    strict: strict === true,
  };
}

function toCustom({ name, description, format }: Json): Tool {
  const wanted = record(format);
  const grammar = record(wanted?.grammar);
  return {
    type: 'custom',
    name: text(name) ?? '',
    ...(typeof description === 'string' && { description }),
    ...(wanted && { format: (grammar ? { type: 'grammar', ...grammar } : wanted) as unknown as { type: 'text' } }),
  };
}

function toWebSearch({
  search_context_size: size,
  user_location: place,
}: NonNullable<ChatRequest['web_search_options']>): Tool {
  return {
    type: 'web_search',
    ...(size && { search_context_size: size }),
    ...(place && { user_location: { type: 'approximate', ...place.approximate } }),
  };
}

/** `{"type":"function","function":{"name":…}}` as `{"type":"function","name":…}`. */
function flat(choice: Json): Json {
  const { type, ...rest } = choice;
  return { type, ...(record(rest[text(type) ?? '']) ?? rest) };
}
