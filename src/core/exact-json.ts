/**
 * JSON whose whole numbers are written again as they were read. JavaScript has 53 bits for one, and an id of 64 in a
 * tool's arguments would become its neighbour. Such a number is read as an object that `JSON.stringify` writes as it was.
 */

/** Of ECMAScript's JSON, what TypeScript does not know yet. A runtime without it rounds as all have done. */
interface RawJson {
  rawJSON?: (text: string) => object;
  isRawJSON?: (value: unknown) => boolean;
}

const { rawJSON, isRawJSON } = JSON as RawJson;

/** Fewer are always held. */
const LONG_DIGITS = 16;
/** Between strings. Of decimals nobody expects the last digit, and vectors are full of long ones. */
const LONG = /(?<=[[:,\s]|^)-?[1-9]\d{15,}(?![\d.eE]|\s*:)/g;
/** How a marked number begins while `JSON.parse` takes it for a string; and how that is written. */
const [MARK, WRITTEN_MARK] = ['\0exact:', String.raw`\u0000exact:`];
const WHOLE = /^-?\d+$/;

/** Throws as `JSON.parse` does. */
export function parseExactly(text: string): unknown {
  return parse(text, (value) => exactIn(value));
}

/** The same, but only for what stands in objects under these names: elsewhere a number is a number. */
export function parseExactlyUnder(names: ReadonlySet<string>, text: string): unknown {
  return parse(text, (value) => exactUnder(names, value));
}

/** For whoever looks at the numbers. */
export function rounded<T extends object>(value: T): T {
  const text = JSON.stringify(value);
  return hasLong(text) ? (JSON.parse(text) as T) : value;
}

export function isExactNumber(value: unknown): boolean {
  return isRawJSON?.(value) === true;
}

/** The nearest number that JavaScript has; anything else as it is. */
export function numberOf(value: unknown): unknown {
  return isExactNumber(value) ? Number((value as { rawJSON: string }).rawJSON) : value;
}

/** A reviver would be told each number's source, and takes fifty times as long. */
function parse(text: string, exact: (value: unknown) => unknown): unknown {
  const marked = rawJSON && hasLong(text) && !text.includes(WRITTEN_MARK) ? markLong(text) : text;
  if (marked === text) return JSON.parse(text) as unknown;
  try {
    return exact(JSON.parse(marked));
  } catch {
    return JSON.parse(text) as unknown; // Nested too deep to walk through. What is no JSON is told here.
  }
}

/** Nearly no text has so many digits in a row; where it has, every sixteenth character is one of them. */
function hasLong(text: string): boolean {
  for (let at = LONG_DIGITS - 1; at < text.length; at += LONG_DIGITS) {
    if (!isDigit(text.charCodeAt(at))) continue;
    let [from, to] = [at, at + 1];
    while (isDigit(text.charCodeAt(from - 1))) from--;
    while (to - from < LONG_DIGITS && isDigit(text.charCodeAt(to))) to++;
    if (to - from >= LONG_DIGITS) return true;
  }
  return false;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function markLong(text: string): string {
  let marked = '';
  for (let at = 0; at < text.length;) {
    const string = text.indexOf('"', at);
    const end = string < 0 ? text.length : endOfString(text, string);
    const between = text.slice(at, string < 0 ? end : string);
    marked += between.length < LONG_DIGITS ? between : between.replace(LONG, mark);
    if (string >= 0) marked += text.slice(string, end);
    at = end;
  }
  return marked;
}

function mark(digits: string): string {
  return String(Number(digits)) === digits ? digits : `"${WRITTEN_MARK}${digits}"`;
}

/** Behind its closing quote. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}

function exactIn(value: unknown): unknown {
  if (typeof value === 'string') return markedNumber(value, rawJSON);
  return walk(value, (_, inner) => exactIn(inner));
}

function exactUnder(names: ReadonlySet<string>, value: unknown): unknown {
  if (typeof value === 'string') return markedNumber(value, Number);
  return walk(value, (name, inner) => {
    const isTheirs = typeof inner === 'object' && !Array.isArray(inner) && names.has(name);
    return isTheirs ? exactIn(inner) : exactUnder(names, inner);
  });
}

function markedNumber(text: string, read: ((digits: string) => unknown) | undefined): unknown {
  if (!text.startsWith(MARK)) return text;
  const digits = text.slice(MARK.length);
  return WHOLE.test(digits) ? read?.(digits) : text;
}

/** In place: it was just parsed. */
function walk(value: unknown, change: (name: string, inner: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    for (let place = 0; place < value.length; place++) value[place] = change('', value[place]);
    return value;
  }
  const holder = value as Record<string, unknown>;
  for (const name of Object.keys(holder)) {
    const inner = holder[name];
    const changed = change(name, inner);
    if (changed !== inner) Object.defineProperty(holder, name, { value: changed });
  }
  return value;
}
