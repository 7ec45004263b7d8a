/** The conversation: what Anthropic says in one message of blocks, the chat says in one message a speaker. */
import type { ChatMessage, ContentPart, ReasoningDetail } from '../../core/chat.ts';
import { isSealed, unseal } from '../capsule.ts';
import type {
  Block,
  Message,
  MessagesBody,
  RedactedThinkingBlock,
  ThinkingBlock,
  ToolResultBlock,
  ToolUseBlock,
} from './body.ts';
import { asContent, type Content, mark, toPart, toParts, toText } from './content.ts';
import { type Findings, invalid } from './findings.ts';

/** As the Claude of every platform signs it, and every dialect of it replays it. */
export const CLAUDE_FORMAT = 'anthropic-claude-v1';

export function toMessages({ system, messages }: MessagesBody, findings: Findings): ChatMessage[] {
  const said = messages.flatMap((message, index) => toTurn(message, `messages.${index}`, findings));
  notePause(messages, findings);
  return [...toSystem(system ?? '', 'system', findings), ...said];
}

/** A turn that paused among Anthropic's own tools (`pause_turn`) goes on from their blocks, which nobody else can read. */
function notePause(messages: readonly Message[], findings: Findings): void {
  const last = messages.at(-1);
  if (findings.ours || last?.role !== 'assistant' || typeof last.content === 'string') return;
  const block = last.content.findLastIndex(({ type }) => PAST.test(type));
  if (block >= 0) findings.needsAnthropic(`messages.${messages.length - 1}.content.${block}.type`);
}

function toSystem(content: string | readonly Block[], at: string, findings: Findings): ChatMessage[] {
  if (content === '') return [];
  const said = typeof content === 'string' ? content : toInstructions(content, at, findings);
  return said.length === 0 ? [] : [findings.places.note({ role: 'system', content: said } as ChatMessage, at)];
}

function toInstructions(blocks: readonly Block[], at: string, findings: Findings): Content {
  return asContent(blocks.flatMap((block, index) => toInstruction(block, `${at}.${index}`, findings)));
}

/** Tools that come and go: elsewhere all of them are there all the time, but for those that are defined only here. */
function toInstruction(block: Block | ToolChange, at: string, findings: Findings): ContentPart[] {
  switch (block.type) {
    case 'text':
      return [toText(block, at, findings)];
    case 'tool_addition':
    case 'tool_removal':
      if (block.tool?.type === 'tool_definition') findings.needsAnthropic(`${at}.tool`);
      else findings.dropped(at, block.type);
      return [];
    default:
      throw invalid(`${at}.type`, 'instructions are text');
  }
}

interface ToolChange {
  type: 'tool_addition' | 'tool_removal';
  tool?: { type?: string };
}

/** It may also change settings from here on. */
function toLateSystem(message: Extract<Message, { role: 'system' }>, at: string, findings: Findings): ChatMessage[] {
  const { role: _, content, ...rest } = message;
  for (const [field, value] of Object.entries(rest)) if (value ?? false) findings.dropped(`${at}.${field}`);
  return toSystem(content ?? '', `${at}.content`, findings);
}

function toTurn(message: Message, at: string, findings: Findings): ChatMessage[] {
  if (message.role === 'system') return toLateSystem(message, at, findings);
  const { role, content } = message;
  if (typeof content === 'string') {
    if (content === '' && role === 'user') throw invalid(`${at}.content`, 'a user message must not be empty');
    return [findings.places.note({ role, content }, `${at}.content`)];
  }
  if (role === 'assistant') return toAssistant(content, `${at}.content`, findings);
  return toUser(content, `${at}.content`, findings);
}

/** Results first: they answer the turn before. */
function toUser(blocks: readonly Block[], at: string, findings: Findings): ChatMessage[] {
  if (blocks.length === 0) throw invalid(at, 'a user message must not be empty');
  const results: ChatMessage[] = [];
  const parts: ContentPart[] = [];
  for (const [index, block] of blocks.entries()) {
    if (block.type === 'tool_result') results.push(toResult(block, `${at}.${index}`, findings));
    else parts.push(...toPart(block, `${at}.${index}`, findings));
  }
  if (parts.length > 0) results.push(findings.places.note({ role: 'user', content: asContent(parts) }, at));
  return results;
}

function toResult(block: ToolResultBlock, at: string, findings: Findings): ChatMessage {
  const { tool_use_id: id, content } = block;
  const said = typeof content === 'string' ? content : asContent(toParts(content ?? [], `${at}.content`, findings));
  const result = {
    role: 'tool',
    tool_call_id: id,
    content: said.length === 0 ? '' : said,
    ...(block.is_error && { is_error: true }),
    ...mark(block),
  };
  return findings.places.note(result as ChatMessage, at); // OpenAI's type has no images here; every dialect takes them.
}

/** An assistant's turn while it is read. */
interface Spoken {
  parts: ContentPart[];
  calls: object[];
  details: ReasoningDetail[];
  thoughts: string;
}

function toAssistant(blocks: readonly Block[], at: string, findings: Findings): ChatMessage[] {
  const spoken: Spoken = { parts: [], calls: [], details: [], thoughts: '' };
  for (const [index, block] of blocks.entries()) addSpoken(spoken, block, `${at}.${index}`, findings);
  const { parts, calls, details, thoughts } = spoken;
  if (parts.length + calls.length + details.length === 0 && thoughts === '') return [];
  const message = {
    role: 'assistant',
    content: parts.length > 0 ? asContent(parts) : null,
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(thoughts && { reasoning_content: thoughts }),
    ...(details.length > 0 && { reasoning_details: details }),
  };
  return [findings.places.note(message as ChatMessage, at)];
}

function addSpoken(spoken: Spoken, block: Block, at: string, findings: Findings): void {
  switch (block.type) {
    case 'text':
      spoken.parts.push(toText(block, at, findings));
      return;
    case 'tool_use':
      spoken.calls.push(toCall(block, at, findings));
      return;
    case 'thinking':
      return addThought(spoken, block, findings);
    case 'redacted_thinking':
      return addHidden(spoken, block, findings);
    case 'image':
    case 'document':
    case 'search_result':
    case 'tool_result':
    case 'tool_reference':
      throw invalid(at, `a block of type ${block.type} cannot stand in an assistant's turn`);
    default:
      noteForeign((block as { type: string }).type, at, findings);
  }
}

/** Anthropic's tools have run, and what they found went into the text behind them. */
const PAST = /^(server_tool_use|mcp_tool_use|.+_tool_result)$/;

function noteForeign(type: string, at: string, findings: Findings): void {
  if (PAST.test(type)) findings.dropped(at, type);
  else findings.needsAnthropic(`${at}.type`); // `compaction`: without it the conversation has no beginning.
}

function toCall(block: ToolUseBlock, at: string, findings: Findings): object {
  const { id, name, input, caller, toolset_name: toolset } = block;
  if (toolset) findings.needsAnthropic(`${at}.toolset_name`);
  if (caller?.type !== undefined && caller.type !== 'direct') findings.needsAnthropic(`${at}.caller`);
  const call = { id, type: 'function', function: { name, arguments: JSON.stringify(input) }, ...mark(block) };
  return findings.places.note(call, at);
}

function addThought(spoken: Spoken, { thinking, signature }: ThinkingBlock, findings: Findings): void {
  spoken.thoughts += thinking;
  if (signature === '' || isSealed(signature)) addOurs(spoken, signature, findings);
  else spoken.details.push({ type: 'reasoning.text', text: thinking, signature, ...origin(spoken) });
}

function addHidden(spoken: Spoken, { data }: RedactedThinkingBlock, findings: Findings): void {
  if (isSealed(data)) addOurs(spoken, data, findings);
  else spoken.details.push({ type: 'reasoning.encrypted', data, ...origin(spoken) });
}

function addOurs(spoken: Spoken, capsule: string, findings: Findings): void {
  findings.ours = true;
  spoken.details.push(...(unseal(capsule) ?? []));
}

function origin({ details }: Spoken): Pick<ReasoningDetail, 'format' | 'index'> {
  return { format: CLAUDE_FORMAT, index: details.length };
}
