import type { z } from 'zod';
import type { Rejected } from './rejected.ts';

/** The first thing wrong with a body's shape, for a provider to put into its own words. */
export interface Fault {
  path: (string | number)[];
  problem: 'missing' | 'unknown' | 'type' | 'value';
  message: string;
  /** Of a `type` problem. */
  expected: string;
  /** Of a `value` problem with a closed list. */
  values: readonly unknown[];
  got: unknown;
}

export function readShape<T>(shape: z.ZodType<T>, body: unknown, reject: (fault: Fault) => Rejected): T {
  const result = shape.safeParse(body);
  if (result.success) return result.data;
  throw reject(faultOf(result.error.issues, body, []));
}

type Issue = z.core.$ZodIssue;

function faultOf(issues: readonly Issue[], body: unknown, parent: (string | number)[]): Fault {
  const [issue] = issues;
  const path = [...parent, ...(issue?.path ?? [])].map((key) => (typeof key === 'symbol' ? String(key) : key));
  const got = valueAt(body, path);
  const fault: Fault = { path, problem: 'value', message: issue?.message ?? 'invalid', expected: '', values: [], got };
  if (issue?.code === 'unrecognized_keys')
    return { ...fault, problem: 'unknown', path: [...path, issue.keys[0] ?? ''] };
  if (got === undefined) return { ...fault, problem: 'missing' };
  switch (issue?.code) {
    case 'invalid_union':
      return issue.errors.length > 0 ? faultOf(closest(issue.errors), body, path) : fault;
    case 'invalid_type':
      return { ...fault, problem: 'type', expected: issue.expected };
    case 'invalid_value':
      return { ...fault, values: issue.values };
    default:
      return fault;
  }
}

/** The alternative that was understood furthest says best what is wrong. */
function closest(alternatives: readonly (readonly Issue[])[]): readonly Issue[] {
  const depth = (issues: readonly Issue[]): number => issues[0]?.path.length ?? 0;
  return alternatives.toSorted((one, other) => depth(other) - depth(one))[0] ?? [];
}

function valueAt(body: unknown, path: readonly (string | number)[]): unknown {
  let found = body;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string | number, unknown>)[key]; // An own property, as checked above.
  }
  return found;
}
