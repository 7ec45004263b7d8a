/** What a request says, whichever way its wire cuts it. */
import type { ChatMessage, ChatRequest } from '../../src/core/chat.ts';

type Said = { role: string; is: string; what: unknown };

/** Speakers and their words in order. Ids are numbers of calls; neighbouring texts of one speaker are one. */
export function saidBy(messages: readonly ChatMessage[]): Said[] {
  const ids = new Map<string, number>();
  const all = messages.flatMap((message) => wordsOf(message, ids));
  return all.reduce<Said[]>((said, next) => {
    const last = said.at(-1);
    if (last?.role === next.role && last.is === 'text' && next.is === 'text')
      last.what = String(last.what) + String(next.what);
    else said.push({ ...next });
    return said;
  }, []);
}

function wordsOf(message: ChatMessage, ids: Map<string, number>): Said[] {
  const { role, content } = message;
  if (role === 'tool') {
    return [{ role, is: 'result', what: [ids.get(message.tool_call_id), textOf(content)] }];
  }
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : (content ?? []);
  const said = parts.map((part): Said => {
    if (part.type === 'text') return { role, is: 'text', what: part.text };
    if (part.type === 'image_url') return { role, is: 'image', what: part.image_url.url };
    return { role, is: 'file', what: part.type === 'file' ? part.file.file_data : part.type };
  });
  if (role !== 'assistant') return said;
  const calls = (message.tool_calls ?? []).map((call): Said => {
    ids.set(call.id, ids.size);
    return { role, is: 'call', what: call.type === 'function' ? [call.function.name, parsed(call)] : call };
  });
  return [...said, ...calls];
}

function parsed(call: { function: { arguments: string } }): unknown {
  return JSON.parse(call.function.arguments);
}

function textOf(content: ChatMessage['content']): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => (part.type === 'text' ? part.text : part.type)).join('');
}

/** Beside the messages, by chat's names; what its fields are called twice, once. */
export function settingsOf(request: ChatRequest): Record<string, unknown> {
  const { temperature, top_p, top_k, stop, seed, parallel_tool_calls, tool_choice, response_format: format } = request;
  return {
    max_tokens: request.max_tokens ?? request.max_completion_tokens ?? undefined,
    temperature: temperature ?? undefined,
    top_p: top_p ?? undefined,
    top_k: top_k ?? undefined,
    stop: stop ?? undefined,
    seed: seed ?? undefined,
    parallel_tool_calls: parallel_tool_calls === false && tool_choice !== 'none' ? false : undefined,
    tool_choice: tool_choice === 'auto' ? undefined : (tool_choice ?? undefined),
    response_format: format?.type === 'json_schema' ? format.json_schema.schema : undefined,
    tools: request.tools?.map((tool) =>
      tool.type === 'function' ? [tool.function.name, tool.function.description, tool.function.parameters] : tool.type,
    ),
  };
}
