/** The rules about order: who speaks when, and which result stands behind which call. */
import type { Block, TextBlock, ToolCallBlock, ToolResultBlock, Turn } from './conversation.ts';
import type { Said } from './messages.ts';
import { invalid, isSilent } from './parts.ts';
import type { PartBlock } from './parts.ts';
import type { Reading } from './reading.ts';
import { warn } from './reading.ts';

type Spoken = Extract<Said, { role: 'assistant' }>;
type Heard = Exclude<Said, Spoken>;

/** Neighbours on one side of the conversation. */
type Run = { side: 'assistant'; said: Spoken[] } | { side: 'user'; said: Heard[] };

/** Calls of the last assistant turn that wait for their results, by id, and who made them. */
type OpenCalls = ReadonlyMap<string, { call: ToolCallBlock; index: number }>;

const NO_CALLS: OpenCalls = new Map();

/** Turns that alternate, with every result in the turn right behind its call. */
export function toTurns(said: readonly Said[], reading: Reading): Turn[] {
  const turns: Turn[] = [];
  let open = NO_CALLS;
  let moved: PartBlock[] = [];
  for (const run of toRuns(said)) {
    if (run.side === 'assistant') {
      open = callsOf(run.said);
      moved = run.said.flatMap((one) => one.moved);
      addAssistant(turns, run.said, reading);
    } else {
      addUser(turns, run.said, [...takeResults(run.said, open), ...moved], reading);
      open = NO_CALLS;
      moved = [];
    }
  }
  requireAnswered(open);
  addTurn(turns, 'user', moved);
  return turns;
}

function addTurn(turns: Turn[], role: Turn['role'], blocks: Block[]): void {
  if (blocks.length > 0) turns.push({ role, blocks });
}

function toRuns(said: readonly Said[]): Run[] {
  const runs: Run[] = [];
  for (const one of said) {
    const spoken = one.role === 'assistant';
    if (!spoken) dropSilence(runs);
    const last = runs.at(-1);
    if (spoken && last?.side === 'assistant') last.said.push(one);
    else if (spoken) runs.push({ side: 'assistant', said: [one] });
    else if (last?.side === 'user') last.said.push(one);
    else runs.push({ side: 'user', said: [one] });
  }
  dropSilence(runs);
  return runs;
}

/** Thoughts without a word or a call are no turn; the user's words around them are one. */
function dropSilence(runs: Run[]): void {
  const last = runs.at(-1);
  if (last?.side === 'assistant' && last.said.every((one) => isSilent(one.blocks))) runs.pop();
}

const RANK: Readonly<Partial<Record<Block['type'], number>>> = { reasoning: 0, tool_call: 2 };

const rankOf = ({ type }: Block): number => RANK[type] ?? 1;

function addAssistant(turns: Turn[], said: readonly Spoken[], reading: Reading): void {
  const [first] = said;
  if (first && said.length === 1) return addTurn(turns, 'assistant', first.blocks); // In order as it was read.
  if (reading.rules.mergeable === false) {
    for (const { blocks } of said) if (!isSilent(blocks)) addTurn(turns, 'assistant', blocks);
    return;
  }
  const blocks = said.flatMap((one) => one.blocks).sort((a, b) => rankOf(a) - rankOf(b));
  addTurn(turns, 'assistant', blocks);
}

function callsOf(said: readonly Spoken[]): OpenCalls {
  if (said.every(({ blocks }) => blocks.at(-1)?.type !== 'tool_call')) return NO_CALLS; // A message's calls are last.
  const open = new Map<string, { call: ToolCallBlock; index: number }>();
  for (const { blocks, index } of said) {
    for (const call of blocks) {
      if (call.type !== 'tool_call') continue;
      if (open.has(call.id)) throw invalid('Two tool calls have the same id', `messages.${index}.tool_calls`);
      open.set(call.id, { call, index });
    }
  }
  return open;
}

/** The results of a run in the order of their calls: no call without one, none without a call, none twice. */
function takeResults(said: readonly Heard[], open: OpenCalls): ToolResultBlock[] {
  if (open.size === 0 && said.every((one) => one.role !== 'result')) return [];
  const results = new Map<string, ToolResultBlock>();
  for (const one of said) {
    if (one.role !== 'result') continue;
    const { param, ...answer } = one.result;
    const made = open.get(answer.id);
    if (!made) throw invalid('This result answers no call of the assistant message before it', param);
    if (results.has(answer.id)) throw invalid('This call has a result already', param);
    results.set(answer.id, { type: 'tool_result', name: made.call.name, ...answer });
  }
  requireAnswered(open, results);
  return [...open.keys()].flatMap((id) => results.get(id) ?? []);
}

function requireAnswered(open: OpenCalls, results?: ReadonlyMap<string, ToolResultBlock>): void {
  for (const [id, { index }] of open) {
    if (!results?.has(id)) throw invalid('A tool call has no result', `messages.${index}.tool_calls`);
  }
}

/** `first` are the results and whatever else must open the user's turn. */
function addUser(turns: Turn[], said: readonly Heard[], first: Block[], reading: Reading): void {
  const late = trailingSystem(said, reading);
  const heard = late.length > 0 ? said.slice(0, -late.length) : said;
  if (reading.rules.mergeable === false) {
    addTurn(turns, 'user', first);
    for (const one of heard) addTurn(turns, 'user', toBlocks(one, reading));
  } else {
    for (const one of heard) for (const block of toBlocks(one, reading)) first.push(block);
    addTurn(turns, 'user', first);
  }
  addTurn(turns, 'system', late.flat());
}

/** A system turn must follow a user's and be last or come before an assistant's (Anthropic). */
function trailingSystem(said: readonly Heard[], reading: Reading): TextBlock[][] {
  if (!reading.call.capabilities.lateSystem) return [];
  const lastOther = said.findLastIndex((one) => one.role !== 'system');
  if (lastOther < 0) return [];
  return said.slice(lastOther + 1).flatMap((one) => (one.role === 'system' ? [one.blocks] : []));
}

function toBlocks(one: Heard, reading: Reading): Block[] {
  if (one.role === 'user') return one.blocks;
  return one.role === 'system' ? [reminder(one.blocks, one.index, reading)] : [];
}

/** In place, never moved to the front: that would change what the instruction refers to, and the cached prefix. */
function reminder(blocks: readonly TextBlock[], index: number, reading: Reading): TextBlock {
  warn(reading, { param: `messages.${index}`, action: 'emulated', note: 'late system message sent as user text' });
  const words = blocks.map((block) => block.text).join('\n');
  const cache = blocks.findLast((block) => block.cache)?.cache;
  return { type: 'text', text: `<system-reminder>\n${words}\n</system-reminder>`, ...(cache && { cache }) };
}
