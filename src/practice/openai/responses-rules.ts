/** What the Responses API demands beyond the shape. */
import { checkEffort, type Gpt, isReasoning, unsupportedParameter } from '../gpt.ts';
import { Rejected } from '../rejected.ts';
import { openaiSchemaFault } from '../schema-limits.ts';
import { sealFault } from '../seal.ts';
import { invalid } from './errors.ts';
import { offered } from './responses-offers.ts';
import type { InputItem, ResponsesBody } from './responses-shape.ts';

const LEAST_OUTPUT_TOKENS = 16;

export function checkResponses(body: ResponsesBody, gpt: Gpt): void {
  const { max_output_tokens: limit, previous_response_id: previous } = body;
  checkEffort(gpt, body.reasoning?.effort, 'responses');
  if (typeof limit === 'number' && limit < LEAST_OUTPUT_TOKENS) {
    const message = `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= ${LEAST_OUTPUT_TOKENS}, but got ${limit} instead.`;
    throw invalid(message, 'max_output_tokens', 'integer_below_min_value');
  }
  if (isReasoning(gpt, body.reasoning?.effort)) {
    for (const field of ['temperature', 'top_p'] as const)
      if ((body[field] ?? 1) !== 1) throw unsupportedParameter(field);
    if (body.top_logprobs) throw unsupportedParameter('top_logprobs');
  }
  if (previous) {
    const message = `Previous response with id '${previous}' not found.`;
    throw invalid(message, 'previous_response_id', 'previous_response_not_found');
  }
  checkItems(body);
  checkTools(body);
  checkFormat(body);
}

function checkItems({ input }: ResponsesBody): void {
  const items = typeof input === 'string' ? [] : input;
  if (typeof input !== 'string' && input.length === 0)
    throw invalid("Invalid 'input': empty array.", 'input', 'empty_array');
  const calls = new Set<string>();
  for (const [index, item] of items.entries()) {
    if (item.type === 'function_call' || item.type === 'custom_tool_call') calls.add(item.call_id);
    if (isOutput(item) && !calls.has(item.call_id)) {
      throw invalid(`No tool call found for function call output with call_id ${item.call_id}.`, 'input');
    }
    if (item.type === 'reasoning') checkReasoning(item, items[index + 1]);
  }
  const outputs = new Set(items.flatMap((item) => (isOutput(item) ? [item.call_id] : [])));
  const unanswered = [...calls].find((id) => !outputs.has(id));
  if (unanswered) throw invalid(`No tool output found for function call ${unanswered}.`, 'input');
}

function isOutput(item: InputItem): item is InputItem & { type: 'function_call_output' | 'custom_tool_call_output' } {
  return item.type === 'function_call_output' || item.type === 'custom_tool_call_output';
}

/** Nothing is stored here, so a thought that comes back must bring itself along, unharmed, with what it led to. */
function checkReasoning(item: InputItem & { type: 'reasoning' }, next: InputItem | undefined): void {
  const { id, encrypted_content: sealed } = item;
  if (!sealed) {
    throw new Rejected(
      404,
      `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
      { param: 'input' },
    );
  }
  if (sealFault(sealed, { dialect: 'openai', model: '', text: id, prefix: '' })) {
    throw new Rejected(
      400,
      `The encrypted content for item ${id} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
      { word: 'invalid_encrypted_content' },
    );
  }
  const follows =
    next && (next.type !== 'message' && next.type !== undefined ? !isOutput(next) : next.role === 'assistant');
  if (!follows) {
    throw invalid(`Item '${id}' of type 'reasoning' was provided without its required following item.`, 'input');
  }
}

function checkTools(body: ResponsesBody): void {
  const { tool_choice: choice } = body;
  const tools = offered(body);
  const names = tools.map((tool) => ('name' in tool ? tool.name : tool.type));
  if (choice === 'required' && tools.length === 0)
    throw invalid("Tool choice 'required' must be specified with 'tools' parameter.", 'tool_choice');
  if (typeof choice === 'object' && 'name' in choice && !names.includes(choice.name)) {
    throw invalid(`Tool choice '${choice.type}' not found in 'tools' parameter.`, 'tool_choice');
  }
  for (const [index, tool] of tools.entries()) {
    if (tool.type !== 'function' || tool.strict === false) continue; // Absent means true, unlike on chat completions.
    const fault = openaiSchemaFault(tool.parameters ?? { type: 'object', properties: {}, additionalProperties: false });
    if (!fault) continue;
    const context = fault.path.map((step) => `'${step}'`).join(', ');
    const message = `Invalid schema for function '${tool.name}': In context=(${context}), ${fault.message}`;
    throw invalid(message, `tools[${index}].parameters`, 'invalid_function_parameters');
  }
}

function checkFormat({ text, input, instructions }: ResponsesBody): void {
  const format = text?.format;
  if (format?.type === 'json_object' && !/json/iu.test(JSON.stringify([input, instructions]))) {
    const message =
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.";
    throw invalid(message, 'input');
  }
  if (format?.type !== 'json_schema' || format.strict === false) return;
  const fault = openaiSchemaFault(format.schema);
  if (!fault) return;
  const context = fault.path.map((step) => `'${step}'`).join(', ');
  const message = `Invalid schema for response_format '${format.name}': In context=(${context}), ${fault.message}`;
  throw invalid(message, 'text.format.schema', 'invalid_json_schema');
}
