import type { CacheControlEphemeral } from '@anthropic-ai/sdk/resources/messages';
import type { ChatRequest } from '../../src/core/chat.ts';
import type { Warning } from '../../src/core/provider.ts';
import type { CacheMark } from '../shared/cache.ts';
import { changed, dropped, type MessagesBody, type Part } from './body.ts';

/** Anthropic answers 400 to a fifth. The automatic one counts. */
const MAX_MARKS = 4;

export function toCacheControl(mark: CacheMark | undefined): { cache_control?: CacheControlEphemeral } {
  if (!mark) return {};
  return { cache_control: mark.ttl === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' } };
}

/** OpenAI caches by itself; a client that says how long wants the same here. `explicit` wants only its own marks. */
export function toAutomaticCaching(request: ChatRequest): Part {
  const { prompt_cache_options: options, prompt_cache_retention: retention } = request;
  if (options?.mode === 'explicit' || (!options && !retention)) return {};
  return { fields: toCacheControl({ ttl: options?.ttl || retention === '24h' ? '1h' : '5m' }) };
}

interface Marked {
  cache_control?: CacheControlEphemeral | null;
}

/** Brings the marks of a finished body under Anthropic's rules: the last four, and never a longer life after a shorter. */
export function settleMarks(body: MessagesBody): Warning[] {
  const marked = markedBlocks(body).filter(({ cache_control: mark }) => mark);
  const room = body.cache_control ? MAX_MARKS - 1 : MAX_MARKS;
  const surplus = marked.splice(0, Math.max(0, marked.length - room));
  for (const block of surplus) delete block.cache_control;
  const inOrder = body.cache_control ? [...marked, body] : marked;
  const firstShort = inOrder.findIndex(({ cache_control: mark }) => mark?.ttl !== '1h');
  const late = firstShort < 0 ? [] : inOrder.slice(firstShort).filter(({ cache_control: mark }) => mark?.ttl === '1h');
  for (const block of late) block.cache_control = { type: 'ephemeral' };
  return [
    ...(surplus.length > 0 ? [dropped('cache_control', `only the last ${room} are kept`)] : []),
    ...(late.length > 0 ? [changed('cache_control', 'a 1h mark after a 5m mark becomes 5m')] : []),
  ];
}

/** In the order that Anthropic reads a prompt. */
function markedBlocks(body: MessagesBody): Marked[] {
  const system = Array.isArray(body.system) ? body.system : [];
  const content = body.messages.flatMap((message) => (Array.isArray(message.content) ? message.content : []));
  return [...(body.tools ?? []), ...system, ...content] as Marked[]; // Thinking blocks have no mark and never get one.
}
