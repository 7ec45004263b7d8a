import * as character from './characters.ts';

/** What stands in a text. */
export interface Reading {
  /** Letters of prose. Digits and signs do not count: sums and formulas are not long asks. */
  length: number;
  sentences: number;
  questions: number;
  commas: number;
  /** Lines that begin with a bullet or a number. */
  items: number;
  numbers: number;
  formulaMarks: number;
  codeLines: number;
  /** Characters in code, logs and traces: what the user pasted rather than wrote. */
  pasted: number;
  traceLines: number;
  diffLines: number;
}

/** What is known of a line before its end. */
export interface Line {
  /** How many characters of each class. */
  tally: Uint32Array;
  start: number;
  sentences: number;
  numbers: number;
  /** Between two lines of three backticks. */
  inFence: boolean;
}

export function emptyReading(): Reading {
  return {
    length: 0,
    sentences: 0,
    questions: 0,
    commas: 0,
    items: 0,
    numbers: 0,
    formulaMarks: 0,
    codeLines: 0,
    pasted: 0,
    traceLines: 0,
    diffLines: 0,
  };
}

export function emptyLine(classCount: number): Line {
  return { tally: new Uint32Array(classCount), start: 0, sentences: 0, numbers: 0, inFence: false };
}

/** Adds a line to what was read, as what it looks like, and begins the next one. */
export function endLine(text: string, end: number, line: Line, reading: Reading): void {
  if (end > line.start || line.inFence) addLine(text, end, line, reading);
  line.tally.fill(0);
  line.start = end + 1;
  line.sentences = 0;
  line.numbers = 0;
}

function addLine(text: string, end: number, line: Line, reading: Reading): void {
  const length = end - line.start;
  const first = firstOf(text, line.start, end);
  if (text.startsWith('```', first)) line.inFence = !line.inFence;
  else if (isTraceLine(text, first, line)) addPasted('traceLines', length, reading);
  else if (isDiffLine(text, first)) addPasted('diffLines', length, reading);
  else if (line.inFence || isCodeLine(line, first, end)) addPasted('codeLines', length, reading);
  else if (isLogLine(line.tally, length)) reading.pasted += length;
  else addProse(line, isItem(text, first), reading);
}

function addPasted(kind: 'traceLines' | 'diffLines' | 'codeLines', length: number, reading: Reading): void {
  reading[kind] += 1;
  reading.pasted += length;
}

/** A Chinese or Japanese character says as much as three letters, a Korean one as two. */
function lettersOf(tally: Uint32Array): number {
  const alphabet = (tally[character.LETTER] ?? 0) + (tally[character.UNSPACED] ?? 0);
  return alphabet + 2 * (tally[character.HANGUL] ?? 0) + 3 * (tally[character.HAN] ?? 0);
}

function addProse(line: Line, item: boolean, reading: Reading): void {
  const { tally } = line;
  reading.length += lettersOf(tally);
  reading.sentences += line.sentences;
  reading.questions += tally[character.QUESTION] ?? 0;
  reading.commas += tally[character.COMMA] ?? 0;
  const formulaMarks = (tally[character.FORMULA] ?? 0) + (tally[character.OPERATOR] ?? 0);
  reading.formulaMarks += formulaMarks + (tally[character.MARK] ?? 0) / 2;
  reading.numbers += line.numbers;
  reading.items += item ? 1 : 0;
}

/** Prose has hardly a code mark in a hundred characters, code one in ten; formulas have marks of their own. */
function isCodeLine({ tally, start }: Line, first: number, end: number): boolean {
  const strong = tally[character.CODE_MARK] ?? 0;
  const marks = strong + (tally[character.MARK] ?? 0);
  if (first - start >= 2 && marks >= 1) return true;
  return strong >= 1 && marks >= 3 && marks * 12 > end - start && 2 * (tally[character.FORMULA] ?? 0) <= strong;
}

/** Times and addresses: more digits and colons than prose has. */
function isLogLine(tally: Uint32Array, length: number): boolean {
  const digits = tally[character.DIGIT] ?? 0;
  return length > 40 && digits >= 12 && digits * 8 > length && (tally[character.OTHER] ?? 0) >= 3;
}

const TRACE_STARTS = ['file "', 'caused by', 'traceback', 'goroutine '];
const DIFF_STARTS = ['@@ ', '+++ ', '--- ', 'diff --git'];

function isTraceLine(text: string, first: number, { tally, start }: Line): boolean {
  if (text.startsWith('at ', first)) return first > start || (tally[character.MARK] ?? 0) >= 2;
  return TRACE_STARTS.some((begin) => text.startsWith(begin, first));
}

function isDiffLine(text: string, first: number): boolean {
  return DIFF_STARTS.some((begin) => text.startsWith(begin, first));
}

/** - one, * one, • one, 1. one, 1) one */
function isItem(text: string, first: number): boolean {
  const mark = text[first] ?? '';
  const next = text[first + 1] ?? '';
  if (mark === '-' || mark === '*' || mark === '•') return next === ' ';
  return mark >= '0' && mark <= '9' && (next === '.' || next === ')');
}

/** The first character that is no space. */
function firstOf(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && character.classOf(text.charCodeAt(at)) === character.SPACE) at += 1;
  return at;
}
