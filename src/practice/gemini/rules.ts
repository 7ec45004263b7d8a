/** What Gemini demands beyond the shape: of the turns, of signatures, and by model. */
import { Rejected } from '../rejected.ts';
import { geminiSchemaFault } from '../schema-limits.ts';
import { sealFault } from '../seal.ts';
import type { Content, GenerateRequest, Part } from './shape.ts';

/** What Google documents for calls whose signature is lost. */
const SENTINELS = new Set(['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go']);
const DATA = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
] as const;

export function versionOf(model: string): number {
  return Number(/^gemini-(\d+(?:\.\d+)?)/u.exec(model)?.[1] ?? 4);
}

export function checkGenerate(request: GenerateRequest, model: string): void {
  if (request.contents.length === 0) throw bad('* GenerateContentRequest.contents: contents is not specified\n');
  for (const [index, content] of request.contents.entries()) checkContent(content, index);
  const turns = turnsOf(request.contents);
  for (const index of turns.keys()) checkResponses(turns, index);
  for (const { parts } of request.contents) for (const part of parts) checkSignature(part);
  if (versionOf(model) >= 3) checkCallsAreSigned(request.contents);
  checkTools(request);
  checkFormat(request, model);
  checkThinking(request, model);
  const { presencePenalty, frequencyPenalty, logprobs, responseLogprobs } = request.generationConfig ?? {};
  if (versionOf(model) === 2.5 && (presencePenalty || frequencyPenalty))
    throw bad(`Penalty is not enabled for models/${model}`);
  if (logprobs !== undefined && !responseLogprobs)
    throw bad('logprobs may only be set when response_logprobs is true.');
}

/** Neighbours of one role are one turn: Google's own SDK sends an answer back in as many contents as it had chunks. */
function turnsOf(contents: readonly Content[]): Content[] {
  const turns: Content[] = [];
  for (const { role, parts } of contents) {
    const last = turns.at(-1);
    if (last && (last.role === 'model') === (role === 'model')) last.parts.push(...parts);
    else turns.push({ role, parts: [...parts] });
  }
  return turns;
}

function checkContent({ role, parts }: Content, index: number): void {
  if (role !== undefined && role !== 'user' && role !== 'model') throw bad('Please use a valid role: user, model.');
  if (parts.length === 0)
    throw bad(`* GenerateContentRequest.contents[${index}].parts: contents.parts must not be empty.\n`);
  for (const [at, part] of parts.entries()) {
    const mayBeEmpty = role === 'model' || part.thoughtSignature; // Streams end on an empty text.
    const data = DATA.filter((key) => part[key] !== undefined && (part[key] !== '' || mayBeEmpty));
    if (data.length === 1) continue;
    throw bad(
      `* GenerateContentRequest.contents[${index}].parts[${at}].data: required oneof field 'data' must have one initialized field\n`,
    );
  }
}

/** Responses answer the calls of the turn before, one each, by name. */
function checkResponses(contents: readonly Content[], index: number): void {
  const responses = namesOf(contents[index], 'functionResponse');
  const calls = namesOf(contents[index - 1], 'functionCall');
  if (responses.length > 0 && calls.length === 0) {
    throw bad('Please ensure that function response turn comes immediately after a function call turn.');
  }
  if (responses.length !== calls.length) {
    throw bad(
      'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
    );
  }
  const stranger = responses.find((name) => !calls.includes(name));
  if (stranger) throw bad(`Please ensure that function response names match function call names: ${stranger}`);
  if (namesOf(contents[index], 'functionCall').length > 0 && (index === 0 || contents[index - 1]?.role === 'model')) {
    throw bad(
      'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
    );
  }
}

function namesOf(content: Content | undefined, kind: 'functionCall' | 'functionResponse'): string[] {
  return (content?.parts ?? []).flatMap((part) => part[kind]?.name ?? []);
}

function checkSignature({ thoughtSignature: token }: Part): void {
  if (token === undefined || SENTINELS.has(token)) return;
  if (sealFault(token, { dialect: 'gemini', model: '', text: '', prefix: '' }))
    throw bad('Corrupted thought signature.');
}

/** Within the current turn the first call of every step must bring its signature along. */
function checkCallsAreSigned(contents: readonly Content[]): void {
  const start = contents.findLastIndex(
    ({ role, parts }) => role !== 'model' && parts.some(({ functionResponse }) => !functionResponse),
  );
  for (const [index, { parts }] of contents.entries()) {
    const first = index > start ? parts.find(({ functionCall }) => functionCall) : undefined;
    if (!first?.functionCall || first.thoughtSignature) continue;
    throw bad(
      'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing ' +
        `thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${first.functionCall.name}\` , ` +
        `position ${index + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
    );
  }
}

function checkTools({ tools = [], toolConfig }: GenerateRequest): void {
  const declarations = tools.flatMap(({ functionDeclarations = [] }) => functionDeclarations);
  const names = declarations.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) throw bad(`Duplicate function declaration found: ${twice}`);
  for (const [index, { parameters, parametersJsonSchema }] of declarations.entries()) {
    const field = `tools[0].function_declarations[${index}].parameters_json_schema`;
    if (parameters && parametersJsonSchema)
      throw bad(`${field}: only one of parameters and parameters_json_schema may be set`);
    const fault = geminiSchemaFault(bare(parametersJsonSchema));
    if (fault) throw bad(`Invalid JSON payload received. ${fault.message} at '${[field, ...fault.path].join('.')}'`);
  }
  checkCalling(toolConfig, names);
}

/** Google's own SDK and CLI send `$schema` in the fields that take JSON Schema. */
function bare(schema: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  if (!schema) return undefined;
  const { $schema: _, ...rest } = schema;
  return rest;
}

function checkCalling(toolConfig: GenerateRequest['toolConfig'], names: readonly string[]): void {
  const { mode, allowedFunctionNames: allowed } = toolConfig?.functionCallingConfig ?? {};
  if (allowed && mode !== 'ANY' && mode !== 'VALIDATED')
    throw bad('allowed_function_names should only be set when function_calling_config mode is ANY.');
  const unknown = allowed?.find((name) => !names.includes(name));
  if (unknown) throw bad(`allowed_function_names: ${unknown} is not declared`);
  if (mode === 'ANY' && names.length === 0) throw bad('Function calling config is set without function_declarations.');
}

function checkFormat({ tools = [], generationConfig = {} }: GenerateRequest, model: string): void {
  const { responseMimeType: mime, responseSchema, responseJsonSchema } = generationConfig;
  const functions = tools.some(({ functionDeclarations }) => functionDeclarations?.length);
  if (mime === 'application/json' && functions && versionOf(model) < 3) {
    throw bad("Function calling with a response mime type: 'application/json' is unsupported");
  }
  if (responseSchema && responseJsonSchema)
    throw bad('Only one of response_schema and response_json_schema may be set.');
  if ((responseSchema || responseJsonSchema) && mime === undefined) {
    throw bad('response_schema requires response_mime_type to be application/json');
  }
  const fault = geminiSchemaFault(bare(responseJsonSchema));
  if (fault)
    throw bad(
      `Invalid JSON payload received. ${fault.message} at '${['generation_config.response_json_schema', ...fault.path].join('.')}'`,
    );
}

function checkThinking({ generationConfig }: GenerateRequest, model: string): void {
  const { thinkingBudget: budget, thinkingLevel: level } = generationConfig?.thinkingConfig ?? {};
  if (budget !== undefined && level !== undefined)
    throw bad('You can only set only one of thinking budget and thinking level.');
  if (level !== undefined && versionOf(model) < 3) throw bad('Thinking level is not supported for this model.');
  if (level === 'MINIMAL' && (versionOf(model) > 3.6 || !model.includes('flash'))) {
    throw bad('Thinking level MINIMAL is not supported for this model.');
  }
  if (budget !== undefined && budget !== -1 && versionOf(model) < 3) checkBudget(budget, model);
}

function checkBudget(budget: number, model: string): void {
  const [least, most] = model.includes('pro') ? [128, 32_768] : [0, 24_576];
  if (budget < least || budget > most) {
    throw bad(`The thinking budget ${budget} is invalid. Please choose a value between ${least} and ${most}.`);
  }
}

function bad(message: string): Rejected {
  return new Rejected(400, message);
}
