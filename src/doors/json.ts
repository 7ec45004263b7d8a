import type { z } from 'zod';
import { GatewayError } from '../core/errors.ts';
import { isExactNumber, parseExactlyUnder } from '../core/exact-json.ts';

export interface BodyLimits {
  maxBodyBytes: number;
  maxMessages: number;
  /** Levels of nesting. */
  maxDepth: number;
}

/** What clients write for tools and models, not for us: arguments, results, schemas. */
const THEIRS = new Set(
  `args arguments input input_schema parameters parametersJsonSchema parameters_json_schema response responseJsonSchema
  response_json_schema responseSchema response_schema schema`.split(/\s+/),
);

/** Throws `invalid_request` for what is no JSON. */
export function parseJson(text: string): unknown {
  if (text.trim() === '') throw new GatewayError('invalid_request', 'The body is empty; send a JSON object');
  try {
    return parseExactlyUnder(THEIRS, text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unreadable';
    throw new GatewayError('invalid_request', `The body is not JSON: ${why.slice(0, 200)}`, { cause });
  }
}

/** Throws `invalid_request` that names the field. */
export function checkShape(body: unknown, schema: z.ZodType, { maxDepth }: BodyLimits): void {
  if (isDeeperThan(body, maxDepth)) {
    throw new GatewayError('invalid_request', `The body is nested deeper than ${maxDepth} levels`);
  }
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw explain(parsed.error);
}

/** What a small schema makes of it, with its defaults. Throws `invalid_request` that names the field. */
export function readShape<T extends z.ZodType>(value: unknown, schema: T, whole = 'body'): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw explain(parsed.error, whole);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

/** `field` is what the client calls its list of turns. */
export function checkCount(count: number, field: string, { maxMessages }: BodyLimits): void {
  if (count <= maxMessages) return;
  const message = `${field}: at most ${maxMessages} are taken, not ${count}`;
  throw new GatewayError('invalid_request', message, { param: field });
}

function explain(error: z.ZodError, whole = 'body'): GatewayError {
  const issue = deepest(error.issues[0]);
  const param = issue?.path.join('.') ?? '';
  const where = param || whole;
  return new GatewayError('invalid_request', `${where}: ${issue?.message ?? 'is not valid'}`, {
    param: param || undefined,
  });
}

/** Of a union's complaints, the one that got furthest is the one that the client meant. */
function deepest(issue: z.core.$ZodIssue | undefined): z.core.$ZodIssue | undefined {
  if (issue?.code !== 'invalid_union') return issue;
  const inner = issue.errors.flatMap(([first]) => first ?? []).toSorted((a, b) => b.path.length - a.path.length)[0];
  if (!inner || inner.path.length === 0) return issue;
  return deepest({ ...inner, path: [...issue.path, ...inner.path] });
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isDeeperThan(item, levels - 1));
  for (const key in value) if (isDeeperThan((value as Record<string, unknown>)[key], levels - 1)) return true;
  return false;
}
