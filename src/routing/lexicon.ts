/**
 * Finds the words of the rules in a text, in one pass over its characters. No regular expression: the text is the
 * caller's, and nothing the caller writes may make this slow.
 */
export type WordKind = 'reasoning' | 'code' | 'simple';

export interface Lexicon {
  /** In the bucket of their first letters. */
  buckets: readonly (readonly Entry[] | undefined)[];
  /** Of scripts that put no spaces between words. */
  anywhere: readonly Entry[];
}

interface Entry {
  text: string;
  /** Written with a star: any ending will do. */
  open: boolean;
  kind: WordKind;
}

export interface Reading {
  /** How many different words of each kind. */
  words: Record<WordKind, number>;
  commas: number;
  /** Lines that begin with a bullet or a number. */
  items: number;
  /** Brackets, semicolons, operators. */
  codeMarks: number;
  /** Chinese, Japanese, Korean characters. */
  wide: number;
}

const BUCKETS = 1024;
const FIRST_WIDE = 0x2e80;

export function createLexicon(words: Record<WordKind, readonly string[]>): Lexicon {
  const buckets = Array.from({ length: BUCKETS }, (): Entry[] | undefined => undefined);
  const anywhere: Entry[] = [];
  for (const kind of ['reasoning', 'code', 'simple'] as const) {
    for (const word of words[kind]) {
      const open = word.endsWith('*');
      const text = (open ? word.slice(0, -1) : word).toLowerCase();
      const bucket = bucketOf(text, 0);
      if (text.charCodeAt(0) >= FIRST_WIDE) anywhere.push({ text, open, kind });
      else buckets[bucket] = [...(buckets[bucket] ?? []), { text, open, kind }];
    }
  }
  return { buckets, anywhere };
}

/** What the characters of ASCII are to us. */
const OTHER = 0;
const LETTER = 1;
const CODE_MARK = 2;
const COMMA = 3;
const NEW_LINE = 4;
const CLASSES = asciiClasses();

export function read(text: string, lexicon: Lexicon): Reading {
  const lower = text.toLowerCase();
  const found = new Set<Entry>();
  const reading = { words: { reasoning: 0, code: 0, simple: 0 }, commas: 0, items: 0, codeMarks: 0, wide: 0 };
  let insideWord = false;
  for (let at = 0; at < lower.length; at += 1) {
    const code = lower.charCodeAt(at);
    const kind = classOf(code);
    if (kind === LETTER) {
      if (!insideWord) findAt(lower, at, lexicon, found);
    } else if (kind === CODE_MARK) reading.codeMarks += 1;
    else if (kind === COMMA) reading.commas += 1;
    else if (kind === NEW_LINE) reading.items += isItem(lower.charCodeAt(at + 1)) ? 1 : 0;
    else if (code >= FIRST_WIDE) reading.wide += 1;
    insideWord = kind === LETTER;
  }
  if (reading.wide > 0) for (const entry of lexicon.anywhere) if (lower.includes(entry.text)) found.add(entry);
  for (const { kind } of found) reading.words[kind] += 1;
  return reading;
}

function findAt(text: string, at: number, lexicon: Lexicon, found: Set<Entry>): void {
  const entries = lexicon.buckets[bucketOf(text, at)];
  if (!entries) return;
  for (const entry of entries) {
    if (found.has(entry) || !text.startsWith(entry.text, at)) continue;
    if (entry.open || classOf(text.charCodeAt(at + entry.text.length)) !== LETTER) found.add(entry);
  }
}

/** By the first three letters of a word, without making a string of them for every word. */
function bucketOf(text: string, at: number): number {
  const second = text.charCodeAt(at + 1);
  const third = text.charCodeAt(at + 2);
  let sum = text.charCodeAt(at);
  if (classOf(second) === LETTER) {
    sum = sum * 31 + second;
    if (classOf(third) === LETTER) sum = sum * 31 + third;
  }
  return sum % BUCKETS;
}

/** `NaN`, past the end of the text, is no letter. */
function classOf(code: number): number {
  if (code < 128) return CLASSES[code] ?? OTHER;
  if (code === 0x3001 || code === 0xff0c || code === 0x060c) return COMMA; // 、 ， ،
  const letter = code >= 0xc0 && code < FIRST_WIDE && !(code >= 0x2000 && code < 0x2c00);
  return letter ? LETTER : OTHER;
}

function isItem(code: number): boolean {
  return code === 0x2d || code === 0x2a || code === 0x2022 || (code >= 0x30 && code <= 0x39); // - * • 0-9
}

function asciiClasses(): Uint8Array {
  const classes = new Uint8Array(128);
  for (const letter of 'abcdefghijklmnopqrstuvwxyz0123456789_') classes[letter.charCodeAt(0)] = LETTER;
  for (const mark of '{}()[]<>;=`|&$#') classes[mark.charCodeAt(0)] = CODE_MARK;
  classes[','.charCodeAt(0)] = COMMA;
  classes['\n'.charCodeAt(0)] = NEW_LINE;
  return classes;
}
