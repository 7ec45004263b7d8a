/** Rewritings of one schema node that say the same in fewer words. None looks below the node. */
import { numberOf } from '../../src/core/exact-json.ts';
import { record } from './refusal.ts';
import type { SchemaTarget } from './schema-keywords.ts';
import { mergeSchemas } from './schema-merge.ts';
import type { Schema } from './schema-merge.ts';

const OBJECT = ['properties', 'required', 'additionalProperties'];
const ARRAY = ['items', 'prefixItems', 'minItems', 'maxItems'];
const NUMBER = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];
const STRING = ['minLength', 'maxLength', 'pattern', 'format'];
const LITERAL = ['enum', 'const'];
const NOTES = ['title', 'description', 'default', 'examples'];
/** Beside a `$ref` these add to what it names; anything else is only a remark on it. */
const SHAPES = [...OBJECT, ...ARRAY, ...LITERAL, 'type', 'anyOf', 'oneOf', 'allOf'];

export function hasShape(schema: Schema): boolean {
  return has(schema, SHAPES);
}

/** One node, ready for its keywords to be read one by one. */
export function toShape(schema: Schema, target: SchemaTarget): Schema {
  const typed = pushTypeDown(inferType(splitTypes(schema)));
  return target === 'gemini' ? inclusiveBounds(plainLiterals(typed)) : typed;
}

/** `{"type":["object","null"],…}` as `anyOf`: with several types, providers look at no properties or items. */
function splitTypes(schema: Schema): Schema {
  const { type } = schema;
  if (Array.isArray(type) && type.length === 1) return { ...schema, type: type[0] };
  const isNested = Array.isArray(type) && (type.includes('object') || type.includes('array'));
  if (!isNested || choosesVariants(schema)) return schema;
  if (hasPlainLiteral(schema)) return without(schema, ['type']); // The values say it all.
  const rest = without(schema, ['type', ...NOTES]);
  const anyOf = type.map((one): Schema => {
    if (one === 'object') return { type: one, ...without(rest, [...ARRAY, ...NUMBER, ...STRING]) };
    if (one === 'array') return { type: one, ...without(rest, [...OBJECT, ...NUMBER, ...STRING]) };
    return { type: one, ...without(rest, [...OBJECT, ...ARRAY, ...(one === 'string' ? NUMBER : STRING)]) };
  });
  return { ...only(schema, NOTES), anyOf };
}

/** The type that the other keywords speak of; untouched where they tell nothing. */
function inferType(schema: Schema): Schema {
  if (hasPlainLiteral(schema) || choosesVariants(schema) || has(schema, ['type', '$ref'])) return schema;
  if (has(schema, OBJECT)) return { type: 'object', ...schema };
  if (has(schema, ARRAY)) return { type: 'array', ...schema };
  if (has(schema, STRING)) return { type: 'string', ...schema };
  return has(schema, NUMBER) ? { type: 'number', ...schema } : schema;
}

/** A type beside `anyOf` moves into the variants, each of which needs its own. */
function pushTypeDown(schema: Schema): Schema {
  const key = schema['anyOf'] === undefined ? 'oneOf' : 'anyOf';
  const variants = schema[key];
  if (!Array.isArray(variants) || !('type' in schema) || !choosesVariants(schema)) return schema;
  const { type, ...rest } = schema;
  return { ...rest, [key]: variants.map((variant: unknown) => (isTypeless(variant) ? { type, ...variant } : variant)) };
}

/** One object with the properties of all variants: wider than they are, so the answer must be checked. */
export function uniteVariants(variants: readonly Schema[]): Schema {
  const readings = new Map<string, Map<string, unknown>>();
  for (const [name, schema] of variants.flatMap((variant) => Object.entries(record(variant['properties']) ?? {}))) {
    const known = readings.get(name) ?? new Map<string, unknown>();
    readings.set(name, known.set(JSON.stringify(schema), schema));
  }
  const properties = [...readings].map(([name, known]) => {
    const [schema, ...others] = known.values();
    return [name, others.length > 0 ? { anyOf: [schema, ...others] } : schema];
  });
  const [first = [], ...rest] = variants.map((variant) => asList(variant['required']));
  const sets = rest.map((names) => new Set(names));
  const required = first.filter((name) => sets.every((set) => set.has(name)));
  return { type: 'object', properties: Object.fromEntries(properties), required };
}

/** Gemini knows `enum` of strings and numbers only, no `const`, and no `null` among the values. */
function plainLiterals(schema: Schema): Schema {
  const { const: value, ...rest } = schema;
  const values: unknown = 'const' in schema ? [value] : schema['enum'];
  if (!Array.isArray(values) || values.length === 0) return schema;
  const others = values.filter((one) => one !== null);
  const type = literalType(others);
  if (others.length === values.length) return { ...rest, ...(type && { type }), enum: values };
  if (others.length === 0) return { ...without(rest, LITERAL), type: 'null' };
  if (!type || hasVariants(schema)) return { ...rest, enum: values };
  return { ...without(rest, [...LITERAL, 'type']), anyOf: [{ type, enum: others }, { type: 'null' }] };
}

/** Gemini has no exclusive bounds; between whole numbers an inclusive one says the same. */
function inclusiveBounds(schema: Schema): Schema {
  const { exclusiveMinimum: above, exclusiveMaximum: below } = schema;
  if (schema['type'] !== 'integer') return schema;
  const lower = typeof above === 'number' ? { minimum: Math.floor(above) + 1 } : undefined;
  const upper = typeof below === 'number' ? { maximum: Math.ceil(below) - 1 } : undefined;
  const said = [...(lower ? ['exclusiveMinimum'] : []), ...(upper ? ['exclusiveMaximum'] : [])];
  return mergeSchemas(without(schema, said), { ...lower, ...upper });
}

function literalType(values: readonly unknown[]): string | undefined {
  if (values.every((value) => typeof value === 'string')) return 'string';
  if (values.every((value) => typeof value === 'boolean')) return 'boolean';
  if (values.every((value) => Number.isInteger(numberOf(value)))) return 'integer';
  return values.every((value) => typeof numberOf(value) === 'number') ? 'number' : undefined;
}

/** Values that tell their type, which no object or list does. */
function hasPlainLiteral(schema: Schema): boolean {
  const values: unknown[] = 'const' in schema ? [schema['const']] : asList(schema['enum']);
  return values.length > 0 && values.every((value) => typeof numberOf(value) !== 'object' || value === null);
}

/** Beside properties, items or values, variants only narrow those, which no provider's decoding knows. */
export function choosesVariants(schema: Schema): boolean {
  return hasVariants(schema) && !has(schema, ['properties', 'items', 'prefixItems', ...LITERAL]);
}

function hasVariants(schema: Schema): boolean {
  return asList(schema['anyOf']).length > 0 || asList(schema['oneOf']).length > 0;
}

/** A schema that says of no type what it speaks of. */
function isTypeless(variant: unknown): variant is Schema {
  const schema = record(variant);
  return schema !== undefined && !has(schema, ['type', 'anyOf', 'oneOf', 'allOf', '$ref', ...LITERAL]);
}

function has(schema: Schema, keywords: readonly string[]): boolean {
  return keywords.some((keyword) => Object.hasOwn(schema, keyword));
}

function without(schema: Schema, keywords: readonly string[]): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !keywords.includes(keyword)));
}

function only(schema: Schema, keywords: readonly string[]): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => keywords.includes(keyword)));
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
