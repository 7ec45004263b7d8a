/** What a request brings, checked. Throws `invalid_request` that names the field. */
import type { Context } from 'hono';
import type { z } from 'zod';
import { GatewayError } from '../core/errors.ts';

/** As much of a door as is needed here. */
export interface BodyReader {
  /** Throws `request_too_large` as soon as it is. */
  readBody(c: Context, maxBytes: number): Promise<string> | string;
}

const MAX_BYTES = 64 * 1024;

export function readQuery<Schema extends z.ZodType>(c: Context, schema: Schema): z.output<Schema> {
  const given = new URL(c.req.url).searchParams;
  const names = [...given.keys()];
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw invalid(twice, 'it is said twice');
  return checked(schema, Object.fromEntries(given));
}

export function readPath<Schema extends z.ZodType>(c: Context, schema: Schema): z.output<Schema> {
  return checked(schema, c.req.param());
}

/** No body is an empty object. */
export async function readBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
  { http, maxBytes = MAX_BYTES }: { http: BodyReader; maxBytes?: number | undefined },
): Promise<z.output<Schema>> {
  const text = await http.readBody(c, maxBytes);
  return checked(schema, text === '' ? {} : fromJson(text));
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GatewayError('invalid_request', 'The body is not JSON', { cause });
  }
}

function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  if (issue?.code !== 'unrecognized_keys') throw invalid(path, issue?.message ?? 'is not valid');
  throw invalid([path, issue.keys[0]].filter(Boolean).join('.'), 'there is no such field');
}

export function invalid(param: string, problem: string): GatewayError {
  const name = param.slice(0, 200);
  return new GatewayError('invalid_request', `${name || 'body'}: ${problem}`, { param: name || undefined });
}
