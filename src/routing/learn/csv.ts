/** A record of a CSV file, and the line that it begins in: quoted fields may hold line breaks. */
export interface CsvRecord {
  line: number;
  fields: string[];
}

const QUOTE = '"';

/** RFC 4180: commas, doubled quotes inside quotes, either line ending. Empty lines are no records. */
export function readCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const record = readRecord(text, at, line);
    if (record.fields.length > 1 || record.fields[0] !== '') records.push({ line, fields: record.fields });
    line = record.line;
    at = record.end;
  }
  return records;
}

function readRecord(text: string, start: number, startLine: number): { fields: string[]; end: number; line: number } {
  const fields: string[] = [];
  let at = start;
  let line = startLine;
  for (;;) {
    const isQuoted = text[at] === QUOTE;
    const end = isQuoted ? endOfQuoted(text, at, line) : endOfPlain(text, at);
    const raw = text.slice(at, end);
    fields.push(isQuoted ? raw.slice(1, -1).replaceAll('""', QUOTE) : raw);
    if (isQuoted) line += raw.split('\n').length - 1;
    if (text[end] !== ',') {
      const next = text.startsWith('\r\n', end) ? end + 2 : end + 1;
      if (isQuoted && end < text.length && !'\r\n'.includes(text[end] ?? '')) {
        throw new Error(`line ${line}: after a closing quote only a comma or the end of the line may stand`);
      }
      return { fields, end: next, line: line + 1 };
    }
    at = end + 1;
  }
}

function endOfPlain(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== ',' && text[at] !== '\n' && !text.startsWith('\r\n', at)) at += 1;
  return at;
}

function endOfQuoted(text: string, from: number, line: number): number {
  for (let quote = text.indexOf(QUOTE, from + 1); quote >= 0; quote = text.indexOf(QUOTE, quote + 2)) {
    if (text[quote + 1] !== QUOTE) return quote + 1;
  }
  throw new Error(`line ${line}: a quote is opened and never closed`);
}
