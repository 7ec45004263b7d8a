import type { ChatMessage, ContentPart } from '../../src/core/chat.ts';
import { record } from '../shared/refusal.ts';

/** A tool's result may only be text in chat, so its pictures follow in the user's name. */
export function moveToolMedia(messages: ChatMessage[]): ChatMessage[] {
  if (!messages.some(hasMedia)) return messages;
  const moved: ChatMessage[] = [];
  let waiting: ContentPart[] = [];
  for (const message of messages) {
    if (message.role !== 'tool' && waiting.length > 0) {
      moved.push({ role: 'user', content: waiting });
      waiting = [];
    }
    moved.push(hasMedia(message) ? textOnly(message) : message);
    if (hasMedia(message)) waiting.push(...mediaOf(message));
  }
  return waiting.length > 0 ? [...moved, { role: 'user', content: waiting }] : moved;
}

type ToolMessage = Extract<ChatMessage, { role: 'tool' }>;

function hasMedia(message: ChatMessage): message is ToolMessage {
  return message.role === 'tool' && Array.isArray(message.content) && message.content.some((part) => !isText(part));
}

function textOnly(message: ToolMessage): ToolMessage {
  const parts = typeof message.content === 'string' ? [] : message.content.filter(isText);
  return { ...message, content: parts.length > 0 ? parts : '(see the next user message)' };
}

function mediaOf({ content, tool_call_id: id }: ToolMessage): ContentPart[] {
  const parts = typeof content === 'string' ? [] : (content as ContentPart[]).filter((part) => !isText(part));
  return [{ type: 'text', text: `(returned by tool call ${id})` }, ...parts];
}

function isText(part: unknown): boolean {
  return record(part)?.type === 'text';
}
