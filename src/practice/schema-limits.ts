/** Which JSON schemas the providers refuse to constrain an answer with. */
import { isSchema } from './sample.ts';

export interface SchemaFault {
  message: string;
  /** Where in the schema: `properties.age`. */
  path: string[];
}

type Check = (schema: Record<string, unknown>) => string | undefined;

/** Anthropic's structured outputs and strict tools, and the same models on Bedrock. */
export function claudeSchemaFault(schema: unknown): SchemaFault | undefined {
  return recursion(schema) ?? firstFault(schema, claudeCheck);
}

/** OpenAI's strict mode. */
export function openaiSchemaFault(schema: unknown): SchemaFault | undefined {
  if (!isSchema(schema) || schema['type'] !== 'object') {
    const type = isSchema(schema) && schema['type'] ? JSON.stringify(schema['type']) : '"None"';
    return { message: `schema must be a JSON Schema of 'type: "object"', got 'type: ${type}'.`, path: [] };
  }
  return firstFault(schema, openaiCheck);
}

/** Gemini's `responseJsonSchema` and `parametersJsonSchema`. */
export function geminiSchemaFault(schema: unknown): SchemaFault | undefined {
  return firstFault(schema, geminiCheck);
}

const NOT_FOR_CLAUDE = wordSet(
  `minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern maxItems uniqueItems contains
  minProperties maxProperties patternProperties propertyNames not if then else dependentRequired dependentSchemas oneOf`,
);
const CLAUDE_FORMATS = wordSet('date-time time date duration email hostname uri ipv4 ipv6 uuid');

const claudeCheck: Check = (schema) => {
  const type = typeof schema['type'] === 'string' ? schema['type'] : 'any';
  const unfit = Object.keys(schema).find((key) => NOT_FOR_CLAUDE.has(key));
  if (unfit) return `For '${type}' type, property '${unfit}' is not supported`;
  if (typeof schema['minItems'] === 'number' && schema['minItems'] > 1) {
    return `For 'array' type, 'minItems' values other than 0 or 1 are not supported`;
  }
  if (typeof schema['format'] === 'string' && !CLAUDE_FORMATS.has(schema['format'])) {
    return `For 'string' type, 'format' value '${schema['format']}' is not supported`;
  }
  const open = (type === 'object' || isSchema(schema['properties'])) && schema['additionalProperties'] !== false;
  return open ? `For 'object' type, 'additionalProperties' must be explicitly set to false` : undefined;
};

const openaiCheck: Check = (schema) => {
  const unfit = ['oneOf', 'allOf', 'not', 'if', 'patternProperties'].find((key) => key in schema);
  if (unfit) return `'${unfit}' is not permitted.`;
  if (schema['type'] !== 'object' && !isSchema(schema['properties'])) return undefined;
  if (schema['additionalProperties'] !== false) {
    return `'additionalProperties' is required to be supplied and to be false.`;
  }
  const required: unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const names = Object.keys(isSchema(schema['properties']) ? schema['properties'] : {});
  const missing = names.find((name) => !required.includes(name));
  if (!missing) return undefined;
  return `'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
};

const GEMINI_WORDS = wordSet(
  `$schema $id $defs $ref $anchor type format title description enum items prefixItems minItems maxItems minimum maximum anyOf
  oneOf properties additionalProperties required propertyOrdering`,
);

const geminiCheck: Check = (schema) => {
  const unknown = Object.keys(schema).find((key) => !GEMINI_WORDS.has(key));
  if (unknown) return `Unknown name "${unknown}": Cannot find field.`;
  const beside = '$ref' in schema ? Object.keys(schema).find((key) => !key.startsWith('$')) : undefined;
  return beside ? `"$ref" may not stand beside "${beside}".` : undefined;
};

function firstFault(schema: unknown, check: Check, path: string[] = []): SchemaFault | undefined {
  if (!isSchema(schema)) return undefined;
  const message = check(schema);
  if (message) return { message, path };
  for (const [step, inner] of innerSchemas(schema)) {
    const fault = firstFault(inner, check, [...path, ...step]);
    if (fault) return fault;
  }
  return undefined;
}

const MAPS = ['properties', '$defs', 'definitions'];
const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];

function* innerSchemas(schema: Record<string, unknown>): Generator<[string[], unknown]> {
  for (const key of MAPS) {
    const map = schema[key];
    if (isSchema(map)) for (const [name, inner] of Object.entries(map)) yield [[key, name], inner];
  }
  for (const key of LISTS) {
    const list = schema[key];
    if (Array.isArray(list)) for (const [index, inner] of list.entries()) yield [[key, String(index)], inner];
  }
  for (const key of ['items', 'additionalProperties']) if (isSchema(schema[key])) yield [[key], schema[key]];
}

function recursion(schema: unknown): SchemaFault | undefined {
  if (!isSchema(schema)) return undefined;
  const definitions = isSchema(schema['$defs']) ? schema['$defs'] : {};
  const circular = Object.keys(definitions).find((name) => reaches(name, name, definitions, new Set()));
  if (!circular && !refsIn({ ...schema, $defs: undefined }).includes('#')) return undefined;
  return { message: `Circular reference detected in schema definitions: ${circular ?? '#'}`, path: ['$defs'] };
}

function reaches(from: string, to: string, definitions: Record<string, unknown>, seen: Set<string>): boolean {
  const next = refsIn(definitions[from]).map((ref) => ref.replace(/^#\/\$defs\//u, ''));
  if (next.includes(to)) return true;
  return next.some((name) => !seen.has(name) && name in definitions && reaches(name, to, definitions, seen.add(name)));
}

function refsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(refsIn);
  if (!isSchema(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : refsIn(inner),
  );
}

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/u));
}
