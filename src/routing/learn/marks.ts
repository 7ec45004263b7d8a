/** The kinds of characters, of every script: what a text is made of before any language is known. */
export const MARKS = [
  'other',
  'letters',
  'capitals',
  'digits',
  'spaces',
  'newlines',
  'commas',
  'stops',
  'questions',
  'exclamations',
  'colons',
  'semicolons',
  'quotes',
  'round brackets',
  'square brackets',
  'braces',
  'comparisons',
  'equals',
  'operators',
  'slashes',
  'percents',
  'currencies',
  'backslashes',
  'underscores',
  'pipes',
  'hyphens',
  'hashes',
  'ideographs',
] as const;
export type Mark = (typeof MARKS)[number];

const CHARACTERS: Readonly<Partial<Record<Mark, string>>> = {
  letters: 'abcdefghijklmnopqrstuvwxyz',
  capitals: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789０１２３４５６７８９',
  spaces: ' \t\r\u00a0\u3000',
  newlines: '\n',
  commas: ',、，،',
  stops: '.。．।',
  questions: '?？؟',
  exclamations: '!！',
  colons: ':：',
  semicolons: ';；؛',
  quotes: '"\'`“”‘’«»「」',
  'round brackets': '()（）',
  'square brackets': '[]',
  braces: '{}',
  comparisons: '<>≤≥',
  equals: '=',
  operators: '+*^~&@×÷−±√',
  slashes: '/',
  percents: '%',
  currencies: '$€£¥₹',
  backslashes: '\\',
  underscores: '_',
  pipes: '|',
  hyphens: '-–—',
  hashes: '#',
};

/** Kana, Han and Hangul: each character stands for a word or a part of one. */
const IDEOGRAPHS: readonly (readonly [from: number, to: number])[] = [
  [0x2e80, 0xd7ff],
  [0xf900, 0xfaff],
];
/** Latin with accents, Greek, Cyrillic, Arabic, Devanagari, Thai and their like. */
const LETTERS: readonly (readonly [from: number, to: number])[] = [
  [0xc0, 0x1fff],
  [0xfb00, 0xfdff],
  [0xfe70, 0xfeff],
];

export const NUMBER_OF = Object.fromEntries(MARKS.map((mark, number) => [mark, number])) as Record<Mark, number>;

/** The number of each character's mark, by its code. */
export const MARK_OF = markTable();

function markTable(): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (const [from, to] of LETTERS) table.fill(NUMBER_OF.letters, from, to + 1);
  for (const [from, to] of IDEOGRAPHS) table.fill(NUMBER_OF.ideographs, from, to + 1);
  for (const [mark, characters] of Object.entries(CHARACTERS)) {
    for (const character of characters) table[character.charCodeAt(0)] = NUMBER_OF[mark as Mark];
  }
  return table;
}
