/** Rows of text, each column as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** 12.34, 0.0123, 0.000004: as many digits as say something. */
export function dollars(usd: number): string {
  if (Math.abs(usd) >= 1 || usd === 0) return usd.toFixed(2);
  return usd.toFixed(Math.min(10, 1 - Math.floor(Math.log10(Math.abs(usd)))));
}
