import { type Ask, cachedPrompt, promptTokens, type ToolOffer } from '../ask.ts';
import { gptOf, isReasoning } from '../gpt.ts';
import { readShape } from '../shape.ts';
import { checkChat } from './chat-rules.ts';
import { type ChatBody, type ChatBodyMessage, chatShape } from './chat-shape.ts';
import { modelNotFound, rejectShape } from './errors.ts';

/** Below this OpenAI caches nothing. */
export const LEAST_CACHED_TOKENS = 1024;

export function readChat(given: unknown): { body: ChatBody; ask: Ask } {
  const body = readShape(chatShape, given ?? {}, rejectShape);
  const gpt = gptOf(body.model);
  if (!gpt) throw modelNotFound(body.model);
  checkChat(body, gpt);
  const { mode, tools } = toolsOf(body);
  const format = body.response_format;
  const ask: Ask = {
    dialect: 'openai',
    model: body.model,
    system: body.messages.flatMap((message) => (isSystem(message) ? [textOf(message)] : [])).join('\n'),
    ...lastTurn(body.messages),
    tools,
    toolMode: mode,
    parallel: body.parallel_tool_calls ?? !body.functions,
    json: format && format.type !== 'text' ? jsonOf(format) : undefined,
    thinks: isReasoning(gpt, body.reasoning_effort),
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? undefined,
    stop: typeof body.stop === 'string' ? [body.stop] : (body.stop ?? []),
    prompt: promptOf(body),
  };
  return { body, ask };
}

function jsonOf(format: NonNullable<ChatBody['response_format']>): Ask['json'] {
  const schema = format.type === 'json_schema' ? format.json_schema.schema : undefined;
  return schema ? { schema } : {};
}

function toolsOf(body: ChatBody): { mode: Ask['toolMode']; tools: ToolOffer[] } {
  const { tools = [], functions = [], tool_choice: choice, function_call: legacy } = body;
  const offers = [...tools.map(toOffer), ...functions.map((one) => toOffer({ type: 'function', function: one }))];
  const only = (names: unknown[]): ToolOffer[] => offers.filter(({ name }) => names.includes(name));
  if (legacy)
    return typeof legacy === 'string'
      ? { mode: legacy, tools: offers }
      : { mode: 'required', tools: only([legacy.name]) };
  if (!choice || typeof choice === 'string') return { mode: choice ?? 'auto', tools: offers };
  switch (choice.type) {
    case 'function':
      return { mode: 'required', tools: only([choice.function.name]) };
    case 'custom':
      return { mode: 'required', tools: only([choice.custom.name]) };
    case 'allowed_tools':
      return { mode: choice.allowed_tools.mode, tools: only(choice.allowed_tools.tools.map(allowedName)) };
  }
}

function allowedName(tool: Record<string, unknown>): unknown {
  const inner = tool['function'] ?? tool['custom'];
  return typeof inner === 'object' && inner !== null && 'name' in inner ? inner.name : tool['name'];
}

function toOffer(tool: NonNullable<ChatBody['tools']>[number]): ToolOffer {
  if (tool.type === 'custom') return { name: tool.custom.name, description: tool.custom.description, custom: true };
  const { name, description, parameters } = tool.function;
  return { name, description: description ?? undefined, schema: parameters ?? {} };
}

function lastTurn(messages: readonly ChatBodyMessage[]): Pick<Ask, 'said' | 'attachments' | 'results'> {
  const user = messages.findLast(({ role }) => role === 'user');
  const parts = user?.role === 'user' && typeof user.content !== 'string' ? user.content : [];
  const answered = messages.findLastIndex(({ role }) => role !== 'tool' && role !== 'function');
  const names = new Map<string, string>();
  for (const message of messages) {
    if (message.role !== 'assistant') continue;
    for (const call of message.tool_calls ?? [])
      names.set(call.id, (call.type === 'function' ? call.function : call.custom).name);
  }
  return {
    said: user ? textOf(user) : '',
    attachments: parts.filter(({ type }) => type !== 'text').length,
    results: messages.slice(answered + 1).map((message) => ({
      name: message.role === 'tool' ? (names.get(message.tool_call_id) ?? '') : (message.name ?? ''),
      text: textOf(message),
    })),
  };
}

function isSystem({ role }: ChatBodyMessage): boolean {
  return role === 'system' || role === 'developer';
}

function textOf({ content }: ChatBodyMessage): string {
  if (typeof content === 'string') return content;
  return (content ?? []).flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

function promptOf({ messages, tools }: ChatBody): Ask['prompt'] {
  const total = promptTokens([messages, tools]);
  return cachedPrompt(
    total,
    total >= LEAST_CACHED_TOKENS,
    messages.some(({ role }) => role === 'assistant'),
  );
}
