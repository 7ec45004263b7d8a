/**
 * Makes up a value that fits a JSON schema, always the same one for the same text. Names and numbers that the user
 * wrote go in where they fit, so that "the weather in Paris" asks for Paris.
 */
type Schema = Record<string, unknown>;

interface Sampling {
  root: Schema;
  names: string[];
  numbers: number[];
}

/** Deeper than this only what is required; recursive schemas end there. */
const DEEP = 3;
const TOO_DEEP = 12;

const QUOTED = /"([^"\n]{1,80})"|«([^»\n]{1,80})»|“([^”\n]{1,80})”|`([^`\n]{1,80})`/gu;
/** Capitalised words that do not open a sentence. */
const NAMED = /(?<=[^\s.!?:;»"]\s+)\p{Lu}[\p{L}\p{M}\p{N}'’-]+(?:\s\p{Lu}[\p{L}\p{M}'’-]+)*/gu;
const NUMBER = /(?<![\p{L}\p{N}.])-?\d+(?:\.\d+)?(?![\p{L}\p{N}])/gu;

const FORMATS: Record<string, string> = {
  'date-time': '2026-01-02T03:04:05Z',
  date: '2026-01-02',
  time: '03:04:05Z',
  duration: 'PT1H',
  email: 'practice@example.com',
  hostname: 'example.com',
  uri: 'https://example.com/practice',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uuid: '00000000-0000-4000-8000-000000000000',
};
/** Tried in turn where a pattern is asked for; a regular expression is not worth inverting here. */
const GUESSES = [
  'A',
  'a',
  '1',
  'AB',
  'ab',
  '12',
  'ABC',
  'abc',
  '123',
  '1234',
  '12345',
  'A1',
  'a1',
  'AB-12',
  '2026-01-02',
  '+15550100',
];

/** `turn` picks other names for each of several calls. */
export function sample(schema: unknown, text: string, turn = 0): unknown {
  const names = [...quotedIn(text), ...(text.match(NAMED) ?? [])];
  const first = names.length > 0 ? turn % names.length : 0;
  const root = isSchema(schema) ? schema : {};
  return valueOf(root, 'value', 0, {
    root,
    names: [...names.slice(first), ...names.slice(0, first)],
    numbers: (text.match(NUMBER) ?? []).map(Number),
  });
}

/** Always an object, as the arguments of a call must be. */
export function sampleArguments(schema: unknown, text: string, turn = 0): Schema {
  const made = sample({ type: 'object', ...(isSchema(schema) ? schema : {}) }, text, turn);
  return isSchema(made) ? made : {};
}

function valueOf(given: Schema, name: string, depth: number, sampling: Sampling): unknown {
  const schema = settled(given, sampling.root, 0);
  if ('const' in schema) return schema['const'];
  if ('default' in schema) return schema['default'];
  for (const list of ['enum', 'examples']) {
    const [choice] = Array.isArray(schema[list]) ? schema[list] : [];
    if (choice !== undefined) return choice;
  }
  if (depth > TOO_DEEP) return null;
  switch (typeOf(schema)) {
    case 'object':
      return objectOf(schema, depth, sampling);
    case 'array':
      return arrayOf(schema, name, depth, sampling);
    case 'integer':
      return numberOf(schema, sampling, true);
    case 'number':
      return numberOf(schema, sampling, false);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return stringOf(schema, name, sampling);
  }
}

/** Follows references, takes the first alternative and lays `allOf` together. */
function settled(schema: Schema, root: Schema, hops: number): Schema {
  if (hops > TOO_DEEP) return {};
  const { $ref, ...rest } = schema;
  if (typeof $ref === 'string') return settled({ ...resolve($ref, root), ...rest }, root, hops + 1);
  for (const list of ['anyOf', 'oneOf']) {
    const options = schemasOf(schema[list]);
    const option = options.find((one) => typeOf(one) !== 'null') ?? options[0];
    if (option) return settled({ ...without(schema, list), ...option }, root, hops + 1);
  }
  const parts = schemasOf(schema['allOf']).map((part) => settled(part, root, hops + 1));
  return parts.length > 0 ? parts.reduce(laidTogether, without(schema, 'allOf')) : schema;
}

function laidTogether(one: Schema, other: Schema): Schema {
  const properties = { ...propertiesOf(one), ...propertiesOf(other) };
  const required = [...requiredOf(one), ...requiredOf(other)];
  return { ...one, ...other, ...(Object.keys(properties).length > 0 && { properties, required }) };
}

function objectOf(schema: Schema, depth: number, sampling: Sampling): Schema {
  const required = requiredOf(schema);
  const made: Schema = {};
  for (const [name, property] of Object.entries(propertiesOf(schema))) {
    const wanted = required.includes(name) || (required.length === 0 && depth < DEEP);
    if (wanted) made[name] = valueOf(isSchema(property) ? property : {}, name, depth + 1, sampling);
  }
  return made;
}

function arrayOf(schema: Schema, name: string, depth: number, sampling: Sampling): unknown[] {
  const fixed = schemasOf(schema['prefixItems']);
  if (fixed.length > 0) return fixed.map((item) => valueOf(item, name, depth + 1, sampling));
  const least = countOf(schema['minItems']) ?? (depth < DEEP ? 1 : 0);
  const length = Math.min(least, countOf(schema['maxItems']) ?? least, 50);
  const item = isSchema(schema['items']) ? schema['items'] : {};
  return Array.from({ length }, () => valueOf(item, name, depth + 1, sampling));
}

function numberOf(schema: Schema, sampling: Sampling, whole: boolean): number {
  const step = countOf(schema['multipleOf']) ?? (whole ? 1 : 0);
  const gap = step || 0.5;
  const least = limit(schema['minimum'], schema['exclusiveMinimum'], gap) ?? -Infinity;
  const most = limit(schema['maximum'], schema['exclusiveMaximum'], -gap) ?? Infinity;
  const wished = sampling.numbers.shift() ?? 1;
  const kept = Math.min(Math.max(wished, least), most);
  if (!step) return kept;
  const rounded = Math.round(kept / step) * step;
  return rounded < least ? Math.ceil(least / step) * step : rounded > most ? Math.floor(most / step) * step : rounded;
}

function stringOf(schema: Schema, name: string, sampling: Sampling): string {
  const format = typeof schema['format'] === 'string' ? FORMATS[schema['format']] : undefined;
  if (format) return format;
  const spoken = sampling.names.shift() ?? `practice ${name}`;
  if (typeof schema['pattern'] === 'string') return fitting(schema['pattern'], [spoken, ...GUESSES]) ?? spoken;
  const least = countOf(schema['minLength']) ?? 0;
  return spoken.padEnd(least, '.').slice(0, Math.max(countOf(schema['maxLength']) ?? Infinity, 0));
}

function fitting(pattern: string, candidates: string[]): string | undefined {
  try {
    const wanted = new RegExp(pattern, 'u');
    return candidates.find((candidate) => wanted.test(candidate));
  } catch {
    return undefined; // A pattern that JavaScript cannot read is left to who validates.
  }
}

function typeOf(schema: Schema): string | undefined {
  const types = Array.isArray(schema['type']) ? schema['type'] : [schema['type']];
  const type: unknown = types.find((one) => one !== 'null') ?? types[0];
  if (typeof type === 'string') return type.toLowerCase(); // Gemini's own schemas shout.
  if (isSchema(schema['properties'])) return 'object';
  return isSchema(schema['items']) ? 'array' : undefined;
}

function resolve(pointer: string, root: Schema): Schema {
  let found: unknown = root;
  for (const key of pointer.replace(/^#\/?/u, '').split('/').filter(Boolean)) {
    const step = decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
    found = isSchema(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }
  return isSchema(found) ? found : {};
}

function quotedIn(text: string): string[] {
  return [...text.matchAll(QUOTED)].map((match) => match.slice(1).find(Boolean) ?? '');
}

function limit(inclusive: unknown, exclusive: unknown, gap: number): number | undefined {
  if (typeof exclusive === 'number') return exclusive + gap;
  return typeof inclusive === 'number' ? inclusive : undefined;
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}

function schemasOf(value: unknown): Schema[] {
  return Array.isArray(value) ? value.filter(isSchema) : [];
}

function propertiesOf(schema: Schema): Schema {
  return isSchema(schema['properties']) ? schema['properties'] : {};
}

function requiredOf(schema: Schema): string[] {
  return Array.isArray(schema['required']) ? schema['required'].filter((name) => typeof name === 'string') : [];
}

function without(schema: Schema, key: string): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== key));
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
