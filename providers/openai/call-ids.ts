import type { ChatMessage } from '../../src/core/chat.ts';
import type { Call } from '../../src/core/provider.ts';

/**
 * The server's own id of a call, unless it has none or has had it before: some count from `call_0` in every turn, and
 * clients of other doors (Claude Code) tell calls and their results apart by nothing else.
 */
export function callIds(call: Call): (given: string) => string {
  let taken: Set<string> | undefined;
  return (given) => {
    taken ??= new Set(call.request.messages.flatMap(idsOf));
    const id = given === '' || taken.has(given) ? call.newId() : given;
    taken.add(id);
    return id;
  };
}

function idsOf(message: ChatMessage): string[] {
  return message.role === 'assistant' ? (message.tool_calls ?? []).map(({ id }) => id) : [];
}
