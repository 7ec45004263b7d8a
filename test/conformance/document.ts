/** The tables' results as Markdown. The same results always make the same text. */
import { COLUMN_NAMES, type ColumnName, COLUMNS } from './columns.ts';
import { exceptionFor } from './expected.ts';
import { DOOR_COLUMNS, DOORS, type DoorTable, exceptionAt } from './doors/index.ts';
import type { Feature, Support } from './feature.ts';

/** `whole` and `streamed`, by feature and column. */
export type Results = ReadonlyMap<string, ReadonlyMap<ColumnName, readonly [whole: Support, streamed: Support]>>;

/** By door, feature and column; whole and streamed are alike. */
export type DoorResults = ReadonlyMap<string, Map<string, ReadonlyMap<ColumnName, Support>>>;

export interface Section {
  title: string;
  features: readonly Feature[];
}

const SYMBOLS: Record<Support, string> = {
  passed: '»',
  native: '✓',
  equal: '=',
  emulated: '≈',
  changed: '~',
  dropped: '−',
  absent: '○',
  refused: '✗',
};

const MEANINGS: Record<Support, string> = {
  passed: 'passes: the provider speaks this API and gets the request as it is, under its own name of the model',
  native: 'native: said to the provider in its own words, and the answer shows it',
  equal: 'said in other words or not at all, with the same effect',
  emulated: 'emulated: done by the router, and named in `x-signalbox-emulated`',
  changed:
    'changed: another value was sent, and named in `x-signalbox-dropped`; a 400 under `x-signalbox-strict: true`',
  dropped: 'dropped: not sent, and named in `x-signalbox-dropped`; a 400 under `x-signalbox-strict: true`',
  absent: 'taken, but this provider gives nothing in return',
  refused: '400, and `param` names the field; where a model has several deployments, another one is tried first',
};

const HEAD = `# Compatibility

What a client gets from each provider, at each door: the API that the client speaks. In the tables of chat completions
every cell is **whole answer** / **streamed answer**; at the other doors the two were alike, and one sign stands for both.

This file is written by \`npm test\` (\`test/conformance/\`): each request goes through the door's official SDK and the
whole router to a provider in the same process, and what really happened is what stands here. A cell that is not what
the \`expected.ts\` there says fails the test. The providers are Signalbox's practice providers, which refuse what
the real ones refuse as far as their documentation says so, and bytes written after recorded traffic; they are **not the
live APIs**. Models stand for their kind; what each one can do is in \`routing-rules/models.json\`.
`;

export function toMarkdown(sections: readonly Section[], results: Results, atDoors: DoorResults): string {
  const notes = new Notes();
  const tables = sections.map(({ title, features }) => {
    const rows = features.map((feature) => toRow(feature, results, notes));
    return [`### ${title}`, '', ...tableHead(COLUMN_NAMES), ...rows, ''].join('\n');
  });
  const doors = DOORS.map((door) => toTable(door, atDoors, notes));
  const legend = (Object.keys(SYMBOLS) as Support[]).map((support) => `| ${SYMBOLS[support]} | ${MEANINGS[support]} |`);
  return [
    HEAD,
    '| | |',
    '| :-: | --- |',
    ...legend,
    '',
    '## Chat completions',
    '',
    ...tables,
    ...doors,
    '## Notes',
    '',
    ...notes.lines(),
    '',
  ].join('\n');
}

function toTable(door: DoorTable, results: DoorResults, notes: Notes): string {
  const rows = door.features.map(({ name }) => {
    const cells = DOOR_COLUMNS.map((column) => {
      const note = exceptionAt(door, name, column)?.note;
      return cell(SYMBOLS[results.get(door.title)?.get(name)?.get(column) ?? 'absent'], note, notes);
    });
    return line(name, cells);
  });
  return [`## ${door.title}`, '', door.about, '', ...tableHead(DOOR_COLUMNS), ...rows, ''].join('\n');
}

function cell(sign: string, note: string | undefined, notes: Notes): string {
  return note ? `${sign}<sup>${notes.numberOf(note)}</sup>` : sign;
}

function tableHead(columns: readonly ColumnName[]): string[] {
  const titles = columns.map((name) => COLUMNS[name].title.join('<br>'));
  return [
    line('', titles),
    line(
      '---',
      titles.map(() => ':-:'),
    ),
  ];
}

function toRow({ name }: Feature, results: Results, notes: Notes): string {
  const cells = COLUMN_NAMES.map((column) => {
    const [whole, streamed] = results.get(name)?.get(column) ?? ['absent', 'absent'];
    const note = exceptionFor(name, column)?.note;
    return cell(`${SYMBOLS[whole]} / ${SYMBOLS[streamed]}`, note, notes);
  });
  return line(name, cells);
}

function line(first: string, cells: readonly string[]): string {
  return `| ${[first, ...cells].join(' | ')} |`;
}

/** Each note once, numbered as it is met. */
class Notes {
  readonly #notes: string[] = [];

  numberOf(note: string): number {
    if (!this.#notes.includes(note)) this.#notes.push(note);
    return this.#notes.indexOf(note) + 1;
  }

  lines(): string[] {
    return this.#notes.map((note, index) => `${index + 1}. ${note}`);
  }
}
