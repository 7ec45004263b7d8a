import type { ChatMessage, ChatRequest } from '../core/chat.ts';

/** What the user wants now, without what the client's software put around it. */
export interface Ask {
  /** Beginning and end of a very long ask. */
  text: string;
  /** Characters of the whole ask. */
  length: number;
  /** Images, files and sound. */
  media: number;
}

/** Enough to judge by; also bounds the work. */
const HEAD = 6_000;
const TAIL = 4_000;
/** How far back a short follow-up looks for what it follows. */
const MAX_ASKS = 4;

/** The last message of the user; if it is short, together with the ones before it. */
export function lastAsk(request: ChatRequest, shorterThan: number): Ask {
  const ask: Ask = { text: '', length: 0, media: 0 };
  let asks = 0;
  for (let index = request.messages.length - 1; index >= 0 && asks < MAX_ASKS; index -= 1) {
    const message = request.messages[index];
    if (message?.role !== 'user') continue;
    asks += 1;
    const text = withoutReminders(textOf(message.content));
    ask.length += text.length;
    ask.text = ask.text ? `${shortened(text)}\n${ask.text}` : shortened(text);
    ask.media += mediaOf(message.content);
    if (ask.length >= shorterThan) break;
  }
  return ask;
}

/** The door lets `null` through: some clients send it for nothing. */
type Content = Extract<ChatMessage, { role: 'user' }>['content'] | null | undefined;

function mediaOf(content: Content): number {
  return Array.isArray(content) ? content.filter(({ type }) => type !== 'text').length : 0;
}

function textOf(content: Content): string {
  if (typeof content === 'string') return content;
  let text = '';
  for (const part of content ?? []) if (part.type === 'text') text += text ? `\n${part.text}` : part.text;
  return text;
}

const OPEN = '<system-reminder>';
const CLOSE = '</system-reminder>';

/** Coding agents put instructions of their own into the user's messages. */
function withoutReminders(text: string): string {
  let kept = '';
  let from = 0;
  for (let open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, from)) {
    const close = text.indexOf(CLOSE, open);
    if (close < 0) return kept + text.slice(from, open);
    kept += text.slice(from, open);
    from = close + CLOSE.length;
  }
  return from === 0 ? text : kept + text.slice(from);
}

function shortened(text: string): string {
  return text.length <= HEAD + TAIL ? text : `${text.slice(0, HEAD)}\n${text.slice(-TAIL)}`;
}
