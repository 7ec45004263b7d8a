/** In chat only a user shows pictures: what a tool returns, or a model has drawn, follows in the user's name. */
import type { ChatMessage, ContentPart } from '../../src/core/chat.ts';
import type { Call, Warning } from '../../src/core/provider.ts';
import { record } from '../shared/refusal.ts';

type Assistant = Extract<ChatMessage, { role: 'assistant' }>;
type ToolMessage = Extract<ChatMessage, { role: 'tool' }>;

/** What stays of a message, and what of it a user shows. */
interface Divided {
  said: ChatMessage | undefined;
  shown: readonly ContentPart[];
}

export function moveToolMedia(messages: ChatMessage[]): ChatMessage[] {
  if (!messages.some(hasMedia)) return messages;
  return moveShown(messages, (message) =>
    hasMedia(message) ? { said: textOnly(message), shown: mediaOf(message) } : { said: message, shown: [] },
  );
}

/** `images` is OpenRouter's word, and ours, for what an answer has drawn. */
export function moveDrawn(messages: ChatMessage[], call: Call, warnings: Warning[]): ChatMessage[] {
  if (!messages.some((message) => imagesOf(message).length > 0)) return messages;
  return moveShown(messages, (message, index) => {
    const images = imagesOf(message);
    if (images.length === 0) return { said: message, shown: [] };
    return { said: withoutImages(message as Assistant), shown: drawnBy(images, `messages.${index}`, call, warnings) };
  });
}

/** As a user shows them: nothing where the model takes no images. The first of them is named. */
export function drawnBy(images: readonly ContentPart[], param: string, call: Call, warnings: Warning[]): ContentPart[] {
  const isTaken = call.capabilities.input.includes('image');
  if (!warnings.some((warning) => warning.param.endsWith('.images'))) {
    const note = 'moved to the next user turn';
    warnings.push({ param: `${param}.images`, ...(isTaken ? { action: 'changed', note } : { action: 'dropped' }) });
  }
  return isTaken ? [{ type: 'text', text: '(shown by the assistant)' }, ...images] : [];
}

export function imagesOf(message: ChatMessage): ContentPart[] {
  const { images } = message as { images?: unknown };
  return message.role === 'assistant' && Array.isArray(images) ? (images as ContentPart[]) : [];
}

/** Behind the results of a turn's calls, which nobody may come between. */
function moveShown(messages: ChatMessage[], divide: (message: ChatMessage, index: number) => Divided): ChatMessage[] {
  const moved: ChatMessage[] = [];
  let waiting: ContentPart[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'tool' && waiting.length > 0) {
      moved.push({ role: 'user', content: waiting });
      waiting = [];
    }
    const { said, shown } = divide(message, index);
    if (said) moved.push(said);
    waiting.push(...shown);
  }
  return waiting.length > 0 ? [...moved, { role: 'user', content: waiting }] : moved;
}

/** Undefined where nothing else was said. */
function withoutImages(message: Assistant): Assistant | undefined {
  const { images: _, ...said } = message as Assistant & { images?: unknown };
  return isSilent(said) ? undefined : said;
}

/** Thoughts alone, or nothing: to OpenAI and others such a message is a 400. */
export function isSilent(message: ChatMessage): boolean {
  if (message.role !== 'assistant' || imagesOf(message).length > 0) return false;
  const { content, refusal, audio, tool_calls: calls, function_call: called } = message;
  return !(content?.length || refusal || audio || calls?.length || called);
}

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
