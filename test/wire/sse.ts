/** The dumbest reading of an event stream: whole text in hand, one `data:` line an event. */
export interface DataLine {
  data: string;
  /** Where the line ends in the text, its line break not counted. */
  end: number;
}

export function dataLines(text: string): DataLine[] {
  const lines: DataLine[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    const bare = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (bare.startsWith('data:')) lines.push({ data: bare.slice(5).trim(), end: start + bare.length });
    start += line.length + 1;
  }
  return lines;
}

export function sseEvents(text: string): unknown[] {
  return dataLines(text)
    .filter(({ data }) => data !== '[DONE]')
    .map(({ data }) => JSON.parse(data));
}
