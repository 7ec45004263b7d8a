import type { MessagesRequest } from './shape.ts';

type Prefix = Pick<MessagesRequest, 'system' | 'tools' | 'messages'>;

const THOUGHTS = new Set(['thinking', 'redacted_thinking']);

/** All that was said before a thought. How it was cut into messages, where the cache marks stand and earlier thoughts do not matter. */
export function prefixOf({ system, tools, messages }: Prefix): string {
  const said = messages.flatMap(({ role, content }) => blocks(content).map((block) => [role, block]));
  return JSON.stringify([blocks(system ?? []), tools ?? [], said], (key, value: unknown) =>
    key === 'cache_control' ? undefined : value,
  );
}

function blocks(content: string | readonly { type: string }[]): unknown[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content.filter(({ type }) => !THOUGHTS.has(type));
}
