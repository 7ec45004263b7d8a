/** What Google calls the fields of a canonical request. */
import type { FieldNames } from '../field-names.ts';
import type { GeminiConfig } from './schema.ts';

const AT = 'generationConfig';

const PIECES = new Map([
  ['id', 'id'],
  ['text', 'text'],
  ['image_url.detail', 'mediaResolution'],
  ['tool_call_id', 'id'],
  ['is_error', 'response'],
  ['function.name', 'name'],
  ['function.description', 'description'],
  ['function.arguments', 'args'],
  ['function.parameters', 'parameters'],
]);

const FIELDS = [
  ['messages', 'contents'],
  ['tools', 'tools'],
  ['web_search_options', 'tools'],
  ['tool_choice', 'toolConfig.functionCallingConfig'],
  ['tool_choice.function', 'toolConfig.functionCallingConfig.allowedFunctionNames'],
  ['tool_choice.allowed_tools', 'toolConfig.functionCallingConfig.allowedFunctionNames'],
  ['metadata', 'labels'],
  ['service_tier', 'serviceTier'],
  ['temperature', `${AT}.temperature`],
  ['top_p', `${AT}.topP`],
  ['top_k', `${AT}.topK`],
  ['n', `${AT}.candidateCount`],
  ['max_tokens', `${AT}.maxOutputTokens`],
  ['max_completion_tokens', `${AT}.maxOutputTokens`],
  ['stop', `${AT}.stopSequences`],
  ['presence_penalty', `${AT}.presencePenalty`],
  ['frequency_penalty', `${AT}.frequencyPenalty`],
  ['seed', `${AT}.seed`],
  ['logprobs', `${AT}.responseLogprobs`],
  ['top_logprobs', `${AT}.logprobs`],
  ['modalities', `${AT}.responseModalities`],
  ['reasoning', `${AT}.thinkingConfig.thinkingBudget`],
] as const;

/** Efforts and formats come from more than one field. */
export function namesOf({ thinkingConfig, responseJsonSchema, responseSchema }: GeminiConfig): FieldNames {
  const effort = thinkingConfig?.thinkingLevel ? 'thinkingLevel' : 'thinkingBudget';
  const schema = responseJsonSchema ? 'responseJsonSchema' : responseSchema ? 'responseSchema' : 'responseMimeType';
  const fields = new Map<string, string>([
    ...FIELDS,
    ['reasoning_effort', `${AT}.thinkingConfig.${effort}`],
    ['response_format', `${AT}.${schema}`],
    ['response_format.type', `${AT}.responseMimeType`],
  ]);
  return { fields, pieces: PIECES };
}
