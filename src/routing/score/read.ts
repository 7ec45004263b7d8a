import { CLASS_COUNT, classOf, DIGIT, HAN, NEW_LINE, SPACE, STOP } from './characters.ts';
import { emptyLine, emptyReading, endLine, type Reading } from './lines.ts';
import { findWords, type WordTree } from './words.ts';

/** What is asked stands at the beginning or at the end; between them is what it is asked about. */
const ASKED_HEAD = 1_500;
const ASKED_TAIL = 800;

/**
 * Counts what stands in a text, in one pass over its characters, and adds the number of different words of each list to
 * `words`, at the list's feature. Linear in the text, whatever it is.
 */
export function read(text: string, tree: WordTree, words: Float64Array): Reading {
  const lower = text.toLowerCase();
  const reading = emptyReading();
  const line = emptyLine(CLASS_COUNT);
  const found = new Set<number>();
  const find = (node: number) => found.add(node);
  const tailStart = lower.length - ASKED_TAIL;
  let before = SPACE;
  for (let at = 0; at < lower.length; at += 1) {
    const kind = classOf(lower.charCodeAt(at));
    line.tally[kind] = (line.tally[kind] ?? 0) + 1;
    const isAsked = !line.inFence && (at < ASKED_HEAD || at >= tailStart);
    if (isAsked && beginsWord(kind, before)) findWords(tree, lower, at, find);
    if (kind === DIGIT) line.numbers += before > DIGIT && !isInsideNumber(lower, at) ? 1 : 0;
    else if (kind === STOP) line.sentences += endsSentence(lower, at) ? 1 : 0;
    else if (kind === NEW_LINE) endLine(lower, at, line, reading);
    before = kind;
  }
  endLine(lower, lower.length, line, reading);
  count(found, tree, words);
  return reading;
}

function count(found: ReadonlySet<number>, tree: WordTree, words: Float64Array): void {
  for (const node of found) {
    const feature = tree.featureAt[node] ?? 0;
    words[feature] = (words[feature] ?? 0) + 1;
  }
}

function beginsWord(kind: number, before: number): boolean {
  return kind <= DIGIT ? before > DIGIT : kind <= HAN;
}

/** The 5 of 1.5, of 1,500 and of 3/5. */
function isInsideNumber(text: string, at: number): boolean {
  const mark = text[at - 1] ?? '';
  return (mark === '.' || mark === ',' || mark === '/') && classOf(text.charCodeAt(at - 2)) === DIGIT;
}

/** Not the points of 1.5, of example.org, of J. Doe and of a list of answers: A. B. C. */
function endsSentence(text: string, at: number): boolean {
  if (text.charCodeAt(at) > 127) return true;
  return isGap(text.charCodeAt(at + 1)) && !isGap(text.charCodeAt(at - 2));
}

/** Between words, or beyond the text. */
function isGap(code: number): boolean {
  const kind = classOf(code);
  return kind === SPACE || kind === NEW_LINE || Number.isNaN(code);
}
