import type { Turn } from './conversation.ts';
import { type Reading, warn } from './reading.ts';

/** Claude answers 400 to an id that two calls have, and some servers count their calls anew in every turn. */
export function makeIdsUnique(turns: readonly Turn[], reading: Reading): void {
  const taken = new Set<string>();
  let renamed = new Map<string, string>();
  for (const { role, blocks } of turns) {
    if (role === 'assistant') renamed = new Map();
    for (const block of blocks) {
      if (block.type === 'tool_result') block.id = renamed.get(block.id) ?? block.id;
      if (block.type !== 'tool_call') continue;
      const id = freeId(block.id, taken);
      if (id !== block.id) warn(reading, { param: 'messages', action: 'changed', note: 'two calls had one id' });
      taken.add(id);
      renamed.set(block.id, id);
      block.id = id;
    }
  }
}

/** The same for the same history, so that caches stay warm. */
function freeId(id: string, taken: ReadonlySet<string>): string {
  let free = id;
  for (let count = 2; taken.has(free); count++) free = `${id}_${count}`;
  return free;
}
