/** The readable features of the overlay: about a hundred, of every script, each with a name. */
import { createShapeReader, type Shape } from './shape.ts';
import { MARKS, NUMBER_OF } from './marks.ts';
import type { ScoreInput } from '../score/scorer.ts';

type Quantity = (shape: Shape, input: ScoreInput) => number;

/** Things that are counted: each becomes the logarithm of its number. */
const AMOUNTS: readonly (readonly [name: string, quantity: Quantity])[] = [
  ['characters', (_, { ask }) => ask.length],
  ['words', ({ words }) => words],
  ['distinct words', ({ distinctWords }) => distinctWords],
  ['numbers', ({ numbers }) => numbers],
  ['distinct numbers', ({ distinctNumbers }) => distinctNumbers],
  ['sentences', ({ sentences }) => sentences],
  ['longest sentence', ({ longestSentence }) => longestSentence],
  ['longest word', ({ longestWord }) => longestWord],
  ['lines', ({ lines }) => lines],
  ['empty lines', ({ emptyLines }) => emptyLines],
  ['indented lines', ({ indentedLines }) => indentedLines],
  ['longest line', ({ longestLine }) => longestLine],
  ['last line', ({ lastLine }) => lastLine],
  ['items', ({ items }) => items],
  ['longest item', ({ longestItem }) => longestItem],
  ['numeric items', ({ numericItems }) => numericItems],
  ['names', ({ namedWords }) => namedWords],
  ['acronyms', ({ acronyms }) => acronyms],
  ['single letters', ({ singleLetters }) => singleLetters],
  ['very long words', ({ veryLongWords }) => veryLongWords],
  ['long numbers', ({ longNumbers }) => longNumbers],
  ['decimals', ({ decimals }) => decimals],
  ['tools', (_, { toolCount }) => toolCount],
  ['tool parameters', (_, { toolParameters }) => toolParameters],
  ['messages', (_, { messages }) => messages],
  ['media', (_, { ask }) => ask.media],
];

/** Proportions, as they are. */
const RATIOS: readonly (readonly [name: string, quantity: Quantity])[] = [
  ['mean word', ({ wordLength, words }) => ratio(wordLength, words)],
  ['spread of words', ({ wordLengthSquares, wordLength, words }) => spread(wordLengthSquares, wordLength, words)],
  ['distinct among words', ({ distinctWords, words }) => ratio(distinctWords, words)],
  ['short among words', ({ shortWords, words }) => ratio(shortWords, words)],
  ['long among words', ({ longWords, words }) => ratio(longWords, words)],
  ['very long among words', ({ veryLongWords, words }) => ratio(veryLongWords, words)],
  ['names among words', ({ namedWords, words }) => ratio(namedWords, words)],
  ['acronyms among words', ({ acronyms, words }) => ratio(acronyms, words)],
  ['single letters among words', ({ singleLetters, words }) => ratio(singleLetters, words)],
  ['numbers to words', ({ numbers, words }) => ratio(numbers, words)],
  ['decimals among numbers', ({ decimals, numbers }) => ratio(decimals, numbers)],
  ['long among numbers', ({ longNumbers, numbers }) => ratio(longNumbers, numbers)],
  ['distinct among numbers', ({ distinctNumbers, numbers }) => ratio(distinctNumbers, numbers)],
  ['words in a sentence', ({ words, sentences }) => Math.log1p(ratio(words, sentences))],
  ['numbers in a sentence', ({ numbers, sentences }) => ratio(numbers, sentences)],
  ['mean item', ({ itemLength, items }) => Math.log1p(ratio(itemLength, items))],
  [
    'spread of items',
    ({ itemLengthSquares, itemLength, items }) => Math.log1p(spread(itemLengthSquares, itemLength, items)),
  ],
  ['items in the text', ({ itemLength }, { ask }) => ratio(itemLength, ask.length)],
  ['numeric among items', ({ numericItems, items }) => ratio(numericItems, items)],
  ['lines to sentences', ({ lines, sentences }) => Math.log1p(ratio(lines, sentences))],
  ['structured', (_, { structured }) => (structured ? 1 : 0)],
];

/** These marks count twice: how many there are, and how dense they stand. */
const COUNTED_MARKS = MARKS.filter((mark) => !['other', 'letters', 'spaces', 'newlines', 'ideographs'].includes(mark));

export const DENSE_NAMES: readonly string[] = [
  ...AMOUNTS.map(([name]) => name),
  ...RATIOS.map(([name]) => name),
  ...COUNTED_MARKS,
  ...COUNTED_MARKS.map((mark) => `${mark} in the text`),
  'characters squared',
  'words in a sentence squared',
  'mean word squared',
];

export type DenseReader = (input: ScoreInput) => Float64Array;

/** What a reader returns is overwritten by its next reading. */
export function createDenseReader(): DenseReader {
  const values = new Float64Array(DENSE_NAMES.length);
  const readShape = createShapeReader();
  const marks = COUNTED_MARKS.map((mark) => NUMBER_OF[mark]);
  return (input) => {
    const shape = readShape(input.ask.text);
    let at = 0;
    for (const [, quantity] of AMOUNTS) values[at++] = Math.log1p(quantity(shape, input));
    for (const [, quantity] of RATIOS) values[at++] = quantity(shape, input);
    for (const mark of marks) values[at++] = Math.log1p(shape.marks[mark] ?? 0);
    for (const mark of marks) values[at++] = Math.sqrt(ratio(shape.marks[mark] ?? 0, input.ask.text.length));
    values[at++] = Math.log1p(input.ask.length) ** 2;
    values[at++] = Math.log1p(ratio(shape.words, shape.sentences)) ** 2;
    values[at++] = ratio(shape.wordLength, shape.words) ** 2;
    return values;
  };
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

function spread(squares: number, sum: number, count: number): number {
  return count > 0 ? Math.sqrt(Math.max(squares / count - (sum / count) ** 2, 0)) : 0;
}
