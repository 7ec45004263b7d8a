import { nearNames } from '../near.ts';

/** Where in the document, and what is wrong there. */
export interface Mistake {
  path: readonly PropertyKey[];
  message: string;
}

/** More are counted only. */
const MAX_SHOWN = 50;

/** Names every mistake in the data. */
export function invalid(mistakes: readonly Mistake[]): Error {
  const lines = mistakes.slice(0, MAX_SHOWN).map(({ path, message }) => `- ${where(path)}: ${message}`);
  if (mistakes.length > MAX_SHOWN) lines.push(`- and ${mistakes.length - MAX_SHOWN} more`);
  return new Error(`The routing rules are invalid:\n${lines.join('\n')}`);
}

/** `rules[2].do.tier`. */
function where(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path)
    text += typeof part === 'number' ? `[${part}]` : `${text ? '.' : ''}${String(part).slice(0, 80)}`;
  return text || 'the document';
}

/** `no tier is called "opsu"; there are opus, haiku, sonnet`. */
export function unknown(what: string, name: string, known: Iterable<string>): string {
  const near = nearNames(name, known);
  return `no ${what} is called "${name}"; there ${near.length > 0 ? `are ${near.join(', ')}` : 'is none'}`;
}

const MAX_DEPTH = 32;
const MAX_VALUES = 200_000;

/** What is looked at before anything else: a document can be a knot, a bomb, or carry a key that objects swallow. */
export function shapeMistake(document: unknown): Mistake | undefined {
  let level: unknown[] = [document];
  let values = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    values += level.length;
    if (depth > MAX_DEPTH) return { path: [], message: `is nested deeper than ${MAX_DEPTH} levels` };
    if (values > MAX_VALUES) return { path: [], message: `holds more than ${MAX_VALUES} values` };
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      if (Object.hasOwn(value, '__proto__')) return { path: ['__proto__'], message: 'is no name' };
      for (const item of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) next.push(item);
    }
    level = next;
  }
  return undefined;
}
