/**
 * Signed reasoning, kept for clients that drop what they do not know.
 *
 * Claude and Gemini want their reasoning back, unchanged, on the turn that brings a tool's result. Most OpenAI clients
 * rebuild the history without it. So the router remembers it by the id of the turn's first tool call, per client key.
 */
import type { AnswerFacts } from '../core/answer.ts';
import type { ChatMessage, ChatRequest, ReasoningDetail } from '../core/chat.ts';
import type { Cache } from '../core/ports.ts';

const TTL_MS = 60 * 60_000;

export function rememberReasoning(cache: Cache, tenant: string, facts: AnswerFacts): void {
  for (const { toolCallIds, reasoningDetails } of facts.turns.values()) {
    const [first] = toolCallIds;
    if (!first || reasoningDetails.length === 0) continue;
    void cache.put(keyOf(tenant, first), JSON.stringify(reasoningDetails), TTL_MS);
  }
}

/** The request with what its assistant turns have lost; the same object if they lost nothing. */
export async function recallReasoning(cache: Cache, tenant: string, request: ChatRequest): Promise<ChatRequest> {
  const messages = await Promise.all(request.messages.map((message) => recallTurn(cache, tenant, message)));
  const changed = messages.some((message, index) => message !== request.messages[index]);
  return changed ? { ...request, messages } : request;
}

/** Whether any turn could have lost reasoning: only turns that call tools are remembered. */
export function mayLackReasoning(request: ChatRequest): boolean {
  return request.messages.some((message) => callIdOf(message) !== undefined);
}

async function recallTurn(cache: Cache, tenant: string, message: ChatMessage): Promise<ChatMessage> {
  const id = callIdOf(message);
  const known = id === undefined ? undefined : await cache.get(keyOf(tenant, id));
  return known ? { ...message, reasoning_details: JSON.parse(known) as ReasoningDetail[] } : message;
}

function callIdOf(message: ChatMessage): string | undefined {
  if (message.role !== 'assistant' || message.reasoning_details?.length) return undefined;
  return message.tool_calls?.[0]?.id;
}

function keyOf(tenant: string, callId: string): string {
  return `reasoning:${JSON.stringify([tenant, callId])}`;
}
