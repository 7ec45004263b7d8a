const ROLES = new Set<unknown>(['system', 'developer', 'user', 'assistant']);

/**
 * Whether a request is of the plainest kind, as most are: messages of text and a few numbers, all of the right type.
 * It needs no look at the schema, which takes six times as long; anything else goes there, also to be told what is wrong.
 */
export function isPlain(body: unknown): boolean {
  if (!isObject(body) || typeof body.model !== 'string' || body.model === '' || !Array.isArray(body.messages))
    return false;
  for (const key in body) if (!isPlainField(key, body[key])) return false;
  return body.messages.length > 0;
}

function isPlainField(key: string, value: unknown): boolean {
  switch (key) {
    case 'model':
    case 'user':
    case 'stop':
      return typeof value === 'string';
    case 'messages':
      return Array.isArray(value) && value.every(isPlainMessage);
    case 'stream':
      return typeof value === 'boolean';
    case 'max_tokens':
    case 'max_completion_tokens':
      return Number.isSafeInteger(value) && Number(value) >= 0;
    case 'temperature':
      return typeof value === 'number' && value >= 0 && value <= 2;
    case 'top_p':
      return typeof value === 'number' && value >= 0 && value <= 1;
    case 'stream_options':
      return (
        isObject(value) &&
        Object.entries(value).every(([name, set]) => name === 'include_usage' && typeof set === 'boolean')
      );
    default:
      return false;
  }
}

function isPlainMessage(message: unknown): boolean {
  if (!isObject(message) || !ROLES.has(message.role) || typeof message.content !== 'string') return false;
  for (const key in message) if (key !== 'role' && key !== 'content') return false;
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
