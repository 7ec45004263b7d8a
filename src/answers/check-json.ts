import { type Schema, Validator } from '@cfworker/json-schema';
import { rounded } from '../core/exact-json.ts';

export type JsonCheck = { ok: true; text: string } | { ok: false; problem: string };

/** Whether a model's text is JSON, and what the schema asks for. A code fence around it is taken off. */
export function checkJson(text: string, schema: Record<string, unknown> | undefined): JsonCheck {
  const bare = withoutFence(text);
  let value: unknown;
  try {
    value = JSON.parse(bare);
  } catch {
    return { ok: false, problem: 'not JSON' }; // The parser's own words would quote the text.
  }
  if (!schema) {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { ok: true, text: bare } : { ok: false, problem: 'not a JSON object' };
  }
  const { valid, errors } = new Validator(rounded(schema) as Schema, '2020-12', true).validate(value);
  if (valid) return { ok: true, text: bare };
  const deepest = errors.at(-1);
  return { ok: false, problem: `${deepest?.instanceLocation ?? '#'}: ${deepest?.error ?? 'does not fit the schema'}` };
}

function withoutFence(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith('```') || !trimmed.endsWith('```')) return trimmed;
  const firstLine = trimmed.indexOf('\n');
  return firstLine < 0 ? trimmed : trimmed.slice(firstLine + 1, -3).trim();
}
