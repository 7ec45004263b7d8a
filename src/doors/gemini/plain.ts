import { isObject } from '../json.ts';

const ROLES = new Set<unknown>(['user', 'model']);

/**
 * Whether a request is of the plainest kind: turns of text, an instruction, a few numbers, all of the right type and in
 * camel case. It needs neither other spelling nor a look at the schema, which is most of the work of reading it.
 */
export function isPlain(body: unknown): boolean {
  if (!isObject(body) || !Array.isArray(body.contents) || body.contents.length === 0) return false;
  for (const key in body) if (!FIELDS.get(key)?.(body[key])) return false;
  return true;
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
const isWithin = (most: number) => (value: unknown) => typeof value === 'number' && value >= 0 && value <= most;

const FIELDS = new Map<string, (value: unknown) => boolean>([
  ['contents', (value) => Array.isArray(value) && value.every((one) => isObject(one) && isSaid(one) && 'role' in one)],
  ['systemInstruction', (value) => isObject(value) && isSaid(value)],
  ['generationConfig', (value) => isObject(value) && Object.entries(value).every(isSetting)],
]);

const SETTINGS = new Map<string, (value: unknown) => boolean>([
  ['temperature', isWithin(2)],
  ['topP', isWithin(1)],
  ['maxOutputTokens', isCount],
]);

function isSetting([name, value]: [string, unknown]): boolean {
  return SETTINGS.get(name)?.(value) ?? false;
}

function isSaid(content: Record<string, unknown>): boolean {
  const { parts } = content;
  if (!Array.isArray(parts) || !parts.every(isText)) return false;
  for (const key in content) if (key !== 'parts' && !(key === 'role' && ROLES.has(content[key]))) return false;
  return true;
}

function isText(part: unknown): boolean {
  if (!isObject(part) || typeof part.text !== 'string') return false;
  for (const key in part) if (key !== 'text') return false;
  return true;
}
