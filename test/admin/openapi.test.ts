import { Validator } from '@cfworker/json-schema';
import { afterAll, describe, expect, it } from 'vitest';
import { createPlay } from '../../src/admin/page/play.ts';
import { ask, createWorld } from './world.ts';

const world = createWorld({ ledger: undefined, books: undefined });
afterAll(() => world.close());

interface Operation {
  operationId: string;
  summary: string;
  parameters: { name: string; in: string; schema: object; required: boolean }[];
  requestBody?: { content: { 'application/json': { schema: object } } };
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}

const { text } = await ask(world, 'GET /openapi.json');
const document = JSON.parse(text) as {
  openapi: string;
  info: { version: string };
  security: object[];
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
);

describe('the OpenAPI document', () => {
  it('is there without a store, and locked', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '9.8.7' }, security: [{ token: [] }] });
  });

  it('knows every route, the playground’s too, and no other', () => {
    const page = createPlay(() => new Response()).routes.map(({ method, path }) => `${method} /admin/v1/play${path}`);
    const served = world.app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`);
    const known = operations.map(
      ({ method, path }) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    );
    expect(known.toSorted()).toEqual([...served, ...page].toSorted());
  });

  it('names no operation twice', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z.]+$/);
  });

  it.each(operations)('describes $method $path', ({ path, operation }) => {
    const inPath = operation.parameters.filter((each) => each.in === 'path').map(({ name }) => name);
    expect(inPath).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    expect(operation.summary.length).toBeGreaterThan(6);
    expect(Object.keys(operation.responses)).toHaveLength(2);
    const bodies = Object.values(operation.responses).flatMap(({ content = {} }) => Object.values(content));
    const schemas = [
      ...operation.parameters.map(({ schema }) => schema),
      ...bodies.map(({ schema }) => schema),
      ...(operation.requestBody ? [operation.requestBody.content['application/json'].schema] : []),
    ];
    for (const schema of schemas) expect(() => new Validator(schema, '2020-12')).not.toThrow();
  });

  it('takes what the API takes, and refuses what it refuses', () => {
    const schema = document.paths['/admin/v1/keys']?.post?.requestBody?.content['application/json'].schema ?? {};
    const isValid = (body: unknown) => new Validator(schema, '2020-12').validate(body).valid;
    expect(isValid({ name: 'robot', limits: '60 requests/minute', budgets: { usd: { perDay: 5 } } })).toBe(true);
    expect(isValid({ name: 'a b' })).toBe(false);
    expect(isValid({ name: 'x', key: 'mine' })).toBe(false);
  });
});
