/**
 * Google's `Schema` as JSON Schema. It is OpenAPI's, with upper-case types, `nullable`, an order of properties, and
 * numbers as text (as protobuf's JSON has them).
 */
import { isObject } from '../json.ts';
import { toCamel } from './spelling.ts';

type Json = Record<string, unknown>;

const COUNTS = new Set('minItems maxItems minLength maxLength minProperties maxProperties minimum maximum'.split(' '));
const LISTS = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);

export function toJsonSchema(schema: Json): Json {
  const named = Object.fromEntries(Object.entries(schema).map(([key, value]) => [toCamel(key), value]));
  const { propertyOrdering, nullable, type, example, ...rest } = named;
  const whole: Json = {};
  const written = typeof type === 'string' ? type.toLowerCase() : type;
  if (written !== undefined && written !== 'type_unspecified') whole['type'] = written;
  for (const [key, value] of Object.entries(rest)) whole[key] = toKeyword(key, value);
  if (isObject(whole['properties'])) whole['properties'] = inOrder(whole['properties'], propertyOrdering);
  if (example !== undefined) whole['examples'] = [example];
  return nullable === true ? orNull(whole) : whole;
}

function toKeyword(key: string, value: unknown): unknown {
  if (COUNTS.has(key)) return typeof value === 'string' ? Number(value) : value;
  if (key === 'properties' || key === 'defs' || key === '$defs') return isObject(value) ? ofEach(value) : value;
  if (LISTS.has(key)) return Array.isArray(value) ? value.map((one: unknown) => inner(one)) : value;
  return key === 'items' || key === 'additionalProperties' ? inner(value) : value;
}

function inner(value: unknown): unknown {
  return isObject(value) ? toJsonSchema(value) : value;
}

function ofEach(schemas: Json): Json {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, inner(schema)]));
}

/** Models write properties in the order in which they stand. */
function inOrder(properties: Json, ordering: unknown): Json {
  if (!Array.isArray(ordering)) return properties;
  const first = ordering.filter((name): name is string => typeof name === 'string' && Object.hasOwn(properties, name));
  const rest = Object.keys(properties).filter((name) => !first.includes(name));
  return Object.fromEntries([...first, ...rest].map((name) => [name, properties[name]]));
}

function orNull(schema: Json): Json {
  const { type, enum: values } = schema;
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  return { ...schema, type: [type, 'null'], ...(Array.isArray(values) && { enum: [...(values as unknown[]), null] }) };
}

/**
 * Whether OpenAI would take it as `strict`: every object closed, every property required. Others are refused there
 * with a 400, so they are not called strict.
 */
export function isClosed(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isClosed);
  if (!isObject(schema)) return true;
  const { properties } = schema;
  if (isObject(properties)) {
    const required = Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : [];
    if (schema['additionalProperties'] !== false) return false;
    if (!Object.keys(properties).every((name) => required.includes(name))) return false;
  } else if (schema['type'] === 'object') return false;
  return Object.values(schema).every(isClosed);
}
