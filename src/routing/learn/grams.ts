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
  /** Beside each: the root of its share, so that their squares add up to 1 whatever the length. */
  amounts: Float32Array;
  size: number;
}

/** A reader's scratch space. Handed to plain functions: closures, one set for each reader, would not be inlined. */
interface Found extends Grams {
  lastSeen: Uint32Array;
  counts: Uint32Array;
  reading: number;
}

const { letters, capitals, digits, spaces, newlines, ideographs } = NUMBER_OF;
const SPACE = 0x20;
const ZERO = 0x30;
/** Keeps runs of one, two, three and four characters apart. */
const SEEDS = [0x3c6ef372, 0x1f83d9ab, 0x5be0cd19, 0x2b3e6c1f] as const;

/** What a reader returns is overwritten by its next reading. */
export function createGramReader(): (text: string) => Grams {
  const found: Found = {
    buckets: new Uint16Array(GRAM_BUCKETS),
    amounts: new Float32Array(GRAM_BUCKETS),
    counts: new Uint32Array(GRAM_BUCKETS),
    size: 0,
    lastSeen: new Uint32Array(GRAM_BUCKETS),
    reading: 0,
  };
  return (text) => {
    found.reading += 1;
    found.size = 0;
    readWords(text, found);
    readRuns(text, found);
    weigh(found);
    return found;
  };
}

function add(hash: number, found: Found): void {
  const bucket = bucketOf(hash);
  if (found.lastSeen[bucket] === found.reading) {
    found.counts[bucket] = (found.counts[bucket] ?? 0) + 1;
    return;
  }
  found.lastSeen[bucket] = found.reading;
  found.counts[bucket] = 1;
  found.buckets[found.size] = bucket;
  found.size += 1;
}

function weigh({ buckets, amounts, counts, size }: Found): void {
  let total = 0;
  for (let at = 0; at < size; at += 1) total += counts[buckets[at] ?? 0] ?? 0;
  for (let at = 0; at < size; at += 1) amounts[at] = Math.sqrt((counts[buckets[at] ?? 0] ?? 0) / total);
}

function readWords(text: string, found: Found): void {
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
      if (word !== 0) before = addWord(word, before, found);
      word = 0;
      if (mark === ideographs) before = addWord(code, before, found);
    }
    last = mark;
  }
}

/** The word, and the pair that it makes with the one before. */
function addWord(word: number, before: number, found: Found): number {
  add(word, found);
  if (before !== 0) add(Math.imul(before, 0x9e3779b1) ^ word, found);
  return word;
}

/** White space counts as one space, and there is one before and after the text. */
function readRuns(text: string, found: Found): void {
  let third = 0;
  let second = 0;
  let first = SPACE;
  for (let at = 0; at <= text.length; at += 1) {
    const code = at < text.length ? folded(text.charCodeAt(at)) : SPACE;
    if (code === SPACE && first === SPACE) continue;
    let hash = Math.imul(code, 0x9e3779b1);
    add(hash ^ SEEDS[0], found);
    hash = Math.imul(hash ^ first, 0x85ebca6b);
    add(hash ^ SEEDS[1], found);
    if (second !== 0) {
      hash = Math.imul(hash ^ second, 0xc2b2ae35);
      add(hash ^ SEEDS[2], found);
    }
    if (third !== 0) add(Math.imul(hash ^ third, 0x27d4eb2f) ^ SEEDS[3], found);
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
