import { describe, expect, it } from 'vitest';
import { checkJson } from '../../src/answers/check-json.ts';
import { sample, sampleArguments } from '../../src/practice/sample.ts';

const TREE = {
  type: 'object',
  properties: { root: { $ref: '#/$defs/node' } },
  required: ['root'],
  $defs: {
    node: {
      type: 'object',
      properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
      required: ['name', 'children'],
    },
  },
};

describe('sample', () => {
  it.each([
    { name: 'names from the text', schema: { type: 'string' }, value: 'Paris' },
    { name: 'numbers from the text', schema: { type: 'integer' }, value: 12 },
    { name: 'numbers within their limits', schema: { type: 'integer', minimum: 1, maximum: 9 }, value: 9 },
    { name: 'numbers above an exclusive limit', schema: { type: 'integer', exclusiveMinimum: 20 }, value: 21 },
    { name: 'multiples', schema: { type: 'integer', multipleOf: 5 }, value: 10 },
    { name: 'the first of an enum', schema: { enum: ['celsius', 'kelvin'] }, value: 'celsius' },
    { name: 'constants', schema: { const: 7 }, value: 7 },
    { name: 'defaults', schema: { type: 'string', default: 'x' }, value: 'x' },
    { name: 'formats', schema: { type: 'string', format: 'date' }, value: '2026-01-02' },
    { name: 'patterns', schema: { type: 'string', pattern: '^[A-Z]{3}$' }, value: 'ABC' },
    { name: 'lengths', schema: { type: 'string', minLength: 8 }, value: 'Paris...' },
    {
      name: 'the alternative that is not null',
      schema: { anyOf: [{ type: 'null' }, { type: 'boolean' }] },
      value: true,
    },
    { name: 'nullable types', schema: { type: ['null', 'string'] }, value: 'Paris' },
    { name: "Gemini's capitals", schema: { type: 'STRING' }, value: 'Paris' },
    {
      name: 'several items',
      schema: { type: 'array', items: { type: 'string' }, minItems: 2 },
      value: ['Paris', 'New Delhi'],
    },
    {
      name: 'tuples',
      schema: { prefixItems: [{ type: 'string' }, { type: 'integer' }], type: 'array' },
      value: ['Paris', 12],
    },
    {
      name: 'laid-together schemas',
      schema: {
        allOf: [
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          { type: 'object', properties: { b: { type: 'integer' } }, required: ['b'] },
        ],
      },
      value: { a: 'Paris', b: 12 },
    },
    {
      name: 'recursive schemas to an end',
      schema: TREE,
      value: { root: { name: 'Paris', children: [{ name: 'New Delhi', children: [] }] } },
    },
  ])('finds $name', ({ schema, value }) => {
    expect(sample(schema, 'The weather in Paris and in New Delhi for 12 days')).toEqual(value);
  });

  it('is valid under its schema', () => {
    expect(checkJson(JSON.stringify(sample(TREE, 'Hello')), TREE).ok).toBe(true);
  });

  it('says in a string that it is practice where the text has no name', () => {
    expect(sampleArguments({ properties: { city: { type: 'string' } } }, 'hm')).toEqual({ city: 'practice city' });
  });

  it('takes other names for another call', () => {
    const schema = { properties: { city: { type: 'string' } } };
    expect(sampleArguments(schema, 'in Paris and Oslo', 1)).toEqual({ city: 'Oslo' });
  });

  it('is always an object for a call', () => {
    expect(sampleArguments(undefined, 'x')).toEqual({});
  });
});
