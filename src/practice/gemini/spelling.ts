import { isSchema } from '../sample.ts';

/** The client's own, whatever it is called. */
const OWN = new Set(
  'args response parameters parametersJsonSchema responseSchema responseJsonSchema labels partMetadata'.split(' '),
);

/** As Google reads names: `parameters_json_schema` is `parametersJsonSchema`. */
export function inCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCamelCase);
  if (!isSchema(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name.replace(/_([a-z])/gu, (_, letter: string) => letter.toUpperCase()),
    inner,
  ]);
  return Object.fromEntries(entries.map(([name, inner]) => [name, OWN.has(String(name)) ? inner : inCamelCase(inner)]));
}
