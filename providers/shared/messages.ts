/** OpenAI's messages one by one, in their new and old forms, before any rule about their order. */
import { readAssistant } from './assistant.ts';
import type { Spoken } from './assistant.ts';
import type { TextBlock } from './conversation.ts';
import { invalid, isSilent, markLast, readContent, readText } from './parts.ts';
import type { PartBlock } from './parts.ts';
import type { Reading } from './reading.ts';
import { warn } from './reading.ts';
import { record } from './refusal.ts';
import { readFunctionResult, readResult } from './tool-calls.ts';
import type { ToolAnswer } from './tool-calls.ts';

/** What one message says, and its number in the request. */
export type Said = { index: number } & (
  | { role: 'system'; blocks: TextBlock[] }
  | { role: 'user'; blocks: PartBlock[] }
  | ({ role: 'assistant' } & Spoken)
  | { role: 'result'; result: ToolAnswer }
);

type Message = Record<string, unknown>;

/** Messages that say nothing are left out, except a user's: that is a mistake. */
export function readMessages(reading: Reading): Said[] {
  const messages: unknown = reading.call.request.messages;
  if (!Array.isArray(messages) || messages.length === 0) throw invalid('There must be a message', 'messages');
  const said: Said[] = [];
  for (let index = 0; index < messages.length; index++) {
    const message = record(messages[index]);
    if (!message) throw invalid('A message is an object', `messages.${index}`);
    const one = readMessage(message, index, reading);
    if (one.role === 'result' || one.blocks.length > 0) said.push(one);
  }
  warnOfNames(messages as Message[], reading);
  return said;
}

function readMessage(message: Message, index: number, reading: Reading): Said {
  const param = `messages.${index}`;
  switch (message['role']) {
    case 'system':
    case 'developer':
      return { role: 'system', index, blocks: readSystem(message, param) };
    case 'user':
      return { role: 'user', index, blocks: readUser(message, param) };
    case 'assistant':
      return asSaid(index, readAssistant(message, param, reading));
    case 'tool':
      return { role: 'result', index, result: readResult(message, param) };
    case 'function':
      return { role: 'result', index, result: readFunctionResult(message, param, reading) };
    default:
      throw invalid('There is no such role', `${param}.role`);
  }
}

/** Where nothing is left but media that only a user may show, the user shows it. */
function asSaid(index: number, spoken: Spoken): Said {
  const { blocks, moved } = spoken;
  if (moved.length > 0 && isSilent(blocks)) return { role: 'user', index, blocks: moved };
  return { role: 'assistant', index, blocks, moved };
}

function readSystem(message: Message, param: string): TextBlock[] {
  const blocks = readText(message, param);
  markLast(blocks, message);
  return blocks;
}

function readUser(message: Message, param: string): PartBlock[] {
  const blocks = readContent(message, param);
  if (blocks.length === 0) throw invalid('A user message is empty', `${param}.content`);
  markLast(blocks, message);
  return blocks;
}

/** Without a field for names one speaker's name says nothing, but several would have told them apart. */
function warnOfNames(messages: readonly Message[], reading: Reading): void {
  const named = messages.filter(({ role, name }) => typeof name === 'string' && role !== 'tool' && role !== 'function');
  const other = named.find(({ name }) => name !== named[0]?.['name']);
  if (!other) return;
  const param = `messages.${messages.indexOf(other)}.name`;
  warn(reading, { param, action: 'dropped', note: 'no field for names' });
}
