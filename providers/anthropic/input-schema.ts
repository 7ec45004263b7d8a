import type { Tool } from '@anthropic-ai/sdk/resources/messages';
import { record } from '../shared/refusal.ts';

type Schema = Record<string, unknown>;

const ALTERNATIVES = ['anyOf', 'oneOf'] as const;

/**
 * Anthropic wants `type: object` at a tool's root and neither `$ref` nor alternatives beside it. What is a reference
 * is looked up; alternatives become one object that allows each of them, which is `loose`.
 */
export function toInputSchema(parameters: Schema | undefined): { schema: Tool.InputSchema; loose: boolean } {
  const root = dereferenced(parameters ?? {});
  const variants = ALTERNATIVES.flatMap((keyword) => list(root[keyword])).map((variant) => resolve(variant, root));
  const parts = list(root['allOf']).map((part) => resolve(part, root));
  const { anyOf: _, oneOf: __, allOf: ___, ...rest } = root;
  if (variants.length + parts.length === 0) {
    return { schema: { properties: {}, ...rest, type: 'object' }, loose: false };
  }
  const all = [rest, ...parts];
  const entries = [...variants, ...all].flatMap((part) => Object.entries(record(part['properties']) ?? {}));
  const properties = Object.fromEntries(entries); // It keeps a property named `__proto__`.
  const required = new Set([...all.flatMap(requiredOf), ...commonRequired(variants)]);
  const schema: Tool.InputSchema = { ...rest, type: 'object', properties };
  if (required.size > 0) schema.required = [...required];
  return { schema, loose: variants.length > 0 };
}

function dereferenced(schema: Schema): Schema {
  if (typeof schema['$ref'] !== 'string') return schema;
  const { $ref: _, ...rest } = schema;
  return { ...resolve(schema, schema), ...rest };
}

/** Follows one reference into the root's definitions. */
function resolve(schema: Schema, root: Schema): Schema {
  const [, where, name] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(String(schema['$ref'])) ?? [];
  if (!where || !name) return schema;
  return record(record(root[where])?.[name]) ?? schema;
}

function commonRequired(variants: readonly Schema[]): string[] {
  const [first, ...others] = variants.map(requiredOf);
  return (first ?? []).filter((name) => others.every((names) => names.includes(name)));
}

function requiredOf(schema: Schema): string[] {
  return Array.isArray(schema['required']) ? schema['required'].map(String) : [];
}

function list(value: unknown): Schema[] {
  return Array.isArray(value) ? value.map((entry) => record(entry) ?? {}) : [];
}
