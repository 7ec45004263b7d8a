import { record } from '../shared/refusal.ts';

type Schema = Record<string, unknown>;

/**
 * A tool's schema with `type: object` at its root, and there neither `$ref` nor alternatives, which Claude refuses.
 * Alternatives become one object that allows each of them; that is `loose`.
 */
export function toInputSchema(parameters: Schema | undefined): { schema: Schema; loose: boolean } {
  const root = parameters ?? {};
  const { $ref: _, anyOf, oneOf, allOf, ...rest } = { ...resolve(root, root), ...root };
  const variants = [...list(anyOf), ...list(oneOf)].map((variant) => resolve(variant, root));
  const whole = [rest, ...list(allOf).map((part) => resolve(part, root))];
  const parts = [...variants, ...whole].flatMap((part) => Object.entries(record(part.properties) ?? {}));
  const properties = Object.fromEntries(parts); // It keeps a property named `__proto__`.
  const required = new Set([...whole.flatMap(requiredOf), ...inAll(variants.map(requiredOf))]);
  const schema = { ...rest, type: 'object', properties, ...(required.size > 0 && { required: [...required] }) };
  return { schema, loose: variants.length > 0 };
}

/** Follows one reference into the root's definitions. */
function resolve(schema: Schema, root: Schema): Schema {
  const [, where, name] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(String(schema.$ref)) ?? [];
  return (where && name && record(record(root[where])?.[name])) || schema;
}

function inAll([first = [], ...others]: string[][]): string[] {
  return first.filter((name) => others.every((names) => names.includes(name)));
}

function requiredOf(schema: Schema): string[] {
  return Array.isArray(schema.required) ? schema.required.map(String) : [];
}

function list(value: unknown): Schema[] {
  return Array.isArray(value) ? value.map((entry) => record(entry) ?? {}) : [];
}
