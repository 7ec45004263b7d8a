/** Rewritings of one schema node that say the same in fewer words. None looks below the node. */
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

/** `{"type":["object","null"],…}` as `anyOf`: with several types, providers look at no properties or items. */
export function splitTypes(schema: Schema): Schema {
  const { type } = schema;
  const isNested = Array.isArray(type) && (type.includes('object') || type.includes('array'));
  if (!isNested || has(schema, [...LITERAL, 'anyOf', 'oneOf'])) return schema;
  const rest = without(schema, ['type', ...NOTES]);
  const anyOf = type.map((one): Schema => {
    if (one === 'object') return { type: one, ...without(rest, [...ARRAY, ...NUMBER, ...STRING]) };
    if (one === 'array') return { type: one, ...without(rest, [...OBJECT, ...NUMBER, ...STRING]) };
    return { type: one, ...without(rest, [...OBJECT, ...ARRAY, ...(one === 'string' ? NUMBER : STRING)]) };
  });
  return { ...only(schema, NOTES), anyOf };
}

/** The type that the other keywords speak of; untouched where they tell nothing. */
export function inferType(schema: Schema): Schema {
  if (has(schema, ['type', 'anyOf', 'oneOf', '$ref', ...LITERAL])) return schema;
  if (has(schema, OBJECT)) return { type: 'object', ...schema };
  if (has(schema, ARRAY)) return { type: 'array', ...schema };
  if (has(schema, STRING)) return { type: 'string', ...schema };
  return has(schema, NUMBER) ? { type: 'number', ...schema } : schema;
}

/** A type beside `anyOf` moves into the variants, each of which needs its own. */
export function pushTypeDown(schema: Schema): Schema {
  const key = schema['anyOf'] === undefined ? 'oneOf' : 'anyOf';
  const variants = schema[key];
  if (!Array.isArray(variants) || !('type' in schema) || has(schema, [...OBJECT, ...ARRAY, ...LITERAL])) return schema;
  const { type, ...rest } = schema;
  return { ...rest, [key]: variants.map((variant: unknown) => (isTypeless(variant) ? { type, ...variant } : variant)) };
}

/** One object with the properties of all variants: wider than they are, so the answer must be checked. */
export function uniteVariants(variants: readonly Schema[]): Schema {
  const names = variants.map((variant) => new Set(asList(variant['required'])));
  const united = variants.reduce<Schema>((sum, { required: _, ...variant }) => {
    return mergeUnion(sum, variant);
  }, {});
  const [first = new Set(), ...others] = names;
  return { ...united, type: 'object', required: [...first].filter((name) => others.every((set) => set.has(name))) };
}

/** Gemini knows `enum` of strings and numbers only, no `const`, and no `null` among the values. */
export function plainLiterals(schema: Schema): Schema {
  const { const: value, ...rest } = schema;
  const values: unknown = 'const' in schema ? [value] : schema['enum'];
  if (!Array.isArray(values) || values.length === 0) return schema;
  const others = values.filter((one) => one !== null);
  const type = literalType(others);
  if (others.length === values.length) return { ...rest, ...(type && { type }), enum: values };
  if (others.length === 0) return { ...without(rest, LITERAL), type: 'null' };
  if (!type || has(schema, ['anyOf', 'oneOf'])) return { ...rest, enum: values };
  return { ...without(rest, [...LITERAL, 'type']), anyOf: [{ type, enum: others }, { type: 'null' }] };
}

/** Gemini has no exclusive bounds; between whole numbers an inclusive one says the same. */
export function inclusiveBounds(schema: Schema): Schema {
  const { exclusiveMinimum: above, exclusiveMaximum: below, ...rest } = schema;
  if (schema['type'] !== 'integer') return schema;
  const bounds = {
    ...(typeof above === 'number' && { minimum: Math.floor(above) + 1 }),
    ...(typeof below === 'number' && { maximum: Math.ceil(below) - 1 }),
  };
  return mergeSchemas(rest, bounds);
}

function mergeUnion(left: Schema, right: Schema): Schema {
  const properties = new Map(Object.entries((left['properties'] as Schema | undefined) ?? {}));
  for (const [name, schema] of Object.entries((right['properties'] as Schema | undefined) ?? {})) {
    const mine = properties.get(name);
    const isSame = mine === undefined || JSON.stringify(mine) === JSON.stringify(schema);
    properties.set(name, isSame ? schema : { anyOf: [mine, schema] });
  }
  return { ...left, ...without(right, NOTES), properties: Object.fromEntries(properties) };
}
