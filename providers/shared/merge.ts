import { record } from './refusal.ts';

/** Chosen by the router: another model or another way to answer would be read wrongly. */
const OURS = new Set(['model', 'stream']);
const PROTOTYPE = new Set(['__proto__', 'constructor', 'prototype']);

/** The request with the client's native fields (`extra_body.<dialect>`) laid over it: objects merge, all else replaces. */
export function mergeNative(
  body: Record<string, unknown>,
  native: Record<string, unknown> | undefined,
): Record<string, unknown> {
  if (!native) return body;
  const own = Object.entries(native).filter(([key]) => !OURS.has(key));
  return merge(body, Object.fromEntries(own));
}

function merge(below: Record<string, unknown>, above: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...below };
  for (const [key, value] of Object.entries(above)) {
    if (PROTOTYPE.has(key)) continue;
    const inner = record(value);
    merged[key] = inner ? merge(record(merged[key]) ?? {}, inner) : value;
  }
  return merged;
}
