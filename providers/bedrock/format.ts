import type { Call } from '../../src/core/provider.ts';
import { jsonFormat, jsonInstruction, type JsonFormat } from '../shared/format.ts';
import { compileSchema } from '../shared/schema.ts';
import { changed, emulated, type Part } from './body.ts';

/** Natively only where the model is held to the schema; JSON without a schema has no native form. */
export function toFormat({ request, capabilities }: Call): Part {
  const format = jsonFormat(request);
  if (!format) return {};
  const { schema } = format;
  const allowed = capabilities.structuredOutputWithTools || !(request.tools?.length || request.functions?.length);
  if (schema && capabilities.structuredOutput && allowed) return toTextFormat(schema, format);
  return {
    says: [jsonInstruction(format)],
    warnings: [emulated('response_format')],
    emulate: { json: schema ? { schema } : {} },
  };
}

function toTextFormat(schema: Record<string, unknown>, { name, description, strict }: JsonFormat): Part {
  const compiled = compileSchema(schema, 'bedrock', 'response_format.json_schema.schema');
  const jsonSchema = {
    schema: JSON.stringify(compiled.schema),
    ...(name && { name }),
    ...(description && { description }),
  };
  const fields: Part['fields'] = { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } };
  if (compiled.moved.length === 0) return { fields };
  // `strict` promises what is not enforced there, so the router checks it.
  if (strict) return { fields, warnings: [emulated('response_format')], emulate: { json: { schema } } };
  return { fields, warnings: [changed('response_format', 'some keywords are only described to the model')] };
}
