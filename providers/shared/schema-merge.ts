/** Two JSON Schemas that must both hold, as one. */
import { numberOf } from '../../src/core/exact-json.ts';
import { record } from './refusal.ts';

export type Schema = Record<string, unknown>;

/** Undefined where there is no such value. */
type Merge = (left: unknown, right: unknown) => unknown;

const MERGES: Readonly<Record<string, Merge>> = {
  properties: (left, right) => mergeProperties(record(left) ?? {}, record(right) ?? {}),
  required: (left, right) => [...new Set([...list(left), ...list(right)])],
  type: (left, right) => commonType(list(left), list(right)),
  enum: (left, right) => common(list(left), list(right)),
  description: (left, right) => `${String(left)}\n${String(right)}`,
  title: (left) => left,
  default: (left) => left,
  additionalProperties: (left, right) => (left === false || right === false ? false : left),
  minimum: larger,
  minLength: larger,
  minItems: larger,
  minProperties: larger,
  maximum: smaller,
  maxLength: smaller,
  maxItems: smaller,
  maxProperties: smaller,
};

/** What cannot be said in one schema stays under `allOf`. Keys keep the order of `left`, then of `right`. */
export function mergeSchemas(left: Schema, right: Schema): Schema {
  const merged = new Map(Object.entries(left));
  let rest: unknown[] = [];
  for (const [key, value] of Object.entries(right)) {
    const mine = merged.get(key);
    if (mine === undefined) merged.set(key, value);
    else if (key === 'allOf') rest = [...rest, ...list(value)];
    else {
      const both = mergeValues(key, mine, value);
      if (both === undefined) rest.push({ [key]: value });
      else merged.set(key, both);
    }
  }
  if (rest.length > 0) merged.set('allOf', [...list(merged.get('allOf') ?? []), ...rest]);
  return Object.fromEntries(merged);
}

function mergeValues(key: string, left: unknown, right: unknown): unknown {
  if (Object.hasOwn(MERGES, key)) return MERGES[key]?.(left, right);
  return JSON.stringify(left) === JSON.stringify(right) ? left : undefined;
}

function mergeProperties(left: Schema, right: Schema): Schema {
  const merged = new Map(Object.entries(left));
  for (const [name, schema] of Object.entries(right)) {
    const mine = record(merged.get(name));
    const theirs = record(schema);
    merged.set(name, mine && theirs ? mergeSchemas(mine, theirs) : schema);
  }
  return Object.fromEntries(merged); // Not by assignment: a property may be called `__proto__`.
}

/** An integer is a number. No common type at all cannot be said. */
function commonType(left: unknown[], right: unknown[]): unknown {
  const types = left.flatMap((type) => {
    if (right.includes(type)) return [type];
    if (type === 'integer' && right.includes('number')) return ['integer'];
    return type === 'number' && right.includes('integer') ? ['integer'] : [];
  });
  return types.length > 1 ? types : types[0];
}

function common(left: unknown[], right: unknown[]): unknown[] | undefined {
  const known = new Set(right.map((value) => JSON.stringify(value)));
  const both = left.filter((value) => known.has(JSON.stringify(value)));
  return both.length > 0 ? both : undefined;
}

function larger(left: unknown, right: unknown): unknown {
  const [mine, theirs] = [numberOf(left), numberOf(right)];
  if (typeof mine !== 'number' || typeof theirs !== 'number') return undefined;
  return mine < theirs ? right : left;
}

function smaller(left: unknown, right: unknown): unknown {
  const [mine, theirs] = [numberOf(left), numberOf(right)];
  if (typeof mine !== 'number' || typeof theirs !== 'number') return undefined;
  return mine > theirs ? right : left;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}
