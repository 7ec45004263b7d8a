import { describe, expect, it } from 'vitest';
import { checkJson } from '../../src/answers/check-json.ts';

const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string', minLength: 2 }, days: { type: 'integer', minimum: 1 } },
  required: ['city'],
  additionalProperties: false,
};

interface Row {
  name: string;
  text: string;
  schema?: Record<string, unknown>;
}

const taken: (Row & { gives: string })[] = [
  { name: 'takes what fits', text: '{"city":"Oslo","days":2}', schema: SCHEMA, gives: '{"city":"Oslo","days":2}' },
  { name: 'takes off a code fence', text: '```json\n{"city":"Oslo"}\n```\n', schema: SCHEMA, gives: '{"city":"Oslo"}' },
  { name: 'takes any object without a schema', text: '{"a":1}', gives: '{"a":1}' },
];

const refused: (Row & { says: RegExp })[] = [
  { name: 'refuses prose', text: 'The city is Oslo.', schema: SCHEMA, says: /not JSON/ },
  { name: 'refuses a missing property', text: '{"days":2}', schema: SCHEMA, says: /city/ },
  { name: 'enforces what no provider does', text: '{"city":"O"}', schema: SCHEMA, says: /too short|length/i },
  { name: 'refuses what nobody asked for', text: '{"city":"Oslo","x":1}', schema: SCHEMA, says: /x|additional/i },
  { name: 'refuses an array without a schema', text: '[1]', says: /not a JSON object/ },
];

describe('checkJson', () => {
  it.each(taken)('$name', ({ text, schema, gives }) => {
    expect(checkJson(text, schema)).toEqual({ ok: true, text: gives });
  });

  it.each(refused)('$name', ({ text, schema, says }) => {
    expect(checkJson(text, schema)).toMatchObject({ ok: false, problem: expect.stringMatching(says) });
  });
});
