import { describe, expect, it } from 'vitest';
import { compileSchema } from '../../../providers/shared/schema.ts';
import type { SchemaTarget } from '../../../providers/shared/schema.ts';
import { GatewayError } from '../../../src/core/errors.ts';

const PARAM = 'response_format.json_schema.schema';

type Schema = Record<string, unknown>;

/** One property's schema, compiled. */
function inside(schema: unknown, target: SchemaTarget): unknown {
  const whole = { type: 'object', properties: { a: schema }, required: ['a'] };
  const properties = compileSchema(whole, target, PARAM).schema['properties'] as Schema;
  return properties['a'];
}

interface Row {
  name: string;
  from: unknown;
  anthropic?: unknown;
  gemini?: unknown;
  /** Where it differs from Anthropic's. */
  bedrock?: unknown;
}

const same = (schema: unknown) => ({ from: schema, anthropic: schema, gemini: schema });

describe('one node, by target', () => {
  const rows: Row[] = [
    { name: 'a plain type stays', ...same({ type: 'string', description: 'd' }) },
    { name: 'a nullable type stays', ...same({ type: ['string', 'null'] }) },
    { name: 'an enum of strings stays', ...same({ type: 'string', enum: ['x', 'y'] }) },
    { name: 'items stay', ...same({ type: 'array', items: { type: 'string' } }) },
    { name: 'anyOf stays', ...same({ anyOf: [{ type: 'string' }, { type: 'integer' }] }) },
    { name: 'a known format stays', ...same({ type: 'string', format: 'date-time' }) },
    { name: 'one item at least can be said', ...same({ type: 'array', items: { type: 'string' }, minItems: 1 }) },
    {
      name: 'a nested object is closed, except for Gemini',
      from: { type: 'object', properties: { b: { type: 'string' } } },
      anthropic: { type: 'object', properties: { b: { type: 'string' } }, additionalProperties: false },
      gemini: { type: 'object', properties: { b: { type: 'string' } } },
    },
    {
      name: 'const is an enum of one for Gemini',
      from: { const: 'x' },
      anthropic: { const: 'x' },
      gemini: { type: 'string', enum: ['x'] },
    },
    {
      name: 'null among the values is a variant for Gemini',
      from: { type: ['string', 'null'], enum: ['x', null], description: 'd' },
      anthropic: { type: ['string', 'null'], enum: ['x', null], description: 'd' },
      gemini: { description: 'd', anyOf: [{ type: 'string', enum: ['x'] }, { type: 'null' }] },
    },
    {
      name: 'an enum of booleans is a remark for Gemini',
      from: { enum: [true] },
      anthropic: { enum: [true] },
      gemini: { type: 'boolean', description: '{enum: [true]}' },
    },
    {
      name: 'oneOf is anyOf',
      from: { oneOf: [{ type: 'string' }, { type: 'null' }] },
      anthropic: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      gemini: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    },
    {
      name: 'a type beside anyOf belongs to the variants',
      from: { type: 'string', anyOf: [{ format: 'uri' }, { enum: ['x'] }] },
      anthropic: { anyOf: [{ type: 'string', format: 'uri' }, { enum: ['x'] }] },
    },
    {
      name: 'allOf is merged',
      from: {
        allOf: [
          { type: 'object', properties: { b: { type: 'string' } }, required: ['b'] },
          { properties: { c: { type: 'number' } }, required: ['c'] },
        ],
      },
      anthropic: {
        type: 'object',
        properties: { b: { type: 'string' }, c: { type: 'number' } },
        required: ['b', 'c'],
        additionalProperties: false,
      },
      gemini: { type: 'object', properties: { b: { type: 'string' }, c: { type: 'number' } }, required: ['b', 'c'] },
    },
    {
      name: 'allOf that contradicts itself leaves a remark',
      from: { type: 'string', allOf: [{ pattern: 'a' }, { pattern: 'b' }] },
      anthropic: { type: 'string', description: '{pattern: "a", allOf: [{"pattern":"b"}]}' },
    },
    {
      name: 'bounds go into the description, except for Gemini',
      from: { type: 'integer', minimum: 1, maximum: 9 },
      anthropic: { type: 'integer', description: '{minimum: 1, maximum: 9}' },
      gemini: { type: 'integer', minimum: 1, maximum: 9 },
    },
    {
      name: 'exclusive bounds of integers are inclusive ones for Gemini',
      from: { type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 10 },
      gemini: { type: 'integer', minimum: 1, maximum: 9 },
    },
    {
      name: 'exclusive bounds of numbers are a remark',
      from: { type: 'number', exclusiveMinimum: 0 },
      anthropic: { type: 'number', description: '{exclusiveMinimum: 0}' },
      gemini: { type: 'number', description: '{exclusiveMinimum: 0}' },
    },
    {
      name: 'what is moved comes after what the client wrote',
      from: { type: 'string', minLength: 2, description: 'A name.', pattern: '^a' },
      anthropic: { type: 'string', description: 'A name.\n\n{minLength: 2, pattern: "^a"}' },
      gemini: { type: 'string', description: 'A name.\n\n{minLength: 2, pattern: "^a"}' },
    },
    {
      name: 'more items than one go into the description, except for Gemini',
      from: { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 3 },
      anthropic: { type: 'array', items: { type: 'string' }, description: '{minItems: 2, maxItems: 3}' },
      gemini: { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 3 },
    },
    {
      name: 'an unknown format goes into the description, except for Gemini',
      from: { type: 'string', format: 'phone' },
      anthropic: { type: 'string', description: '{format: "phone"}' },
      gemini: { type: 'string', format: 'phone' },
    },
    {
      name: 'title stays, except for Bedrock',
      from: { type: 'string', title: 't' },
      anthropic: { type: 'string', title: 't' },
      gemini: { type: 'string', title: 't' },
      bedrock: { type: 'string' },
    },
    {
      name: 'default and examples are remarks',
      from: { type: 'string', default: 'x', examples: ['y'] },
      anthropic: { type: 'string', description: '{default: "x", examples: ["y"]}' },
      gemini: { type: 'string', description: '{default: "x", examples: ["y"]}' },
    },
    {
      name: 'what only describes the schema is dropped',
      from: { type: 'string', $schema: 's', $id: 'i', $comment: 'c', 'x-order': 1 },
      anthropic: { type: 'string' },
      gemini: { type: 'string' },
    },
    {
      name: 'not and if are remarks',
      from: { type: 'string', not: { const: 'x' }, if: {} },
      anthropic: { type: 'string', description: '{not: {"const":"x"}, if: {}}' },
      gemini: { type: 'string', description: '{not: {"const":"x"}, if: {}}' },
    },
    {
      name: 'several types with an object among them are variants',
      from: { type: ['object', 'null'], description: 'd', properties: { b: { type: 'string' } }, required: ['b'] },
      anthropic: {
        description: 'd',
        anyOf: [
          { type: 'object', properties: { b: { type: 'string' } }, required: ['b'], additionalProperties: false },
          { type: 'null' },
        ],
      },
      gemini: {
        description: 'd',
        anyOf: [{ type: 'object', properties: { b: { type: 'string' } }, required: ['b'] }, { type: 'null' }],
      },
    },
    {
      name: 'a tuple is a list of any of its members, except for Gemini',
      from: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] },
      anthropic: {
        type: 'array',
        items: { anyOf: [{ type: 'string' }, { type: 'number' }] },
        description: '{prefixItems: [{"type":"string"},{"type":"number"}]}',
      },
      gemini: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] },
    },
    {
      name: 'an old tuple is a tuple',
      from: { type: 'array', items: [{ type: 'string' }] },
      anthropic: { type: 'array', items: { anyOf: [{ type: 'string' }] }, description: '{items: [{"type":"string"}]}' },
      gemini: { type: 'array', prefixItems: [{ type: 'string' }] },
    },
    {
      name: 'the type is told from the other keywords',
      from: { properties: { b: { minLength: 1 } } },
      anthropic: {
        type: 'object',
        properties: { b: { type: 'string', description: '{minLength: 1}' } },
        additionalProperties: false,
      },
    },
    {
      name: 'required names what exists',
      from: { type: 'object', properties: { b: { type: 'string' } }, required: ['b', 'c'] },
      gemini: {
        type: 'object',
        properties: { b: { type: 'string' } },
        required: ['b'],
        description: '{required: ["b","c"]}',
      },
    },
    {
      name: 'further properties stay for Gemini',
      from: { type: 'object', additionalProperties: { type: 'string', minLength: 1 } },
      gemini: { type: 'object', additionalProperties: { type: 'string', description: '{minLength: 1}' } },
    },
    {
      name: 'variants that only narrow are a remark',
      from: { type: 'object', properties: { b: { type: 'string' } }, anyOf: [{ required: ['b'] }] },
      anthropic: {
        type: 'object',
        properties: { b: { type: 'string' } },
        description: '{anyOf: [{"required":["b"]}]}',
        additionalProperties: false,
      },
      gemini: { type: 'object', properties: { b: { type: 'string' } }, description: '{anyOf: [{"required":["b"]}]}' },
    },
    { name: 'anything goes for Gemini', from: true, gemini: {} },
  ];
  const expected = rows.flatMap(({ name, from, anthropic, gemini, bedrock = anthropic }) => {
    const targets = { anthropic, gemini, bedrock };
    const asked = (['anthropic', 'gemini', 'bedrock'] as const).filter((target) => targets[target] !== undefined);
    return asked.map((target) => ({ name, target, from, to: targets[target] }));
  });
  it.each(expected)('$name ($target)', ({ target, from, to }) => {
    expect(inside(from, target)).toEqual(to);
  });
});

describe('references', () => {
  const address = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
  const closed = { ...address, additionalProperties: false };
  const object = (properties: Schema, rest: Schema = {}): Schema => ({
    type: 'object',
    properties,
    required: Object.keys(properties),
    ...rest,
  });

  it('stay references, and only definitions in use are kept', () => {
    const schema = object(
      { home: { $ref: '#/$defs/Address' }, work: { $ref: '#/$defs/Address' } },
      { $defs: { Address: address, Unused: {} } },
    );
    expect(compileSchema(schema, 'anthropic', PARAM).schema).toEqual({
      ...object({ home: { $ref: '#/$defs/Address' }, work: { $ref: '#/$defs/Address' } }),
      additionalProperties: false,
      $defs: { Address: closed },
    });
  });

  it.each([
    {
      name: 'old `definitions` become `$defs`',
      ref: '#/definitions/A',
      rest: { definitions: { A: { type: 'string' } } },
      to: '#/$defs/A',
    },
    {
      name: 'odd names are made plain',
      ref: '#/$defs/List%5Bint%5D',
      rest: { $defs: { 'List[int]': { type: 'string' } } },
      to: '#/$defs/List_int_',
    },
    {
      name: 'escapes of a pointer are undone',
      ref: '#/$defs/a~1b',
      rest: { $defs: { 'a/b': { type: 'string' } } },
      to: '#/$defs/a_b',
    },
    {
      name: 'any other part of the schema becomes a definition',
      ref: '#/properties/b',
      rest: {},
      to: '#/$defs/properties_b',
    },
  ])('$name', ({ ref, rest, to }) => {
    const { schema } = compileSchema(object({ a: { $ref: ref }, b: { type: 'string' } }, rest), 'bedrock', PARAM);
    expect(schema).toMatchObject({
      properties: { a: { $ref: to } },
      $defs: { [to.slice('#/$defs/'.length)]: { type: 'string' } },
    });
  });

  it.each([
    {
      name: 'a remark beside a reference keeps it',
      node: { $ref: '#/$defs/A', description: 'd', default: 1 },
      to: { anyOf: [{ $ref: '#/$defs/A' }], description: 'd\n\n{default: 1}' },
    },
    {
      name: "pydantic's allOf around a reference is a reference",
      node: { allOf: [{ $ref: '#/$defs/A' }], title: 't' },
      to: { anyOf: [{ $ref: '#/$defs/A' }], title: 't' },
    },
    {
      name: 'what adds to a reference is merged with it',
      node: { $ref: '#/$defs/A', properties: { zip: { type: 'string' } } },
      to: {
        type: 'object',
        properties: { zip: { type: 'string' }, city: { type: 'string' } },
        required: ['city'],
        additionalProperties: false,
      },
    },
  ])('$name', ({ node, to }) => {
    const { schema } = compileSchema(object({ a: node }, { $defs: { A: address } }), 'anthropic', PARAM);
    expect((schema['properties'] as Schema)['a']).toEqual(to);
  });

  it('a root that is a reference is what it refers to', () => {
    const schema = { $ref: '#/$defs/A', $defs: { A: address } };
    expect(compileSchema(schema, 'anthropic', PARAM).schema).toEqual(closed);
    expect(compileSchema(schema, 'gemini', PARAM).schema).toEqual(address);
  });

  const tree = (required: string[]): Schema => ({
    type: 'object',
    properties: { node: { $ref: '#/$defs/Node' } },
    required: ['node'],
    $defs: {
      Node: { type: 'object', properties: { kids: { type: 'array', items: { $ref: '#/$defs/Node' } } }, required },
    },
  });
  const list: Schema = {
    type: 'object',
    properties: { value: { type: 'string' }, next: { $ref: '#' } },
    required: ['value'],
  };
  it.each([
    { name: 'recursion is refused', schema: tree([]), target: 'anthropic', ok: false },
    { name: 'recursion is refused', schema: list, target: 'bedrock', ok: false },
    { name: 'recursion through an optional property is taken', schema: tree([]), target: 'gemini', ok: true },
    { name: 'recursion of the root is taken', schema: list, target: 'gemini', ok: true },
    { name: 'recursion through a required property is refused', schema: tree(['kids']), target: 'gemini', ok: false },
    {
      name: 'recursion through allOf is refused',
      schema: {
        type: 'object',
        properties: { a: { $ref: '#/$defs/A' } },
        $defs: { A: { allOf: [{ $ref: '#/$defs/A' }, { type: 'object' }] } },
      },
      target: 'gemini',
      ok: false,
    },
    { name: 'a reference to itself is refused', schema: { $ref: '#' }, target: 'gemini', ok: false },
  ] as const)('$target: $name', ({ schema, target, ok }) => {
    expect(outcome(() => compileSchema(schema, target, PARAM))).toBe(ok ? 'ok' : 'unsupported');
  });

  it.each([
    { name: 'another document', ref: 'https://x.test/schema', kind: 'unsupported' },
    { name: 'an anchor', ref: '#here', kind: 'unsupported' },
    { name: 'nothing', ref: '#/$defs/Nobody', kind: 'invalid_request' },
    { name: 'the prototype', ref: '#/constructor', kind: 'invalid_request' },
  ])('a reference to $name is refused', ({ ref, kind }) => {
    expect(() => compileSchema(object({ a: { $ref: ref } }), 'gemini', PARAM)).toThrow(
      expect.objectContaining({ kind }),
    );
  });
});

describe('the root', () => {
  it.each([
    { name: 'a list', schema: { type: 'array', items: { type: 'string' } } },
    {
      name: 'a choice with a string in it',
      schema: { anyOf: [{ type: 'object', properties: {} }, { type: 'string' }] },
    },
  ])('$name is no object', ({ schema }) => {
    expect(() => compileSchema(schema, 'anthropic', PARAM)).toThrow(
      expect.objectContaining({ kind: 'unsupported', param: PARAM }),
    );
    expect(compileSchema(schema, 'gemini', PARAM).schema).toEqual(schema);
  });

  it('a choice of objects is one object with all their properties, to be checked', () => {
    const schema = {
      description: 'd',
      oneOf: [
        { type: 'object', properties: { kind: { const: 'a' }, x: { type: 'string' } }, required: ['kind', 'x'] },
        { $ref: '#/$defs/B' },
      ],
      $defs: { B: { type: 'object', properties: { kind: { const: 'b' } }, required: ['kind'] } },
    };
    expect(compileSchema(schema, 'anthropic', PARAM)).toEqual({
      schema: {
        description: 'd',
        type: 'object',
        properties: { kind: { anyOf: [{ const: 'a' }, { const: 'b' }] }, x: { type: 'string' } },
        required: ['kind'],
        additionalProperties: false,
      },
      moved: ['oneOf'],
    });
  });

  it.each([
    { name: 'an object without listed properties', node: { type: 'object' } },
    { name: 'a map', node: { type: 'object', properties: {}, additionalProperties: { type: 'string' } } },
    { name: 'a node without a type', node: {} },
    { name: 'a node that nothing fits', node: false },
  ])('$name cannot be said where all objects are closed', ({ node }) => {
    expect(() => inside(node, 'anthropic')).toThrow(
      expect.objectContaining({ kind: 'unsupported', param: `${PARAM}.properties.a` }),
    );
  });

  it('no arguments are no arguments', () => {
    const schema = { type: 'object', properties: {} };
    expect(compileSchema(schema, 'anthropic', 'tools.0')).toEqual({
      schema: { ...schema, additionalProperties: false },
      moved: [],
    });
  });
});

describe('what must be checked', () => {
  it('is named once, and open objects are among it', () => {
    const text = { type: 'string', minLength: 1, default: 'x' };
    const schema = { type: 'object', properties: { a: text, b: text }, additionalProperties: true };
    expect(compileSchema(schema, 'anthropic', PARAM).moved).toEqual(['minLength', 'additionalProperties']);
    expect(compileSchema(schema, 'gemini', PARAM).moved).toEqual(['minLength']);
  });
});

describe('the input', () => {
  const schema = {
    $schema: 's',
    type: 'object',
    properties: {
      b: { $ref: '#/$defs/B', description: 'd' },
      a: { allOf: [{ $ref: '#/$defs/B' }, { required: ['y'] }] },
    },
    $defs: { B: { type: 'object', properties: { y: { exclusiveMinimum: 0, type: 'integer' } } } },
  };

  it.each(['anthropic', 'gemini', 'bedrock'] as const)(
    'is never changed (%s), and the same gives the same',
    (target) => {
      const before = JSON.stringify(schema);
      const first = JSON.stringify(compileSchema(schema, target, PARAM));
      expect(JSON.stringify(schema)).toBe(before);
      expect(JSON.stringify(compileSchema(schema, target, PARAM))).toBe(first);
      expect(Object.keys(compileSchema(schema, target, PARAM).schema['properties'] as Schema)).toEqual(['b', 'a']);
    },
  );

  it.each([
    {
      name: 'plain',
      schema: '{"type":"object","properties":{"__proto__":{"type":"string"}},"required":["__proto__"]}',
    },
    {
      name: 'merged',
      schema: '{"type":"object","allOf":[{"properties":{}},{"properties":{"__proto__":{"type":"string"}}}]}',
    },
  ])('may have a property called __proto__ ($name)', ({ schema: hostile }) => {
    const { schema: compiled } = compileSchema(JSON.parse(hostile) as Schema, 'anthropic', PARAM);
    expect(JSON.stringify(compiled)).toContain('"__proto__":{"type":"string"}');
  });

  it.each([
    {
      name: 'references that double at each step',
      node: (next: string) => ({ type: 'object', properties: { a: { $ref: next }, b: { $ref: next } } }),
      ends: 'ok',
    },
    {
      name: 'merges that double at each step',
      node: (next: string) => ({ allOf: [{ $ref: next }, { $ref: next, title: 't' }] }),
      ends: 'unsupported',
    },
  ])('$name end soon', ({ node, ends }) => {
    const definitions = Array.from({ length: 5000 }, (_, index) => [`D${index}`, node(`#/$defs/D${index + 1}`)]);
    const $defs = { ...Object.fromEntries(definitions), D5000: { type: 'string' } } as Schema;
    const started = performance.now();
    expect(
      outcome(() =>
        compileSchema({ type: 'object', properties: { a: { $ref: '#/$defs/D0' } }, $defs }, 'gemini', PARAM),
      ),
    ).toBe(ends);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

function outcome(act: () => unknown): string {
  try {
    act();
    return 'ok';
  } catch (error) {
    return error instanceof GatewayError ? error.kind : String(error);
  }
}
