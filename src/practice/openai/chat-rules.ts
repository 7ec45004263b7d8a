/** What chat completions demand beyond the shape: by model, and of the order of messages. */
import { checkEffort, type Gpt, isReasoning, takesStop, toolsNeedResponses, unsupportedParameter } from '../gpt.ts';
import { openaiSchemaFault } from '../schema-limits.ts';
import type { ChatBody, ChatBodyMessage } from './chat-shape.ts';
import { invalid } from './errors.ts';

export function checkChat(body: ChatBody, gpt: Gpt): void {
  checkEffort(gpt, body.reasoning_effort, 'chat');
  checkSampling(body, gpt);
  checkLength(body, gpt);
  checkMessages(body.messages);
  checkTools(body, gpt);
  checkFormat(body);
  if (body.stream_options && !body.stream) {
    throw invalid("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options');
  }
}

function checkSampling(body: ChatBody, gpt: Gpt): void {
  if (body.stop && !takesStop(gpt)) throw unsupportedParameter('stop');
  if (body.top_logprobs && !body.logprobs) {
    throw invalid("The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", 'top_logprobs');
  }
  if (!isReasoning(gpt, body.reasoning_effort)) return;
  for (const field of ['temperature', 'top_p'] as const) {
    if ((body[field] ?? 1) === 1) continue;
    const message = `Unsupported value: '${field}' does not support ${body[field]} with this model. Only the default (1) value is supported.`;
    throw invalid(message, field, 'unsupported_value');
  }
  for (const field of ['frequency_penalty', 'presence_penalty', 'logprobs', 'top_logprobs', 'logit_bias'] as const) {
    if (body[field]) throw unsupportedParameter(field);
  }
}

function checkLength(body: ChatBody, gpt: Gpt): void {
  const { max_tokens: old, max_completion_tokens: limit } = body;
  if (gpt.reasons && isSet(old)) throw unsupportedParameter('max_tokens', 'max_completion_tokens');
  if (isSet(old) && isSet(limit)) {
    throw invalid('Setting `max_tokens` and `max_completion_tokens` at the same time is not supported.', 'max_tokens');
  }
  const most = gpt.reasons ? 128_000 : 32_768;
  const asked = limit ?? old ?? 0;
  if (asked > most) {
    const message = `max_tokens is too large: ${asked}. This model supports at most ${most} completion tokens, whereas you provided ${asked}.`;
    throw invalid(message, isSet(limit) ? 'max_completion_tokens' : 'max_tokens');
  }
}

function isSet(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function checkMessages(messages: readonly ChatBodyMessage[]): void {
  if (messages.length === 0) {
    throw invalid(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'messages',
      'empty_array',
    );
  }
  let open: string[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      open = answered(messages, index, open);
      continue;
    }
    if (open.length > 0) throw unanswered(open, index);
    if (message.role === 'assistant') open = callsOf(message, index);
  }
  if (open.length > 0) throw unanswered(open, messages.length);
}

function callsOf(message: ChatBodyMessage & { role: 'assistant' }, index: number): string[] {
  const { content, tool_calls: calls = [], function_call: legacy, refusal, audio } = message;
  if (content === null || content === undefined) {
    const speaks = calls.length > 0 || legacy || refusal || audio;
    const param = `messages.[${index}].content`;
    if (!speaks) throw invalid(`Invalid value for 'content': expected a string, got null.`, param, 'invalid_type');
  }
  return calls.map(({ id }) => id);
}

function answered(messages: readonly ChatBodyMessage[], index: number, open: string[]): string[] {
  const message = messages[index];
  const id = message?.role === 'tool' ? message.tool_call_id : '';
  if (open.includes(id)) return open.filter((one) => one !== id);
  throw invalid(
    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    `messages.[${index}].role`,
  );
}

function unanswered(open: readonly string[], index: number) {
  return invalid(
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
      `The following tool_call_ids did not have response messages: ${open.join(', ')}`,
    `messages.[${index}].role`,
  );
}

function checkTools(body: ChatBody, gpt: Gpt): void {
  const { tools, tool_choice: choice, parallel_tool_calls: parallel } = body;
  if (!tools) {
    if (choice && choice !== 'none')
      throw invalid("'tool_choice' is only allowed when 'tools' are specified.", 'tool_choice');
    if (parallel !== undefined)
      throw invalid("'parallel_tool_calls' is only allowed when 'tools' are specified.", 'parallel_tool_calls');
    return;
  }
  if (toolsNeedResponses(gpt) && isReasoning(gpt, body.reasoning_effort)) {
    throw invalid(
      `Function tools with reasoning_effort are not supported for ${body.model} in /v1/chat/completions. ` +
        "Please use /v1/responses or set reasoning_effort to 'none'.",
      'reasoning_effort',
      'unsupported_value',
    );
  }
  for (const [index, tool] of tools.entries()) {
    const { name, parameters, strict } =
      tool.type === 'function' ? tool.function : { ...tool.custom, parameters: null, strict: false };
    const fault = strict ? openaiSchemaFault(parameters ?? {}) : undefined;
    if (fault) {
      const context = fault.path.map((step) => `'${step}'`).join(', ');
      throw invalid(
        `Invalid schema for function '${name}': In context=(${context}), ${fault.message}`,
        `tools[${index}].function.parameters`,
        'invalid_function_parameters',
      );
    }
  }
}

function checkFormat({ response_format: format, messages }: ChatBody): void {
  if (format?.type === 'json_object' && !/json/iu.test(JSON.stringify(messages))) {
    const message =
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.";
    throw invalid(message, 'messages');
  }
  if (format?.type !== 'json_schema') return;
  const { name, schema, strict } = format.json_schema;
  const fault = strict ? openaiSchemaFault(schema ?? {}) : undefined;
  if (!fault) return;
  const context = fault.path.map((step) => `'${step}'`).join(', ');
  throw invalid(
    `Invalid schema for response_format '${name}': In context=(${context}), ${fault.message}`,
    'response_format',
    'invalid_json_schema',
  );
}
