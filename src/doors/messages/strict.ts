/**
 * Whether OpenAI would hold a model to this schema as Anthropic does: it wants every property required and no others.
 * Where it does not, the schema is asked for without the promise; dialects that can keep it still do.
 */
export function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (typeof schema !== 'object' || schema === null) return true;
  const { properties, required, additionalProperties } = schema as Partial<Record<string, unknown>>;
  if (typeof properties === 'object' && properties !== null) {
    const names = new Set(Array.isArray(required) ? required : []);
    if (additionalProperties !== false || !Object.keys(properties).every((name) => names.has(name))) return false;
  }
  return Object.values(schema).every(isStrict);
}
