/**
 * Where the prompt may be cached. Converse takes four points, in the order tools, system, messages, and none may
 * live longer than one before it.
 */
import type { Message, SystemContentBlock, Tool } from '@aws-sdk/client-bedrock-runtime';
import type { ChatRequest } from '../../src/core/chat.ts';
import type { Warning } from '../../src/core/provider.ts';
import type { CacheMark } from '../shared/cache.ts';
import { record } from '../shared/refusal.ts';
import { isNova, takesCachePoints, type Family } from './model.ts';
import type { Wire } from './wire.ts';

const MAX_POINTS = 4;

/** The point that ends a cached prefix; nothing for models without a cache. */
export function cachePoint(mark: CacheMark | undefined, family: Family) {
  if (!mark || !takesCachePoints(family)) return [];
  const ttl = mark.ttl === '1h' && !isNova(family) ? { ttl: '1h' as const } : {};
  return [{ cachePoint: { type: 'default' as const, ...ttl } }];
}

export interface Prompt {
  tools: Wire<Tool>[];
  system: Wire<SystemContentBlock>[];
  messages: Wire<Message>[];
}

/** The prompt with the points that the client did not set itself, and no more than Converse takes. */
export function withCachePoints(
  prompt: Prompt,
  request: ChatRequest,
  family: Family,
): { prompt: Prompt; warnings: Warning[] } {
  const mark = automaticMark(request);
  return limit(mark ? withAutomatic(prompt, cachePoint(mark, family)) : prompt);
}

/** OpenAI's implicit mode and its older retention mean: cache what you can. */
function automaticMark(request: ChatRequest): CacheMark | undefined {
  const retention = request.prompt_cache_retention;
  const isImplicit = record(request.prompt_cache_options)?.mode === 'implicit';
  if (!retention && !isImplicit) return undefined;
  return { ttl: retention === '24h' ? '1h' : '5m' };
}

function withAutomatic({ tools, system, messages }: Prompt, point: ReturnType<typeof cachePoint>): Prompt {
  const lastUser = messages.findLastIndex(({ role }) => role === 'user');
  return {
    tools,
    system: ended(system, point),
    messages: messages.map((message, index) =>
      index === lastUser ? { ...message, content: ended(message.content ?? [], point) } : message,
    ),
  };
}

function ended<Item extends object>(
  items: Item[],
  point: ReturnType<typeof cachePoint>,
): (Item | (typeof point)[number])[] {
  const last = items.at(-1);
  return last && !('cachePoint' in last) ? [...items, ...point] : items;
}

function limit(prompt: Prompt): { prompt: Prompt; warnings: Warning[] } {
  const pass = new PointCount(countPoints(prompt) - MAX_POINTS);
  const kept = {
    tools: pass.keep(prompt.tools),
    system: pass.keep(prompt.system),
    messages: prompt.messages.map((message) => ({ ...message, content: pass.keep(message.content ?? []) })),
  };
  return { prompt: kept, warnings: pass.warnings() };
}

function countPoints({ tools, system, messages }: Prompt): number {
  const all = [...tools, ...system, ...messages.flatMap(({ content }) => content ?? [])];
  return all.filter(({ cachePoint: point }) => point).length;
}

/** The last points are worth the most: they cover the longest prefix. */
class PointCount {
  #surplus: number;
  #hasShort = false;
  #dropped = false;
  #shortened = false;

  constructor(surplus: number) {
    this.#surplus = surplus;
  }

  keep<Item extends { cachePoint?: { type?: unknown; ttl?: unknown } | undefined }>(items: readonly Item[]): Item[] {
    return items.flatMap((item) => (item.cachePoint ? this.#keepPoint(item) : [item]));
  }

  #keepPoint<Item extends { cachePoint?: { type?: unknown; ttl?: unknown } | undefined }>(item: Item): Item[] {
    if (this.#surplus-- > 0) {
      this.#dropped = true;
      return [];
    }
    const isLong = item.cachePoint?.ttl === '1h';
    if (!isLong) this.#hasShort = true;
    if (!isLong || !this.#hasShort) return [item];
    this.#shortened = true;
    return [{ ...item, cachePoint: { type: 'default' } }];
  }

  warnings(): Warning[] {
    return [
      ...(this.#dropped ? [{ param: 'cache_control', action: 'dropped' as const, note: 'only the last 4 count' }] : []),
      ...(this.#shortened ? [{ param: 'cache_control', action: 'changed' as const, note: '1h after 5m is 5m' }] : []),
    ];
  }
}
