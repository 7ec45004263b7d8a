import { describe, expect, it } from 'vitest';
import { toInputSchema } from '../../../providers/shared/input-schema.ts';

type Schema = Record<string, unknown>;

const text = { type: 'string' };
/** As text: to a linter an object with a `then` is a promise. */
const IF_A = JSON.parse('{"if":{"required":["a"]},"then":{"required":["b"]}}') as Schema;
const LOOSE = "alternatives at the schema's root are merged";
const DESCRIBED = "parts of allOf at the schema's root are only described";

interface Row {
  name: string;
  given: Schema;
  said: Schema;
  notes?: string[];
}

const ROWS: Row[] = [
  {
    name: 'an object stays as it is',
    given: { type: 'object', properties: { a: text } },
    said: { properties: { a: text } },
  },
  {
    name: 'parts become one object with all that they say',
    given: {
      type: 'object',
      properties: { a: text },
      required: ['a'],
      description: 'One.',
      allOf: [
        { properties: { b: text }, required: ['b'], minProperties: 2 },
        { description: 'Two.', additionalProperties: false },
        { $ref: '#/$defs/C' },
      ],
      $defs: { C: { properties: { c: text }, not: { required: ['d'] } } },
    },
    said: {
      properties: { a: text, b: text, c: text },
      required: ['a', 'b'],
      description: 'One.\nTwo.',
      minProperties: 2,
      additionalProperties: false,
      not: { required: ['d'] },
      $defs: { C: { properties: { c: text }, not: { required: ['d'] } } },
    },
  },
  {
    name: 'parts of parts, and references to references',
    given: {
      allOf: [{ allOf: [{ properties: { a: text } }, { $ref: '#/definitions/A' }] }],
      definitions: { A: { $ref: '#/definitions/B', required: ['b'] }, B: { properties: { b: text } } },
    },
    said: {
      properties: { a: text, b: text },
      required: ['b'],
      definitions: { A: { $ref: '#/definitions/B', required: ['b'] }, B: { properties: { b: text } } },
    },
  },
  {
    name: 'what stands beside a reference holds as well as what it names',
    given: {
      $ref: '#/$defs/A',
      properties: { b: text },
      required: ['b'],
      $defs: { A: { properties: { a: text }, required: ['a'], $defs: { C: text } } },
    },
    said: {
      properties: { a: text, b: text },
      required: ['a', 'b'],
      $defs: { A: { properties: { a: text }, required: ['a'], $defs: { C: text } } },
    },
  },
  {
    name: 'references with escapes, and of more steps',
    given: {
      allOf: [{ $ref: '#/definitions/A%3CB%3E' }, { $ref: '#/definitions/n/C~1D' }],
      definitions: { 'A<B>': { properties: { a: text } }, n: { 'C/D': { properties: { c: text } } } },
    },
    said: {
      properties: { a: text, c: text },
      definitions: { 'A<B>': { properties: { a: text } }, n: { 'C/D': { properties: { c: text } } } },
    },
  },
  {
    name: 'a property that two parts speak of is held to both',
    given: { properties: { a: { ...text, minLength: 1 } }, allOf: [{ properties: { a: { maxLength: 9 } } }] },
    said: { properties: { a: { ...text, minLength: 1, maxLength: 9 } } },
  },
  {
    name: 'one condition is said',
    given: { allOf: [IF_A] },
    said: { properties: {}, ...IF_A },
  },
  {
    name: 'a second condition is described whole',
    given: {
      description: 'One.',
      allOf: [IF_A, { if: { required: ['c'] }, else: { required: ['d'] }, required: ['e'] }],
    },
    said: {
      properties: {},
      description: 'One.\n\n{allOf: [{"if":{"required":["c"]},"else":{"required":["d"]}}]}',
      ...IF_A,
      required: ['e'],
    },
    notes: [DESCRIBED],
  },
  {
    name: 'what cannot hold beside the rest is described',
    given: { not: { required: ['a'] }, allOf: [{ not: { required: ['b'] } }] },
    said: { properties: {}, not: { required: ['a'] }, description: '{allOf: [{"not":{"required":["b"]}}]}' },
    notes: [DESCRIBED],
  },
  {
    name: 'a reference that leads out is described',
    given: { allOf: [{ $ref: 'https://a.test/schema.json' }, { properties: { a: text } }] },
    said: { properties: { a: text }, description: '{allOf: [{"$ref":"https://a.test/schema.json"}]}' },
    notes: [DESCRIBED],
  },
  {
    name: 'alternatives in a part are merged as those beside it',
    given: {
      allOf: [
        {
          anyOf: [
            { properties: { a: text }, required: ['a', 'b'] },
            { properties: { b: text }, required: ['b'] },
          ],
        },
      ],
    },
    said: { properties: { a: text, b: text }, required: ['b'] },
    notes: [LOOSE],
  },
  {
    name: 'a property that alternatives read otherwise may be either',
    given: { oneOf: [{ properties: { kind: { const: 'a' } } }, { properties: { kind: { const: 'b' } } }] },
    said: { properties: { kind: { anyOf: [{ const: 'a' }, { const: 'b' }] } } },
    notes: [LOOSE],
  },
  { name: 'no parts are none', given: { allOf: [], anyOf: [] }, said: { properties: {} } },
];

describe("a tool's schema as one object", () => {
  it.each(ROWS)('$name', ({ given, said, notes = [] }) => {
    expect(toInputSchema(given)).toEqual({ schema: { ...said, type: 'object' }, notes });
  });

  it('ends where parts name each other', () => {
    const $defs = { A: { $ref: '#/$defs/B' }, B: { $ref: '#/$defs/A' }, C: { allOf: [{ $ref: '#/$defs/C' }] } };
    expect(toInputSchema({ allOf: [{ $ref: '#/$defs/A' }, { $ref: '#/$defs/C' }], $defs }).notes).toEqual([DESCRIBED]);
  });

  it('ends soon where a part holds itself many times', () => {
    const C = { allOf: Array.from({ length: 10 }, () => ({ $ref: '#/$defs/C' })) };
    expect(toInputSchema({ ...C, $defs: { C } }).notes).toEqual([DESCRIBED]);
  });

  it('keeps a property named __proto__ among alternatives', () => {
    const given = '{"anyOf":[{"properties":{"__proto__":{"type":"string"},"a":{}}}]}';
    const { schema } = toInputSchema(JSON.parse(given) as Schema);
    expect(JSON.stringify(schema['properties'])).toBe('{"__proto__":{"type":"string"},"a":{}}');
  });
});
