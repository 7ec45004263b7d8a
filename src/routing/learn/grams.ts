/**
 * Words, pairs of words and runs of one to four characters, hashed into 8,192 buckets: what a text is about, without
 * a word list. Any script. Digits are all the same digit, so that no number is learned by heart.
 */
import { MARK_OF, NUMBER_OF } from './marks.ts';

export const GRAM_BUCKETS = 8_192;
const BUCKET_BITS = 13;

export interface Grams {
  /** The first `size` are those that occur, each once. */
  buckets: Uint16Array;
  size: number;
}

const { letters, capitals, digits, spaces, newlines, ideographs } = NUMBER_OF;
const SPACE = 0x20;
const ZERO = 0x30;
/** Keeps runs of one, two, three and four characters apart. */
const SEEDS = [0x3c6ef372, 0x1f83d9ab, 0x5be0cd19, 0x2b3e6c1f] as const;

/** What a reader returns is overwritten by its next reading. */
export function createGramReader(): (text: string) => Grams {
  const lastSeen = new Uint32Array(GRAM_BUCKETS);
  const grams: Grams = { buckets: new Uint16Array(GRAM_BUCKETS), size: 0 };
  let reading = 0;
  const add = (hash: number): void => {
    const bucket = bucketOf(hash);
    if (lastSeen[bucket] === reading) return;
    lastSeen[bucket] = reading;
    grams.buckets[grams.size] = bucket;
    grams.size += 1;
  };
  return (text) => {
    reading += 1;
    grams.size = 0;
    readWords(text, add);
    readRuns(text, add);
    return grams;
  };
}

function readWords(text: string, add: (hash: number) => void): void {
  let word = 0;
  let before = 0;
  let last = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const code = text.charCodeAt(at);
    const mark = MARK_OF[code] ?? 0; // NaN, past the end, has none
    const isLetter = mark === letters || mark === capitals;
    if (isLetter || mark === digits) {
      if (isLetter) word = (Math.imul(word, 31) + (mark === capitals ? code + 0x20 : code)) | 0;
      else if (last !== digits) word = (Math.imul(word, 31) + ZERO) | 0;
    } else {
      if (word !== 0) before = addWord(word, before, add);
      word = 0;
      if (mark === ideographs) before = addWord(code, before, add);
    }
    last = mark;
  }
}

/** The word, and the pair that it makes with the one before. */
function addWord(word: number, before: number, add: (hash: number) => void): number {
  add(word);
  if (before !== 0) add(Math.imul(before, 0x9e3779b1) ^ word);
  return word;
}

/** White space counts as one space, and there is one before and after the text. */
function readRuns(text: string, add: (hash: number) => void): void {
  let third = 0;
  let second = 0;
  let first = SPACE;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at < text.length ? folded(text.charCodeAt(at)) : SPACE;
    if (code === SPACE && first === SPACE) continue;
    let hash = Math.imul(code, 0x9e3779b1);
    add(hash ^ SEEDS[0]);
    hash = Math.imul(hash ^ first, 0x85ebca6b);
    add(hash ^ SEEDS[1]);
    if (second !== 0) {
      hash = Math.imul(hash ^ second, 0xc2b2ae35);
      add(hash ^ SEEDS[2]);
    }
    if (third !== 0) add(Math.imul(hash ^ third, 0x27d4eb2f) ^ SEEDS[3]);
    third = second;
    second = first;
    first = code;
  }
}

function folded(code: number): number {
  const mark = MARK_OF[code] ?? 0;
  if (mark === capitals) return code + 0x20;
  if (mark === digits) return ZERO;
  return mark === spaces || mark === newlines ? SPACE : code;
}

function bucketOf(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0x45d9f3b);
  return (mixed ^ (mixed >>> 16)) >>> (32 - BUCKET_BITS);
}
