/**
 * JSON whose numbers are written again as they were read. JavaScript has 53 bits for a whole number, and an id of 64 in a
 * tool's arguments would become its neighbour. Such a number is read as an object that `JSON.stringify` writes as it was.
 */

/** Of ECMAScript's JSON, what TypeScript does not know yet. A runtime without it rounds as all have done. */
interface ExactJson {
  rawJSON?: (text: string) => object;
  isRawJSON?: (value: unknown) => boolean;
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
}

const json = JSON as unknown as ExactJson;
const { rawJSON, isRawJSON } = json;

/** A number that may be too long, or too large, to be held. Found in a text, it only costs a slower reading. */
const LONG = /(?:^|[:[,])\s*-?(?:\d[\d.]{15}|\d+(?:\.\d+)?[eE]\+?\d{3})/;
const DIGITS = /\d[\d.]{15}/;

/** Throws as `JSON.parse` does. */
export function parseExactly(text: string): unknown {
  return hasLong(text) ? exactly(text, (value) => value) : (JSON.parse(text) as unknown);
}

/** The same, but only for what stands in objects under these names: elsewhere a number is a number. */
export function parseExactlyUnder(names: ReadonlySet<string>, text: string): unknown {
  return hasLong(text) ? exactly(text, (value) => roundedOutside(names, value)) : (JSON.parse(text) as unknown);
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

function hasLong(text: string): boolean {
  return rawJSON !== undefined && LONG.test(text);
}

function exactly(text: string, after: (value: unknown) => unknown): unknown {
  try {
    return after(json.parse(text, (_, value, { source }) => keep(value, source)));
  } catch {
    return JSON.parse(text) as unknown; // Nested too deep for a reviver. What is no JSON is told here.
  }
}

function keep(value: unknown, source: string | undefined): unknown {
  if (typeof value !== 'number' || source === undefined || !rawJSON) return value;
  const isHeld = Number.isFinite(value) && (!DIGITS.test(source) || String(value) === source);
  return isHeld ? value : rawJSON(source);
}

function roundedOutside(names: ReadonlySet<string>, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || isExactNumber(value)) return numberOf(value);
  const holder = value as Record<string, unknown>; // A list's places are names as well.
  for (const [name, inner] of Object.entries(holder)) {
    if (typeof inner !== 'object' || inner === null) continue;
    if (isExactNumber(inner)) holder[name] = numberOf(inner);
    else if (Array.isArray(inner) || !names.has(name)) roundedOutside(names, inner);
  }
  return value;
}
