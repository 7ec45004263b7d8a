import { describe, expect, it } from 'vitest';
import { checkJson } from '../../src/answers/check-json.ts';

const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string', minLength: 2 }, days: { type: 'integer', minimum: 1 } },
  required: ['city'],
  additionalProperties: false,
};

const table: { name: string; text: string; schema?: Record<string, unknown>; gives: string | RegExp }[] = [
  { name: 'takes what fits', text: '{"city":"Oslo","days":2}', schema: SCHEMA, gives: '{"city":"Oslo","days":2}' },
  { name: 'takes off a code fence', text: '```json\n{"city":"Oslo"}\n```\n', schema: SCHEMA, gives: '{"city":"Oslo"}' },
  { name: 'refuses prose', text: 'The city is Oslo.', schema: SCHEMA, gives: /not JSON/ },
  { name: 'refuses a missing property', text: '{"days":2}', schema: SCHEMA, gives: /city/ },
  { name: 'enforces what no provider does', text: '{"city":"O"}', schema: SCHEMA, gives: /too short|length/i },
  { name: 'refuses what nobody asked for', text: '{"city":"Oslo","x":1}', schema: SCHEMA, gives: /x|additional/i },
  { name: 'takes any object without a schema', text: '{"a":1}', gives: '{"a":1}' },
  { name: 'refuses an array without a schema', text: '[1]', gives: /not a JSON object/ },
];

describe('checkJson', () => {
  it.each(table)('$name', ({ text, schema, gives }) => {
    const check = checkJson(text, schema);
    if (typeof gives === 'string') expect(check).toEqual({ ok: true, text: gives });
    else expect(check.ok ? 'accepted' : check.problem).toMatch(gives);
  });
});
