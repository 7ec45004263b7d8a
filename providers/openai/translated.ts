/** What the client said to another door, for a server that is not OpenAI: strict ones refuse words beyond chat's own. */
import type { ChatMessage, ChatRequest } from '../../src/core/chat.ts';
import type { Call } from '../../src/core/provider.ts';
import { record, text } from '../shared/refusal.ts';
import { isOpenRouter } from './endpoint.ts';
import { type Fitting, shortUser } from './fit.ts';
import { unmarked, unmarkedTools, without } from './messages.ts';
import { isSilent, moveDrawn, moveToolMedia } from './moved-media.ts';

type Json = Record<string, unknown>;

/** OpenRouter knows marks for the cache, `images` and `reasoning`, whose words are ours too. */
export function fitTranslated(fitting: Fitting, call: Call, messages: ChatMessage[]): void {
  const { request, endpoint } = call;
  const { changes, warnings } = fitting;
  const knows = isOpenRouter(endpoint);
  const own = messages.map((message) => withOwnDetails(message as unknown as Json, endpoint.name));
  const said = (knows ? own : own.map(withoutMarks)) as unknown as ChatMessage[];
  const moved = moveToolMedia(knows ? said : moveDrawn(said, call, warnings));
  changes.messages = moved.filter((message) => !isSilent(message));
  if (!knows && Array.isArray(request.tools)) changes.tools = unmarkedTools(request.tools);
  Object.assign(changes, shortUser(request));
  if ('prompt_cache_options' in request) changes.prompt_cache_options = undefined;
  const failed = messages.findIndex((message) => message.is_error);
  if (failed >= 0) warnings.push({ param: `messages.${failed}.is_error`, action: 'dropped' });
  if (knows) joinReasoning(fitting, request);
  else leaveReasoning(fitting, request);
}

/** Reasoning details go only to the server that gave them. */
function withOwnDetails(message: Json, server: string): Json {
  const { reasoning_details: details } = message;
  const plain = without(message, ['is_error', 'reasoning_details']);
  const own = Array.isArray(details) ? details.filter((detail) => isOf(detail, server)) : [];
  return own.length > 0 ? { ...plain, reasoning_details: own } : plain;
}

function isOf(detail: unknown, server: string): boolean {
  return text(record(detail)?.issuer)?.startsWith(`${server}/`) ?? false;
}

function withoutMarks(message: Json): Json {
  const plain = { ...without(message, ['cache_control']) };
  const { content, tool_calls: calls } = plain;
  if (Array.isArray(content)) plain.content = content.map(unmarked);
  if (Array.isArray(calls)) plain.tool_calls = unmarkedTools(calls);
  return plain;
}

/** OpenRouter takes one measure only: "Only one of "reasoning" and "reasoning_effort" may be provided", 400. */
function joinReasoning({ changes }: Fitting, { reasoning, reasoning_effort: effort }: ChatRequest): void {
  if (!reasoning || !effort) return;
  changes.reasoning_effort = undefined;
  if (reasoning.max_tokens === undefined) changes.reasoning = { ...reasoning, effort };
}

/** A budget is told as the effort beside it; a bare wish to think is left to the model, which may know no efforts. */
function leaveReasoning({ changes, warnings }: Fitting, { reasoning, reasoning_effort: effort }: ChatRequest): void {
  if (!reasoning) return;
  changes.reasoning = undefined;
  if (reasoning.max_tokens !== undefined) warnings.push({ param: 'reasoning.max_tokens', action: 'dropped' });
  else if (reasoning.enabled && !effort) warnings.push({ param: 'reasoning', action: 'dropped' });
}
