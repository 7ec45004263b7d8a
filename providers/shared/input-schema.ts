/**
 * A tool's schema with `type: object` at its root, and there neither `$ref` nor `allOf` nor alternatives, which Claude
 * refuses. What they say becomes one object as far as that can be said; `notes` tells where it could not.
 */
import { record, text } from './refusal.ts';
import { mergeSchemas, type Schema } from './schema-merge.ts';
import { pointedAt } from './schema-references.ts';
import { uniteVariants } from './schema-shapes.ts';

export interface InputSchema {
  schema: Schema & { type: 'object' };
  /** What became wider than it was written, for a warning each. */
  notes: string[];
}

/** One schema on its way to a single object. */
interface Joining {
  root: Schema;
  isLoose: boolean;
  /** Parts of `allOf` that can only be described. */
  described: unknown[];
  /** How many more nodes may be joined: each reference to a part could hold two more. */
  left: number;
}

const ALTERNATIVES = ['anyOf', 'oneOf'] as const;
/** They belong together: of two conditions one cannot be said beside the other. */
const CONDITION = new Set(['if', 'then', 'else']);
/** References and parts may name each other for ever. */
const MAX_DEPTH = 10;
const MAX_NODES = 500;

export function toInputSchema(parameters: Schema | undefined): InputSchema {
  const root = parameters ?? {};
  const joining: Joining = { root, isLoose: false, described: [], left: MAX_NODES };
  const { allOf: unsaid, ...joined } = join(root, joining, 0);
  const described = [...joining.described, ...list(unsaid)];
  const schema: InputSchema['schema'] = { properties: {}, ...joined, type: 'object' };
  if (described.length > 0) schema['description'] = describe(schema['description'], described);
  return {
    schema,
    notes: [
      ...(joining.isLoose ? ["alternatives at the schema's root are merged"] : []),
      ...(described.length > 0 ? ["parts of allOf at the schema's root are only described"] : []),
    ],
  };
}

/** All that holds at a node, as one schema. */
function join(node: Schema, joining: Joining, depth: number): Schema {
  const resolved = dereferenced(node, joining.root);
  if (!resolved || depth > MAX_DEPTH || --joining.left < 0) {
    joining.described.push(node);
    return {};
  }
  const { anyOf: _, oneOf: __, allOf, ...own } = resolved;
  const parts = list(allOf).map((part) => join(record(part) ?? {}, joining, depth + 1));
  const whole = parts.reduce((merged, part) => both(merged, part, joining), own);
  return ALTERNATIVES.reduce((merged, keyword) => {
    const variants = list(resolved[keyword]).map((variant) => join(record(variant) ?? {}, joining, depth + 1));
    return variants.length > 0 ? widened(merged, variants, joining) : merged;
  }, whole);
}

/** Undefined where a reference leads nowhere that we know. What stands beside it holds as well. */
function dereferenced(node: Schema, root: Schema): Schema | undefined {
  let schema = node;
  for (let steps = 0; typeof schema['$ref'] === 'string'; steps++) {
    const { $ref: pointer, ...beside } = schema;
    const named = pointer.startsWith('#/') ? record(pointedAt(root, pointer)) : undefined;
    if (!named || steps > MAX_DEPTH) return undefined;
    const { $defs: _, definitions: __, ...own } = named; // Pointers find them where they are.
    schema = mergeSchemas(own, beside);
  }
  return schema;
}

function both(left: Schema, right: Schema, { described }: Joining): Schema {
  const condition = Object.entries(right).filter(([keyword]) => CONDITION.has(keyword));
  if (condition.length === 0 || !Object.keys(left).some((keyword) => CONDITION.has(keyword))) {
    return mergeSchemas(left, right);
  }
  described.push(Object.fromEntries(condition));
  const rest = Object.entries(right).filter(([keyword]) => !CONDITION.has(keyword));
  return mergeSchemas(left, Object.fromEntries(rest));
}

/** With the properties of all alternatives, and what each of them requires. */
function widened(schema: Schema, variants: readonly Schema[], joining: Joining): Schema {
  joining.isLoose = true;
  const { properties, required } = uniteVariants(variants);
  return mergeSchemas(schema, { properties, ...(list(required).length > 0 && { required }) });
}

function describe(written: unknown, described: readonly unknown[]): string {
  const note = `{allOf: ${JSON.stringify(described)}}`;
  const before = text(written);
  return before === undefined ? note : `${before}\n\n${note}`;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
