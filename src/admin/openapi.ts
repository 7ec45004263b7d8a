/** The OpenAPI document, made of the same schemas that check what comes in. */
import * as z from 'zod';
import { Failure } from './answers/state.ts';
import { type Described, JSON_TYPE } from './endpoint.ts';

export function openApi(endpoints: readonly Described[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of endpoints) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method]: operationOf(endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Signalbox admin API', version, description: 'For operators; docs/admin.md explains it.' },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'The admin token' } },
      schemas: { Failure: jsonSchema(Failure, 'output') },
    },
  };
}

function operationOf({ method, path, summary, parameters, query, body, answer }: Described): object {
  return {
    operationId: `${method}${path.replace(/\/(?:admin\/v1\/)?:?(\w)(\w*)/g, (_, first: string, rest: string) => first.toUpperCase() + rest)}`,
    summary,
    parameters: [...parametersOf(parameters, 'path'), ...parametersOf(query, 'query')],
    ...(body && { requestBody: { required: true, content: { [JSON_TYPE]: { schema: jsonSchema(body, 'input') } } } }),
    responses: { [answer.status]: answerOf(answer), default: FAILURE },
  };
}

const FAILURE = {
  description: "What is wrong, in OpenAI's shape",
  content: { [JSON_TYPE]: { schema: { $ref: '#/components/schemas/Failure' } } },
};

function answerOf({ schema, types = [] }: Described['answer']): object {
  const content = {
    ...(schema && { [JSON_TYPE]: { schema: jsonSchema(schema, 'output') } }),
    ...Object.fromEntries(types.map((type) => [type, { schema: { type: 'string' } }])),
  };
  return { description: 'Done', ...(Object.keys(content).length > 0 && { content }) };
}

interface Shape {
  properties?: Record<string, object & { description?: string }>;
  required?: string[];
}

function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query'): object[] {
  const { properties = {}, required = [] } = schema ? (jsonSchema(schema, 'input') as Shape) : {};
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    ...(description !== undefined && { description }),
    schema: rest,
  }));
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}
