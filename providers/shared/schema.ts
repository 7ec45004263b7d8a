/**
 * A client's JSON Schema in the part of the language that a provider's constrained decoding knows.
 *
 * What it does not know goes into the description, where the model can still read it, and is named in `moved`, so
 * that the router checks the answer against the original. What cannot be said at all is `unsupported`.
 */
import { GatewayError } from '../../src/core/errors.ts';
import { record, text } from './refusal.ts';
import { readKeyword } from './schema-keywords.ts';
import type { Keyword, SchemaTarget } from './schema-keywords.ts';
import { mergeSchemas } from './schema-merge.ts';
import type { Schema } from './schema-merge.ts';
import { References, ROOT } from './schema-references.ts';
import { hasShape, toShape, uniteVariants } from './schema-shapes.ts';

export type { SchemaTarget } from './schema-keywords.ts';

/** One compilation. */
interface Compiling {
  target: SchemaTarget;
  references: References;
  moved: Set<string>;
  /** How many references may still be copied to where they stand: each copy could hold two more. */
  copies: number;
}

/** Where a node stands. */
interface Place {
  /** The definition around it. */
  owner: string;
  /** A property on the way from there may be left out. */
  optional: boolean;
  depth: number;
  /** In the request, for errors. */
  param: string;
}

const MAX_COPIES = 500;
const MAX_DEPTH = 200;

/** Never changes `schema`. `param` is where it stands in the request. */
export function compileSchema(
  schema: Schema,
  target: SchemaTarget,
  param: string,
): { schema: Schema; moved: string[] } {
  const references = new References(schema, param);
  const compiling: Compiling = { target, references, moved: new Set(), copies: MAX_COPIES };
  const place = { owner: ROOT, optional: false, depth: 0, param };
  const compiled = compileNode(followRoot(schema, param, compiling), place, compiling);
  const definitions: [string, Schema][] = [];
  for (const { name, schema: defined } of references.definitions) {
    definitions.push([name, compileNode(defined, { ...place, owner: name }, compiling)]);
  }
  if (references.isRecursive(target === 'gemini')) {
    throw new GatewayError('unsupported', 'This provider takes no schema that contains itself', { param });
  }
  const whole = definitions.length > 0 ? { ...compiled, $defs: Object.fromEntries(definitions) } : compiled;
  return { schema: whole, moved: [...compiling.moved] };
}

/** The root itself, not a reference to it. Except for Gemini, it must be one object. */
function followRoot(schema: Schema, param: string, compiling: Compiling): Schema {
  const resolved = resolve(schema, param, compiling);
  const { $defs: _, definitions: __, ...root } = '$ref' in resolved ? copy(resolved, param, compiling) : resolved;
  const shaped = toShape(root, compiling.target);
  if (compiling.target === 'gemini' || shaped['type'] === 'object') return shaped;
  const keyword = 'anyOf' in shaped ? 'anyOf' : 'oneOf';
  const variants = Array.isArray(shaped[keyword]) ? shaped[keyword] : [];
  const objects = variants.map((variant) => toShape(copy(variant, param, compiling), compiling.target));
  if (objects.length === 0 || !objects.every((variant) => variant['type'] === 'object')) {
    throw new GatewayError('unsupported', 'The root of a schema must be an object here', { param });
  }
  compiling.moved.add(keyword);
  const { [keyword]: ___, ...rest } = shaped;
  return { ...rest, ...uniteVariants(objects) };
}

/** One node and all below it. */
function compileNode(node: unknown, place: Place, compiling: Compiling): Schema {
  if (place.depth > MAX_DEPTH) throw tooTangled(place.param);
  const { target } = compiling;
  const shaped = toShape(resolve(node, place.param, compiling), target);
  const kept: [string, unknown][] = [];
  const notes: string[] = [];
  for (const [name, value] of Object.entries(shaped)) {
    const outcome = readKeyword(name, { value, schema: shaped, ...surroundings(place, compiling) });
    if (outcome.keep) kept.push(outcome.keep);
    if (outcome.note) notes.push(`${name}: ${JSON.stringify(value)}`);
    if (outcome.moved) compiling.moved.add(name);
  }
  const compiled = describe(Object.fromEntries(kept), notes);
  if ('$ref' in compiled) return wrapReference(compiled);
  return target === 'gemini' ? compiled : close(compiled, shaped, place.param);
}

function surroundings(place: Place, compiling: Compiling): Omit<Keyword, 'value' | 'schema'> {
  const { param, owner, depth } = place;
  return {
    target: compiling.target,
    param,
    below: (node, step, optional = false) => {
      const inner = { owner, optional: place.optional || optional, depth: depth + 1, param: `${param}.${step}` };
      return compileNode(node, inner, compiling);
    },
    refer: (pointer) => compiling.references.use(pointer, owner, place.optional),
  };
}

/** A reference that stands alone stays one. What adds to it, and `allOf`, become one schema. */
function resolve(node: unknown, param: string, compiling: Compiling): Schema {
  const schema = node === true ? {} : node === false ? { not: {} } : record(node);
  if (!schema) throw new GatewayError('invalid_request', 'A schema is an object', { param });
  const { $ref: pointer, allOf, ...rest } = schema;
  const own = typeof pointer === 'string' ? [{ $ref: pointer }] : [];
  const parts: unknown[] = [...own, ...(Array.isArray(allOf) ? allOf : [])];
  if (parts.length === 0) return schema;
  const single = parts.length === 1 && !hasShape(rest) ? record(parts[0]) : undefined;
  if (typeof single?.['$ref'] === 'string' && Object.keys(single).length === 1) return { ...rest, ...single };
  return parts.map((part) => copy(part, param, compiling)).reduce<Schema>(mergeSchemas, rest);
}

/** A node with the references at its top followed, without the definitions it may carry. */
function copy(node: unknown, param: string, compiling: Compiling): Schema {
  if (--compiling.copies < 0) throw tooTangled(param);
  const { $ref: pointer, $defs: _, definitions: __, ...own } = resolve(node, param, compiling);
  if (typeof pointer !== 'string') return own;
  return mergeSchemas(own, copy(compiling.references.resolve(pointer), param, compiling));
}

/** Anthropic's own form: readable for the model, after what the client wrote. */
function describe(compiled: Schema, notes: readonly string[]): Schema {
  if (notes.length === 0) return compiled;
  const note = `{${notes.join(', ')}}`;
  const written = text(compiled['description']);
  return { ...compiled, description: written === undefined ? note : `${written}\n\n${note}` };
}

/** Gemini takes nothing beside a `$ref`. */
function wrapReference(compiled: Schema): Schema {
  const { $ref, ...rest } = compiled;
  return Object.keys(rest).length > 0 ? { anyOf: [{ $ref }], ...rest } : compiled;
}

/** Objects take nothing beyond their properties, so one that lists none cannot be meant. */
function close(compiled: Schema, shaped: Schema, param: string): Schema {
  const typed = ['type', 'anyOf', 'enum', 'const'].some((keyword) => keyword in compiled);
  if (!typed) throw new GatewayError('unsupported', 'Every schema needs a type here', { param });
  if (compiled['type'] !== 'object') return compiled;
  const { properties = {}, additionalProperties: extras = !('properties' in shaped) } = shaped;
  if (extras !== false && Object.keys(properties as Schema).length === 0) {
    throw new GatewayError('unsupported', 'An object must list its properties here', { param });
  }
  return { properties: {}, ...compiled, additionalProperties: false };
}

function tooTangled(param: string): GatewayError {
  return new GatewayError('unsupported', 'The schema refers to itself too often', { param });
}
