import { endOfString } from './top-level.ts';

const KEY = '"content"';
const BLANK = 32;
const QUOTE = 34;
const COLON = 58;
const BACKSLASH = 92;

/**
 * What stands behind each `"content":` of a valid JSON text. Nothing where that is no string, or where a backslash
 * stands between them: a key may be spelled with escapes.
 */
export function contentLiterals(text: string): string[] {
  const literals: string[] = [];
  let end = 0;
  for (;;) {
    const at = text.indexOf(KEY, end);
    if (hasEscape(text, end, at < 0 ? text.length : at)) return [];
    if (at < 0) return literals;
    end = at + KEY.length;
    const colon = afterBlanks(text, end);
    if (text.charCodeAt(colon) !== COLON) continue;
    const value = afterBlanks(text, colon + 1);
    if (text.charCodeAt(value) !== QUOTE) return [];
    end = endOfString(text, value);
    literals.push(text.slice(value, end));
  }
}

/** Between two contents there is next to nothing; to search all of a long text for one takes longer. */
function hasEscape(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (text.charCodeAt(at) === BACKSLASH) return true;
  return false;
}

function afterBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= BLANK) at++;
  return at;
}
