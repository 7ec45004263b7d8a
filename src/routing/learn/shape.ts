/**
 * What a text looks like, counted in one pass over its characters and without a regular expression: the text is the
 * caller's. Nothing here knows a language, so that what is learned from one means something in another.
 */
import { MARK_OF, MARKS, NUMBER_OF } from './marks.ts';

export interface Shape {
  marks: Uint32Array;
  words: number;
  distinctWords: number;
  /** Sum and sum of squares of the words' lengths. */
  wordLength: number;
  wordLengthSquares: number;
  longestWord: number;
  shortWords: number;
  longWords: number;
  veryLongWords: number;
  singleLetters: number;
  namedWords: number;
  acronyms: number;
  numbers: number;
  distinctNumbers: number;
  longNumbers: number;
  decimals: number;
  sentences: number;
  longestSentence: number;
  lines: number;
  emptyLines: number;
  indentedLines: number;
  longestLine: number;
  lastLine: number;
  /** Lines that begin with one letter or a number and a stop, or with a bullet; their lengths. */
  items: number;
  itemLength: number;
  itemLengthSquares: number;
  longestItem: number;
  numericItems: number;
}

const { letters, capitals, digits, spaces, newlines, stops, questions, exclamations, ideographs, underscores } =
  NUMBER_OF;
const IN_A_WORD = 1;
const ENDS_A_SENTENCE = 2;
const ROLES = new Uint8Array(MARKS.length);
for (const mark of [letters, capitals, digits, underscores]) ROLES[mark] = IN_A_WORD;
for (const mark of [stops, questions, exclamations, newlines]) ROLES[mark] = ENDS_A_SENTENCE;
const SLOTS = 4_096;

/** Words that this reading met, by a hash. */
interface Seen {
  slots: Uint32Array;
  reading: number;
}

/** A reader keeps its scratch space: what it returns is overwritten by its next reading. */
export function createShapeReader(): (text: string) => Shape {
  const seen: Seen = { slots: new Uint32Array(SLOTS), reading: 0 };
  const marks = new Uint32Array(MARKS.length);
  return (text) => {
    seen.reading += 1;
    const shape = emptyShape(marks);
    readWords(text, shape, seen);
    readLines(text, shape);
    return shape;
  };
}

function isNew(hash: number, seen: Seen): boolean {
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
  if (seen.slots[slot] === seen.reading) return false;
  seen.slots[slot] = seen.reading;
  return true;
}

function readWords(text: string, shape: Shape, seen: Seen): void {
  const { marks } = shape;
  const run: Run = { length: 0, capitals: 0, digits: 0, hash: 0, beginsSentence: true };
  let sentenceFrom = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const mark = MARK_OF[code] ?? 0;
    marks[mark] = (marks[mark] ?? 0) + 1;
    const role = ROLES[mark];
    if (role === IN_A_WORD) {
      addToRun(run, mark, code);
      continue;
    }
    if (run.length > 0) endRun(run, shape, seen);
    if (mark === ideographs) oneCharacterWord(code, shape, seen);
    else if (mark === stops && isDecimal(text, at)) shape.decimals += 1;
    else if (role === ENDS_A_SENTENCE) {
      endSentence(at - sentenceFrom, shape);
      sentenceFrom = at + 1;
      run.beginsSentence = true;
    }
  }
  if (run.length > 0) endRun(run, shape, seen);
  endSentence(text.length - sentenceFrom, shape);
}

/** Letters and digits in a row. */
interface Run {
  length: number;
  capitals: number;
  digits: number;
  hash: number;
  beginsSentence: boolean;
}

function addToRun(run: Run, mark: number, code: number): void {
  run.length += 1;
  if (mark === capitals) run.capitals += 1;
  else if (mark === digits) run.digits += 1;
  run.hash = (Math.imul(run.hash, 31) + (mark === capitals ? code + 0x20 : code)) | 0;
}

function endRun(run: Run, shape: Shape, seen: Seen): void {
  if (run.digits === run.length) endNumber(run, shape, seen);
  else {
    shape.words += 1;
    shape.wordLength += run.length;
    shape.wordLengthSquares += run.length * run.length;
    if (run.length > shape.longestWord) shape.longestWord = run.length;
    if (run.length === 1) shape.singleLetters += 1;
    if (run.length <= 3) shape.shortWords += 1;
    else if (run.length >= 11) shape.veryLongWords += 1;
    else if (run.length >= 7) shape.longWords += 1;
    if (run.capitals > 0 && run.length > 1) {
      if (run.capitals + run.digits === run.length) shape.acronyms += 1;
      else if (!run.beginsSentence) shape.namedWords += 1;
    }
    if (isNew(run.hash, seen)) shape.distinctWords += 1;
  }
  run.length = run.capitals = run.digits = run.hash = 0;
  run.beginsSentence = false;
}

function endNumber(run: Run, shape: Shape, seen: Seen): void {
  shape.numbers += 1;
  if (run.length >= 4) shape.longNumbers += 1;
  if (isNew(run.hash, seen)) shape.distinctNumbers += 1;
}

function oneCharacterWord(code: number, shape: Shape, seen: Seen): void {
  shape.words += 1;
  shape.wordLength += 2;
  shape.wordLengthSquares += 4;
  if (isNew(code, seen)) shape.distinctWords += 1;
}

/** Three characters are no sentence: `A.`, `...`. */
function endSentence(length: number, shape: Shape): void {
  if (length < 4) return;
  shape.sentences += 1;
  if (length > shape.longestSentence) shape.longestSentence = length;
}

function isDecimal(text: string, at: number): boolean {
  return MARK_OF[text.charCodeAt(at - 1)] === digits && MARK_OF[text.charCodeAt(at + 1)] === digits;
}

function readLines(text: string, shape: Shape): void {
  for (let from = 0; from <= text.length;) {
    const next = text.indexOf('\n', from);
    const to = next < 0 ? text.length : next;
    readLine(text, from, to, shape);
    from = to + 1;
  }
}

function readLine(text: string, from: number, to: number, shape: Shape): void {
  const length = to - from;
  shape.lines += 1;
  shape.lastLine = length;
  if (length === 0) shape.emptyLines += 1;
  if (length > shape.longestLine) shape.longestLine = length;
  const first = MARK_OF[text.charCodeAt(from)] ?? 0;
  if (first === spaces && length > 2) shape.indentedLines += 1;
  if (length > 2 && isItem(text, from, first)) readItem(text, from + 2, to, shape);
}

function readItem(text: string, from: number, to: number, shape: Shape): void {
  const length = to - from;
  shape.items += 1;
  shape.itemLength += length;
  shape.itemLengthSquares += length * length;
  if (length > shape.longestItem) shape.longestItem = length;
  const mark = MARK_OF[text.charCodeAt(from + 1)] ?? 0;
  if (mark === digits || mark === NUMBER_OF.hyphens || mark === NUMBER_OF.currencies) shape.numericItems += 1;
}

/** `A. `, `3) `, `- `, `* `, `• `. */
function isItem(text: string, from: number, first: number): boolean {
  const code = text.charCodeAt(from);
  const second = MARK_OF[text.charCodeAt(from + 1)] ?? 0;
  if (code === 0x2d || code === 0x2a || code === 0x2022) return second === spaces;
  if (first !== capitals && first !== letters && first !== digits) return false;
  return second === stops || second === NUMBER_OF['round brackets'] || second === NUMBER_OF.colons;
}

function emptyShape(marks: Uint32Array): Shape {
  return {
    marks: marks.fill(0),
    words: 0,
    distinctWords: 0,
    wordLength: 0,
    wordLengthSquares: 0,
    longestWord: 0,
    shortWords: 0,
    longWords: 0,
    veryLongWords: 0,
    singleLetters: 0,
    namedWords: 0,
    acronyms: 0,
    numbers: 0,
    distinctNumbers: 0,
    longNumbers: 0,
    decimals: 0,
    sentences: 0,
    longestSentence: 0,
    lines: 0,
    emptyLines: 0,
    indentedLines: 0,
    longestLine: 0,
    lastLine: 0,
    items: 0,
    itemLength: 0,
    itemLengthSquares: 0,
    longestItem: 0,
    numericItems: 0,
  };
}
