import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  name: string;
  /** Shown to the right, in figures of one width. */
  isNumber?: boolean;
  cell: (row: Row) => ComponentChildren;
}

interface TableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** The caption is for ears only, where a heading says the same. */
  isCaptionHidden?: boolean;
  /** A line a row, however wide that is. */
  isDense?: boolean;
}

/** The first column names the row. Where it is too wide it scrolls by itself, by keys too, and the page does not. */
export function Table<Row>(props: TableProps<Row>) {
  const { caption, columns, rows, keyOf, isCaptionHidden = false, isDense = false } = props;
  return (
    <div class="scroller" role="region" aria-label={caption} tabIndex={0}>
      <table class={isDense ? 'dense' : undefined}>
        <caption class={isCaptionHidden ? 'for-ears' : undefined}>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ name, isNumber }) => (
              <th key={name} scope="col" class={isNumber ? 'number' : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ name, isNumber, cell }, index) =>
                index === 0 ? (
                  <th key={name} scope="row">
                    {cell(row)}
                  </th>
                ) : (
                  <td key={name} class={isNumber ? 'number' : undefined}>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
