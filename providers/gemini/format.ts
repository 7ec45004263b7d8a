import type { Call, Emulation, Warning } from '../../src/core/provider.ts';
import { jsonFormat, jsonInstruction, type JsonFormat } from '../shared/format.ts';
import { compileSchema } from '../shared/schema.ts';
import type { GeminiConfig } from './wire.ts';

const PARAM = 'response_format';

export interface Format {
  config: Pick<GeminiConfig, 'responseMimeType' | 'responseJsonSchema'>;
  /** For the system prompt, where there is no JSON mode. */
  instruction?: string;
  json?: NonNullable<Emulation['json']>;
  warnings: Warning[];
}

/** Gemini 2.5 has its JSON mode only without tools. */
export function toFormat(call: Call, hasTools: boolean): Format {
  const format = jsonFormat(call.request);
  if (!format) return { config: {}, warnings: [] };
  const { structuredOutput, structuredOutputWithTools } = call.capabilities;
  if (structuredOutput && (structuredOutputWithTools || !hasTools)) return toNative(format);
  return {
    config: {},
    instruction: jsonInstruction(format),
    json: toCheck(format),
    warnings: [{ param: PARAM, action: 'emulated' }],
  };
}

function toNative(format: JsonFormat): Format {
  const responseMimeType = 'application/json';
  if (!format.schema) return { config: { responseMimeType }, warnings: [] };
  const { schema, moved } = compileSchema(format.schema, 'gemini', `${PARAM}.json_schema.schema`);
  const config = { responseMimeType, responseJsonSchema: schema };
  if (moved.length === 0) return { config, warnings: [] };
  const note = `described only: ${moved.join(', ')}`;
  if (!format.strict) return { config, warnings: [{ param: PARAM, action: 'changed', note }] };
  return { config, json: toCheck(format), warnings: [{ param: PARAM, action: 'emulated', note }] };
}

function toCheck({ schema }: JsonFormat): NonNullable<Emulation['json']> {
  return schema ? { schema } : {};
}
