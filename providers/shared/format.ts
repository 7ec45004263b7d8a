import type { ChatRequest } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { record, text } from './refusal.ts';

/** The answer must be JSON; without a schema any object will do. */
export interface JsonFormat {
  schema?: Record<string, unknown>;
  name?: string;
  description?: string;
  strict: boolean;
}

/** What `response_format` asks for; undefined for plain text. */
export function jsonFormat(request: ChatRequest): JsonFormat | undefined {
  const format = record(request.response_format);
  if (!format || format['type'] === 'text') return undefined;
  if (format['type'] === 'json_object') return { strict: false };
  if (format['type'] === 'json_schema') return fromJsonSchema(requireJsonSchema(format));
  throw new GatewayError('unsupported', 'This response format is not known here', { param: 'response_format.type' });
}

/** Servers that take the schema elsewhere (llama.cpp) get the client's own words; nobody else can guess it. */
export function requireJsonSchema(format: { json_schema?: unknown }): Record<string, unknown> {
  const named = record(format.json_schema);
  if (named) return named;
  throw new GatewayError('invalid_request', "'json_schema' is missing, or no object", {
    param: 'response_format.json_schema',
  });
}

function fromJsonSchema(named: Record<string, unknown>): JsonFormat {
  const schema = record(named['schema']);
  if (!schema && named['schema'] !== undefined && named['schema'] !== null) {
    throw new GatewayError('invalid_request', 'A JSON schema is an object', {
      param: 'response_format.json_schema.schema',
    });
  }
  const name = text(named['name']);
  const description = text(named['description']);
  return {
    ...(schema && { schema }),
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    strict: named['strict'] === true,
  };
}

/** What to tell a model that has no JSON mode of its own. The router checks the answer. */
export function jsonInstruction(format: JsonFormat): string {
  const alone = 'no prose before or after it, no code fence.';
  if (!format.schema) return `Respond with one JSON object only: ${alone}`;
  const purpose = format.description ? ` Its purpose: ${format.description}` : '';
  const schema = JSON.stringify(format.schema);
  return `Respond with one JSON value only: ${alone}${purpose}\nIt must be valid under this JSON Schema:\n${schema}`;
}

/** What to tell a model whose provider refuses to force a tool call. The router checks that a call came. */
export function toolInstruction(name?: string): string {
  const which = name === undefined ? 'one of the tools' : `the tool \`${name}\``;
  return `You must answer by calling ${which}. Do not answer in text alone.`;
}
