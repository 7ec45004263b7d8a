/**
 * The configuration without its secrets. Texts are shown where their setting's name is known to be harmless, and nowhere
 * else: a setting that is added later is hidden until somebody says that it may be seen.
 */
const HARMLESS = new Set([
  'account',
  'apiVersion',
  'balance',
  'baseUrl',
  'callers',
  'dialect',
  'doors',
  'expiresAt',
  'from',
  'host',
  'input',
  'keyHeader',
  'level',
  'location',
  'mode',
  'model',
  'models',
  'name',
  'off',
  'onBreak',
  'onContext',
  'onRefusal',
  'owner',
  'parent',
  'path',
  'policy',
  'priority',
  'project',
  'provider',
  'region',
  'routes',
  'source',
  'tags',
  'tenant',
  'timeZone',
  'type',
  'unknown',
]);
/** Names of one's own with texts of one's own: a header may be called `name`. */
const HIDDEN = new Set(['headers', 'attributes']);

export const REDACTED = '(hidden)';

export function redacted(value: unknown, setting = ''): unknown {
  if (typeof value === 'string') return shown(value, setting);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => redacted(item, setting));
  const isHidden = HIDDEN.has(setting);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redacted(item, isHidden ? '' : name)]));
}

function shown(text: string, setting: string): string {
  if (!HARMLESS.has(setting)) return REDACTED;
  return setting === 'baseUrl' ? withoutSecrets(text) : text;
}

/** Some put a key into the address. */
function withoutSecrets(address: string): string {
  const url = URL.parse(address);
  return url ? `${url.protocol}//${url.host}${url.pathname}` : REDACTED;
}
