import { endOfString } from './top-level.ts';

const KEY = '"content"';
const BLANK = 32;
const COLON = 58;

/**
 * What stands behind each `"content":` of a valid JSON text in which only strings stand there. Nothing where a key may
 * be spelled with escapes: nobody escapes the letters of a key but who means mischief.
 */
export function contentLiterals(text: string): string[] {
  if (text.includes('\\u006') || text.includes('\\u007')) return [];
  const literals: string[] = [];
  let at = text.indexOf(KEY);
  while (at >= 0) {
    let end = at + KEY.length;
    const colon = afterBlanks(text, end);
    if (text.charCodeAt(colon) === COLON) {
      const value = afterBlanks(text, colon + 1);
      end = endOfString(text, value);
      literals.push(text.slice(value, end));
    }
    at = text.indexOf(KEY, end);
  }
  return literals;
}

function afterBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= BLANK) at++;
  return at;
}
