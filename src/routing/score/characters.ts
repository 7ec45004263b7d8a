/** What a character is to the reader. The first two make words. */
export const LETTER = 0;
export const DIGIT = 1;
/** Scripts without spaces, or with endings that hang on the word: in the next three a word may begin anywhere. */
export const UNSPACED = 2;
export const HANGUL = 3;
export const HAN = 4;
export const NEW_LINE = 5;
export const SPACE = 6;
export const STOP = 7;
export const QUESTION = 8;
export const COMMA = 9;
/** Round brackets, equals and comparison: in programs and in formulas. */
export const MARK = 10;
/** Hardly ever in prose or formulas. */
export const CODE_MARK = 11;
/** Of formulas rather than programs. */
export const FORMULA = 12;
/** Of both. */
export const OPERATOR = 13;
export const OTHER = 14;
export const CLASS_COUNT = 15;

const ASCII = asciiClasses();

/** `NaN`, past the end of a text, is `OTHER`. */
export function classOf(code: number): number {
  return code < 128 ? (ASCII[code] ?? OTHER) : classBeyondAscii(code);
}

function asciiClasses(): Uint8Array {
  const classes = new Uint8Array(128).fill(OTHER);
  const set = (characters: string, kind: number) => {
    for (const character of characters) classes[character.charCodeAt(0)] = kind;
  };
  set('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_', LETTER);
  set('0123456789', DIGIT);
  set('\n', NEW_LINE);
  set(' \t\r', SPACE);
  set('.!', STOP);
  set('?', QUESTION);
  set(',', COMMA);
  set('()=<>', MARK);
  set('{}[];`|&#', CODE_MARK);
  set('\\$^', FORMULA);
  set('+*/%', OPERATOR);
  return classes;
}

const PUNCTUATION = new Map([
  [0x3002, STOP], // 。
  [0xff01, STOP], // ！
  [0x0964, STOP], // ।
  [0x06d4, STOP], // ۔
  [0xff1f, QUESTION], // ？
  [0x061f, QUESTION], // ؟
  [0x3001, COMMA], // 、
  [0xff0c, COMMA], // ，
  [0x060c, COMMA], // ،
  [0xff1b, COMMA], // ；
  [0xd7, FORMULA], // ×
  [0xf7, FORMULA], // ÷
]);

function classBeyondAscii(code: number): number {
  const special = PUNCTUATION.get(code);
  if (special !== undefined) return special;
  return code < 0x2e80 ? classOfAlphabet(code) : classOfEastAsian(code);
}

function classOfAlphabet(code: number): number {
  if (code < 0xc0) return code === 0xa0 ? SPACE : OTHER;
  if (code >= 0x2000 && code < 0x2c00) return code >= 0x2200 && code < 0x2300 ? FORMULA : OTHER; // ∀ … ⋿
  const thaiOrLao = code >= 0x0e00 && code < 0x0f00;
  const burmese = code >= 0x1000 && code < 0x10a0;
  const khmer = code >= 0x1780 && code < 0x1800;
  return thaiOrLao || burmese || khmer ? UNSPACED : LETTER;
}

/** Surrogates and full-width forms are no letters: what is written with them is not in our lists. */
function classOfEastAsian(code: number): number {
  if (code >= 0xac00 && code < 0xd7b0) return HANGUL;
  if (code >= 0x3040 && code < 0xa000) return HAN;
  return code >= 0xf900 && code < 0xfb00 ? HAN : arabicFormOrOther(code);
}

function arabicFormOrOther(code: number): number {
  return code >= 0xfb00 && code < 0xfe00 ? LETTER : OTHER;
}
