/** What becomes of each keyword of JSON Schema, by target. */
import { GatewayError } from '../../src/core/errors.ts';
import { numberOf } from '../../src/core/exact-json.ts';
import { record } from './refusal.ts';
import type { Schema } from './schema-merge.ts';
import { choosesVariants } from './schema-shapes.ts';

export type SchemaTarget = 'anthropic' | 'gemini' | 'bedrock';

export interface Keyword {
  value: unknown;
  /** The node it stands in. */
  schema: Schema;
  target: SchemaTarget;
  param: string;
  /** Compiles a node below this one. `optional`: a property that may be left out. */
  below: (node: unknown, step: string, optional?: boolean) => Schema;
  /** Notes a reference and returns it as it is called in the compiled schema. */
  refer: (pointer: string) => string;
}

export interface Outcome {
  /** What the provider is told, perhaps under another name. */
  keep?: [keyword: string, value: unknown];
  /** Said in the description. */
  note?: true;
  /** The provider does not enforce it, so the answer must be checked. */
  moved?: true;
}

type Rule = (keyword: Keyword) => Outcome;

const DROP: Outcome = {};
const NOTE: Outcome = { note: true };
const CONSTRAINT: Outcome = { note: true, moved: true };

const FORMATS = new Set('date-time time date duration email hostname uri ipv4 ipv6 uuid'.split(' '));

const CONSTRAINTS = new Set(
  `allOf not if then else patternProperties propertyNames minProperties maxProperties dependentRequired
  dependentSchemas dependencies unevaluatedProperties unevaluatedItems uniqueItems contains minContains maxContains
  minLength maxLength pattern multipleOf exclusiveMinimum exclusiveMaximum nullable`.split(/\s+/),
);

const RULES: Readonly<Record<string, Rule>> = {
  $ref: ({ value, refer }) => ({ keep: ['$ref', refer(String(value))] }),
  type: ({ value }) => ({ keep: ['type', value] }),
  description: ({ value }) => (typeof value === 'string' ? { keep: ['description', value] } : NOTE),
  title: ({ value, target }) => (target === 'bedrock' ? DROP : { keep: ['title', value] }),
  default: () => NOTE,
  examples: () => NOTE,
  definitions: () => DROP,
  properties: readProperties,
  required: readRequired,
  additionalProperties: readAdditional,
  items: (keyword) => (Array.isArray(keyword.value) ? readTuple(keyword) : readItems(keyword)),
  prefixItems: readTuple,
  anyOf: readVariants,
  oneOf: (keyword) => ('anyOf' in keyword.schema ? CONSTRAINT : readVariants(keyword)),
  enum: ({ value, target }) => (isListOf(value, target) ? { keep: ['enum', value] } : CONSTRAINT),
  const: ({ value, target }) => (isListOf([value], target) ? { keep: ['const', value] } : CONSTRAINT),
  minItems: (keyword) =>
    keyword.value === 0 || keyword.value === 1 ? keepAs('minItems', keyword) : onGemini('minItems', keyword),
  maxItems: (keyword) => onGemini('maxItems', keyword),
  minimum: (keyword) => onGemini('minimum', keyword),
  maximum: (keyword) => onGemini('maximum', keyword),
  format: (keyword) => (FORMATS.has(String(keyword.value)) ? keepAs('format', keyword) : onGemini('format', keyword)),
  propertyOrdering: (keyword) => (keyword.target === 'gemini' ? keepAs('propertyOrdering', keyword) : DROP),
};

export function readKeyword(name: string, keyword: Keyword): Outcome {
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (rule) return rule(keyword);
  if (name.startsWith('$') || name.startsWith('x-')) return DROP;
  return CONSTRAINTS.has(name) ? CONSTRAINT : NOTE;
}

function keepAs(name: string, { value }: Keyword): Outcome {
  return { keep: [name, value] };
}

function onGemini(name: string, keyword: Keyword): Outcome {
  return keyword.target === 'gemini' ? keepAs(name, keyword) : CONSTRAINT;
}

function readProperties({ value, schema, param, below }: Keyword): Outcome {
  const properties = record(value);
  if (!properties) throw new GatewayError('invalid_request', 'Properties are an object', { param });
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const compiled = Object.entries(properties).map(([name, property]) => {
    return [name, below(property, `properties.${name}`, !required.has(name))];
  });
  return { keep: ['properties', Object.fromEntries(compiled)] };
}

/** Only what is a property: Gemini refuses others, and where nothing else may be added they could never be there. */
function readRequired({ value, schema }: Keyword): Outcome {
  const properties = record(schema['properties']) ?? {};
  const names = Array.isArray(value) ? value : [];
  const known = names.filter((name) => typeof name === 'string' && Object.hasOwn(properties, name));
  return { keep: ['required', known], ...(known.length < names.length && CONSTRAINT) };
}

/** Anthropic's own transformer forces `false`; that is added where the object is closed. */
function readAdditional({ value, target, below }: Keyword): Outcome {
  if (target !== 'gemini') return value === false ? DROP : { moved: true };
  return { keep: ['additionalProperties', record(value) ? below(value, 'additionalProperties') : value] };
}

function readItems({ value, below }: Keyword): Outcome {
  if (value === true) return DROP;
  return value === false ? CONSTRAINT : { keep: ['items', below(value, 'items')] };
}

/** A tuple. Without a word for it, the items may be any of its members. */
function readTuple({ value, schema, target, below }: Keyword): Outcome {
  const members = (Array.isArray(value) ? value : []).map((item, index) => below(item, `prefixItems.${index}`));
  if (target === 'gemini') return { keep: ['prefixItems', members] };
  const hasItems = members.length === 0 || (schema['items'] !== value && record(schema['items']));
  return hasItems ? CONSTRAINT : { keep: ['items', { anyOf: members }], ...CONSTRAINT };
}

function readVariants({ value, schema, below }: Keyword): Outcome {
  if (!Array.isArray(value) || value.length === 0 || !choosesVariants(schema)) return CONSTRAINT;
  return { keep: ['anyOf', value.map((variant, index) => below(variant, `anyOf.${index}`))] };
}

/** Gemini takes strings and numbers, the others every value that has no parts. */
function isListOf(values: unknown, target: SchemaTarget): boolean {
  if (!Array.isArray(values) || values.length === 0) return false;
  if (target === 'gemini')
    return values.every((value) => typeof value === 'string' || typeof numberOf(value) === 'number');
  return values.every((value) => typeof numberOf(value) !== 'object' || value === null);
}
