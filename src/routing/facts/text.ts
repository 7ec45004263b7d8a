import type { ChatMessage } from '../../core/chat.ts';

type Content = ChatMessage['content'];

/** The beginning of a message's text. */
export function headOf(content: Content, chars: number): string {
  if (typeof content === 'string') return content.slice(0, chars);
  if (!Array.isArray(content)) return '';
  let text = '';
  for (const part of content) {
    if (text.length >= chars) break;
    if (part.type === 'text') text += text ? `\n${part.text}` : part.text;
  }
  return text.slice(0, chars);
}

/** Whether the user says anything in it. Coding agents send reminders of their own as the user's messages. */
export function isAsk({ role, content }: ChatMessage): boolean {
  if (role !== 'user') return false;
  if (typeof content === 'string') return !isReminder(content);
  return Array.isArray(content) && content.some((part) => part.type !== 'text' || !isReminder(part.text));
}

function isReminder(text: string): boolean {
  const trimmed = text.trim();
  return trimmed === '' || (trimmed.startsWith('<system-reminder>') && trimmed.endsWith('</system-reminder>'));
}
