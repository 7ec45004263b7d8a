import type { CacheControlEphemeral } from '@anthropic-ai/sdk/resources/messages';
import type { ChatRequest } from '../../src/core/chat.ts';
import type { CacheMark } from '../shared/cache.ts';
import { changed, dropped, type Draft, type MessagesBody } from './body.ts';

/** Anthropic answers 400 to a fifth. The automatic one counts. */
const MAX_MARKS = 4;

export function toCacheControl(mark: CacheMark): CacheControlEphemeral {
  return mark.ttl === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' };
}

/** The block with its mark, if it has one. */
export function marked<Block extends object>(block: Block, mark: CacheMark | undefined): Block {
  return mark ? Object.assign(block, { cache_control: toCacheControl(mark) }) : block;
}

/** OpenAI caches by itself; a client that says how long wants the same here. `explicit` wants only its own marks. */
export function addAutomaticCaching({ body }: Draft, request: ChatRequest): void {
  const { prompt_cache_options: options, prompt_cache_retention: retention } = request;
  if (options?.mode === 'explicit' || (!options && !retention)) return;
  body.cache_control = toCacheControl({ ttl: options?.ttl || retention === '24h' ? '1h' : '5m' });
}

interface Marked {
  cache_control?: CacheControlEphemeral | null;
}

/** Brings the marks of a finished body under Anthropic's rules: the last four, and never a longer life after a shorter. */
export function settleMarks({ body, warnings }: Draft): void {
  const blocks = markedBlocks(body);
  if (blocks.length === 0) return;
  const room = body.cache_control ? MAX_MARKS - 1 : MAX_MARKS;
  const surplus = blocks.splice(0, Math.max(0, blocks.length - room));
  for (const block of surplus) delete block.cache_control;
  const inOrder = body.cache_control ? [...blocks, body] : blocks;
  const firstShort = inOrder.findIndex(({ cache_control: mark }) => mark?.ttl !== '1h');
  const late = firstShort < 0 ? [] : inOrder.slice(firstShort).filter(({ cache_control: mark }) => mark?.ttl === '1h');
  for (const block of late) block.cache_control = { type: 'ephemeral' };
  if (surplus.length > 0) warnings.push(dropped('cache_control', `only the last ${room} are kept`));
  if (late.length > 0) warnings.push(changed('cache_control', 'a 1h mark after a 5m mark becomes 5m'));
}

/** In the order that Anthropic reads a prompt. Thinking blocks have no mark and never get one. */
function markedBlocks({ tools = [], system, messages }: MessagesBody): Marked[] {
  const found: Marked[] = [];
  addMarked(found, tools);
  addMarked(found, system);
  for (const { content } of messages) addMarked(found, content);
  return found;
}

function addMarked(found: Marked[], blocks: string | readonly object[] | undefined): void {
  if (!Array.isArray(blocks)) return;
  for (const block of blocks as Marked[]) if (block.cache_control) found.push(block);
}
