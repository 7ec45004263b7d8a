/** The rules about order: who speaks when, and which result stands behind which call. */
import type { Block, TextBlock, ToolCallBlock, ToolResultBlock, Turn } from './conversation.ts';
import type { Said } from './messages.ts';
import { invalid } from './parts.ts';
import type { PartBlock } from './parts.ts';
import type { Reading } from './reading.ts';
import { warn } from './reading.ts';

type Spoken = Extract<Said, { role: 'assistant' }>;
type Heard = Exclude<Said, Spoken>;

/** Neighbours on one side of the conversation. */
type Run = { side: 'assistant'; said: Spoken[] } | { side: 'user'; said: Heard[] };

/** Calls of the last assistant turn that wait for their results, by id, and who made them. */
type OpenCalls = Map<string, { call: ToolCallBlock; index: number }>;

/** Turns that alternate, with every result in the turn right behind its call. */
export function toTurns(said: readonly Said[], reading: Reading): Turn[] {
  const turns: Turn[] = [];
  let open: OpenCalls = new Map();
  let moved: PartBlock[] = [];
  for (const run of toRuns(said)) {
    if (run.side === 'assistant') {
      open = callsOf(run.said);
      moved = run.said.flatMap((one) => one.moved);
      turns.push(...assistantTurns(run.said, reading));
    } else {
      turns.push(...userTurns(run.said, [...takeResults(run.said, open), ...moved], reading));
      open = new Map();
      moved = [];
    }
  }
  requireAnswered(open);
  if (moved.length > 0) turns.push({ role: 'user', blocks: moved });
  return turns.filter((turn) => turn.blocks.length > 0);
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

function isSilent(blocks: readonly Block[]): boolean {
  return blocks.every((block) => block.type === 'reasoning');
}

function assistantTurns(said: readonly Spoken[], reading: Reading): Turn[] {
  if (reading.rules.mergeable === false) {
    const loud = said.filter((one) => !isSilent(one.blocks));
    return loud.map((one) => ({ role: 'assistant', blocks: one.blocks }));
  }
  const blocks = said.flatMap((one) => one.blocks);
  if (isSilent(blocks)) return [];
  const ordered = [
    ...blocks.filter((block) => block.type === 'reasoning'),
    ...blocks.filter((block) => block.type !== 'reasoning' && block.type !== 'tool_call'),
    ...blocks.filter((block) => block.type === 'tool_call'),
  ];
  return [{ role: 'assistant', blocks: ordered }];
}

function callsOf(said: readonly Spoken[]): OpenCalls {
  const open: OpenCalls = new Map();
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
function userTurns(said: readonly Heard[], first: Block[], reading: Reading): Turn[] {
  const late = trailingSystem(said, reading);
  const heard = said.slice(0, said.length - late.length).map((one) => toBlocks(one, reading));
  const turns: Turn[] =
    reading.rules.mergeable === false
      ? [first, ...heard].map((blocks) => ({ role: 'user', blocks }))
      : [{ role: 'user', blocks: [...first, ...heard.flat()] }];
  return [...turns, { role: 'system', blocks: late.flat() }];
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
