import { isObject } from '../json.ts';

const ROLES = new Set<unknown>(['system', 'developer', 'user', 'assistant']);

/**
 * Whether a request is of the plainest kind, as most are: messages of text and a few numbers, all of the right type.
 * It needs no look at the schema, which takes six times as long; anything else goes there, also to be told what is wrong.
 */
export function isPlain(body: unknown): boolean {
  if (!isObject(body) || typeof body.model !== 'string' || body.model === '' || !Array.isArray(body.messages))
    return false;
  for (const key in body) if (!FIELDS.get(key)?.(body[key])) return false;
  return body.messages.length > 0;
}

const isText = (value: unknown) => typeof value === 'string';
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
const isWithin = (most: number) => (value: unknown) => typeof value === 'number' && value >= 0 && value <= most;

const FIELDS = new Map<string, (value: unknown) => boolean>([
  ['model', isText],
  ['user', isText],
  ['stop', isText],
  ['messages', (value) => Array.isArray(value) && value.every(isPlainMessage)],
  ['stream', (value) => typeof value === 'boolean'],
  ['stream_options', (value) => isObject(value) && Object.entries(value).every(isUsageOption)],
  ['max_tokens', isCount],
  ['max_completion_tokens', isCount],
  ['temperature', isWithin(2)],
  ['top_p', isWithin(1)],
]);

function isUsageOption([name, value]: [string, unknown]): boolean {
  return name === 'include_usage' && typeof value === 'boolean';
}

function isPlainMessage(message: unknown): boolean {
  if (!isObject(message) || !ROLES.has(message.role) || typeof message.content !== 'string') return false;
  for (const key in message) if (key !== 'role' && key !== 'content') return false;
  return true;
}
