/** Where a field's value stands in a JSON text. */
export interface Span {
  name: string;
  start: number;
  end: number;
}

const WHITE = /\s/;
const BACKSLASH = 92;

/** The fields of a JSON object, without parsing what is in them: the conversation is nearly all of the text. */
export function topLevel(text: string): Span[] {
  const spans: Span[] = [];
  let depth = 0;
  let name: string | undefined;
  let start = 0;
  const close = (end: number) => {
    if (name !== undefined) spans.push({ name, start, end: trimmedEnd(text, end) });
    name = undefined;
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = endOfString(text, at);
      if (depth === 1 && name === undefined) {
        name = String(JSON.parse(text.slice(at, end)));
        start = afterColon(text, end);
        at = start - 1;
      } else {
        at = end - 1;
      }
    } else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') {
      if (--depth === 0) close(at);
    } else if (char === ',' && depth === 1) close(at);
  }
  return spans;
}

/** The text with this value in the place of the field's own; undefined where it has none. */
export function replaced(text: string, spans: readonly Span[], name: string, value: string): string | undefined {
  const own = spans.filter((span) => span.name === name);
  if (own.length === 0) return undefined;
  let from = 0;
  let out = '';
  for (const { start, end } of own) {
    out += text.slice(from, start) + value;
    from = end;
  }
  return out + text.slice(from);
}

/** The value of the last field of this name, as a parser takes it. */
export function valueOf(text: string, spans: readonly Span[], name: string): unknown {
  const span = spans.findLast((each) => each.name === name);
  return span && (JSON.parse(text.slice(span.start, span.end)) as unknown);
}

/** Behind its closing quote. The text is valid JSON: it was parsed at the door. */
export function endOfString(text: string, start: number): number {
  let end = start + 1;
  for (;;) {
    end = text.indexOf('"', end);
    if (end < 0) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    end++;
    if (backslashes % 2 === 0) return end;
  }
}

function afterColon(text: string, from: number): number {
  let at = text.indexOf(':', from) + 1;
  while (WHITE.test(text[at] ?? '')) at++;
  return at;
}

function trimmedEnd(text: string, end: number): number {
  let at = end;
  while (WHITE.test(text[at - 1] ?? '')) at--;
  return at;
}
