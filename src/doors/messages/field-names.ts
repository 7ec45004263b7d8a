/** What Anthropic calls the fields of a canonical request. */
import type { FieldNames } from '../field-names.ts';
import type { MessagesBody } from './body.ts';

const PIECES = new Map([
  ['id', 'id'],
  ['type', 'type'],
  ['text', 'text'],
  ['image_url', 'source'],
  ['file', 'source'],
  ['file.filename', 'title'],
  ['cache_control', 'cache_control'],
  ['tool_call_id', 'tool_use_id'],
  ['is_error', 'is_error'],
  ['function.name', 'name'],
  ['function.description', 'description'],
  ['function.arguments', 'input'],
  ['function.parameters', 'input_schema'],
  ['function.strict', 'strict'],
  ['user_location', 'user_location'],
]);

const FIELDS = [
  ['max_completion_tokens', 'max_tokens'],
  ['messages', 'messages'],
  ['stop', 'stop_sequences'],
  ['reasoning', 'thinking'],
  ['reasoning.max_tokens', 'thinking.budget_tokens'],
  ['tools', 'tools'],
  ['web_search_options', 'tools'],
  ['tool_choice', 'tool_choice'],
  ['tool_choice.function.name', 'tool_choice.name'],
  ['parallel_tool_calls', 'tool_choice.disable_parallel_tool_use'],
  ['user', 'metadata.user_id'],
  ['prompt_cache_options', 'cache_control'],
  ['stream_options', 'stream'],
] as const;

/** Efforts and formats come from more than one field. */
export function namesOf({ output_config: output, thinking }: MessagesBody): FieldNames {
  const format = output?.format ? 'output_config.format' : 'output_format';
  const measure = thinking?.type === 'enabled' ? 'thinking.budget_tokens' : 'thinking.type';
  const fields = new Map<string, string>([
    ...FIELDS,
    ['reasoning_effort', output?.effort && thinking?.type !== 'disabled' ? 'output_config.effort' : measure],
    ['response_format', format],
    ['response_format.type', `${format}.type`],
  ]);
  return { fields, pieces: PIECES };
}
