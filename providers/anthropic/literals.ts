import { endOfString } from './top-level.ts';

const BLANK = 32;
const COLON = 58;

/**
 * What stands behind each `"content":` of a valid JSON text in which only strings stand there. Nothing where a key is
 * spelled with escapes: it may be one.
 */
export function contentLiterals(text: string): string[] {
  const literals: string[] = [];
  let start = text.indexOf('"');
  while (start >= 0) {
    let end = endOfString(text, start);
    const colon = afterBlanks(text, end);
    if (text.charCodeAt(colon) === COLON) {
      const key = text.slice(start, end);
      if (key.includes('\\')) return [];
      if (key === '"content"') {
        const value = afterBlanks(text, colon + 1);
        end = endOfString(text, value);
        literals.push(text.slice(value, end));
      }
    }
    start = text.indexOf('"', end);
  }
  return literals;
}

function afterBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= BLANK) at++;
  return at;
}
