/**
 * Google reads a request leniently, and so do we: names in camel or snake case, and one entry where a list is meant.
 * What is the client's own (arguments, results, schemas, labels) stays as it is.
 */
const OWN = new Set(
  'args response parameters parametersJsonSchema responseSchema responseJsonSchema labels partMetadata'.split(' '),
);
const LISTS = new Set(
  'contents parts tools functionDeclarations allowedFunctionNames stopSequences responseModalities safetySettings'.split(
    ' ',
  ),
);

/** The same in camel case, with lists where lists belong. */
export function spelled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spelled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => spelledEntry(toCamel(key), inner)));
}

export function toCamel(key: string): string {
  return key.includes('_') ? key.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()) : key;
}

function spelledEntry(key: string, value: unknown): [string, unknown] {
  if (OWN.has(key)) return [key, value];
  const inner = spelled(value);
  const isLone = LISTS.has(key) && !Array.isArray(inner) && inner !== null && inner !== undefined;
  return [key, isLone ? [inner] : inner];
}
