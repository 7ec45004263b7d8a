import { WORDS } from './language-words.ts';

/** Enough to tell; also bounds the work. */
const MAX_CHARS = 1_000;
/** So many words of a language, and it leads the next by so much, or nothing is said. */
const ENOUGH = 2;
const LEAD = 1.4;

/** Scripts that one language of weight writes; the others need a second look. */
const SCRIPTS: readonly (readonly [first: number, last: number, language: string])[] = [
  [0x0041, 0x024f, 'latin'],
  [0x1e00, 0x1eff, 'latin'],
  [0x0370, 0x03ff, 'el'],
  [0x0400, 0x052f, 'cyrillic'],
  [0x0530, 0x058f, 'hy'],
  [0x0590, 0x05ff, 'he'],
  [0x0600, 0x06ff, 'arabic'],
  [0x0900, 0x097f, 'hi'],
  [0x0980, 0x09ff, 'bn'],
  [0x0b80, 0x0bff, 'ta'],
  [0x0c00, 0x0c7f, 'te'],
  [0x0e00, 0x0e7f, 'th'],
  [0x10a0, 0x10ff, 'ka'],
  [0x3040, 0x30ff, 'ja'],
  [0x4e00, 0x9fff, 'zh'],
  [0xac00, 0xd7af, 'ko'],
];
const LETTERS = /[\p{L}\p{M}]+/gu;
/** A Chinese, Japanese or Korean letter says as much as two or three others. */
const WIDE = 3;
const WIDE_SCRIPTS = new Set(['zh', 'ja', 'ko']);

/** The ISO 639-1 code of a text's language; undefined when unsure. */
export function languageOf(text: string): string | undefined {
  const words = text.slice(0, MAX_CHARS).toLowerCase().match(LETTERS) ?? [];
  const script = scriptOf(words);
  if (script === 'latin' || script === 'cyrillic') return byWords(words, script);
  return script === 'arabic' ? arabic(text) : script;
}

/** The one that most of it is written in. */
function scriptOf(words: readonly string[]): string | undefined {
  const amounts = new Map<string, number>();
  let total = 0;
  for (const word of words) {
    total += word.length;
    // In Latin letters a word is Latin throughout; the others are mixed, Japanese above all.
    if (scriptAt(word.charCodeAt(0)) === 'latin') {
      add(amounts, 'latin', word.length);
      continue;
    }
    for (let at = 0; at < word.length; at += 1) {
      const script = scriptAt(word.charCodeAt(at));
      const amount = WIDE_SCRIPTS.has(script) ? WIDE : 1;
      add(amounts, script, amount);
      total += amount - 1;
    }
  }
  // Japanese is written with Chinese characters too, Chinese never with kana.
  if (amounts.has('ja')) add(amounts, 'ja', amounts.get('zh') ?? 0);
  const [script, amount] = most(amounts);
  return script && amount * 2 >= total ? script : undefined;
}

function byWords(words: readonly string[], script: string): string | undefined {
  const votes = new Map<string, number>();
  for (const word of words) for (const language of WORDS.get(word) ?? []) add(votes, language, 1);
  const [language, count] = most(votes);
  if (language === undefined || count < ENOUGH || CYRILLIC.has(language) !== (script === 'cyrillic')) return undefined;
  votes.delete(language);
  return count >= most(votes)[1] * LEAD ? language : undefined;
}

const CYRILLIC = new Set(['ru', 'uk', 'bg', 'sr']);

/** Persian and Urdu have letters that Arabic has not. In quotes for the bundle's sake (`housekeeping.ts`). */
const URDU = new RegExp('[ٹڈڑںے]');
const PERSIAN = new RegExp('[پچژگ]');

function arabic(text: string): string {
  const head = text.slice(0, MAX_CHARS);
  if (URDU.test(head)) return 'ur';
  return PERSIAN.test(head) ? 'fa' : 'ar';
}

function scriptAt(code: number): string {
  for (const [first, last, language] of SCRIPTS) if (code >= first && code <= last) return language;
  return '';
}

function add(counts: Map<string, number>, name: string, amount: number): void {
  counts.set(name, (counts.get(name) ?? 0) + amount);
}

function most(counts: ReadonlyMap<string, number>): [string | undefined, number] {
  let best: string | undefined;
  let highest = 0;
  for (const [name, count] of counts) if (count > highest) [best, highest] = [name, count];
  return [best, highest];
}
