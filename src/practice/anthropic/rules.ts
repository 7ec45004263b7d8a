/** What the Messages API demands of a conversation beyond its shape. */
import type { ClaudeAsk } from '../claude.ts';
import { bindsThoughts, checkClaude, takesLateSystem, type Claude } from '../claude.ts';
import { Rejected } from '../rejected.ts';
import { claudeSchemaFault } from '../schema-limits.ts';
import { sealFault } from '../seal.ts';
import { prefixOf } from './prefix.ts';
import type { Block, Message, MessagesRequest } from './shape.ts';

/** From here on sampling fields are refused even at their defaults. */
const STRICT_VERSION = '2026-10-21';

export interface Context {
  request: MessagesRequest;
  claude: Claude;
  version: string;
}

export function checkMessages(context: Context): void {
  const { request, claude, version } = context;
  for (const field of ['temperature', 'top_p', 'top_k'] as const) {
    if (version >= STRICT_VERSION && request[field] !== undefined)
      throw bad(`${field}: Extra inputs are not permitted`);
  }
  checkOrder(request.messages, claude);
  for (const [index, message] of request.messages.entries()) checkMessage(context, message, index);
  checkClaude(claudeAsk(context));
  checkTools(request);
  checkFormat(request, claude);
  checkCacheMarks(request);
  if (request.stop_sequences?.some((sequence) => sequence.trim() === '')) {
    throw bad('stop_sequences: each stop sequence must contain non-whitespace');
  }
}

export function blocksOf(message: Message | undefined): Block[] {
  if (!message) return [];
  return typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
}

function claudeAsk({ request, claude }: Context): ClaudeAsk {
  return {
    model: request.model,
    claude,
    maxTokens: request.max_tokens,
    temperature: request.temperature,
    topP: request.top_p,
    topK: request.top_k,
    thinking: request.thinking,
    effort: request.output_config?.effort ?? undefined,
    forcesTool: request.tool_choice?.type === 'any' || request.tool_choice?.type === 'tool',
    endsWithAssistant: request.messages.at(-1)?.role === 'assistant',
  };
}

function checkOrder(messages: readonly Message[], claude: Claude): void {
  if (messages.length === 0) throw bad('messages: at least one message is required');
  if (messages[0]?.role !== 'user') throw bad('messages: first message must use the "user" role');
  for (const [index, { role }] of messages.entries()) {
    if (role !== 'system') continue;
    if (!takesLateSystem(claude)) throw bad(`messages.${index}: role 'system' is not supported on this model`);
    const next = messages[index + 1];
    if (messages[index - 1]?.role !== 'user' || (next && next.role !== 'assistant')) {
      throw bad(
        `messages.${index}: a 'system' message must follow a 'user' message and be last or precede an 'assistant' message`,
      );
    }
  }
}

function checkMessage(context: Context, message: Message, index: number): void {
  const { messages } = context.request;
  const last = index === messages.length - 1 && message.role === 'assistant';
  const blocks = blocksOf(message);
  if (!last && (blocks.length === 0 || message.content === '')) {
    throw bad(
      `messages.${index}: all messages must have non-empty content except for the optional final assistant message`,
    );
  }
  for (const [at, block] of blocks.entries()) {
    if (block.type === 'text') checkText(block.text, last && at === blocks.length - 1);
    if (block.type === 'thinking') checkThought(context, index, at);
  }
  checkResults(messages, index);
  checkFirstThought(context, message, index);
}

function checkText(text: string, prefill: boolean): void {
  if (text === '') throw bad('messages: text content blocks must be non-empty');
  if (text.trim() === '') throw bad('messages: text content blocks must contain non-whitespace text');
  if (prefill && text !== text.trimEnd())
    throw bad('messages: final assistant content cannot end with trailing whitespace');
}

function checkThought({ request, claude }: Context, index: number, at: number): void {
  const block = blocksOf(request.messages[index])[at];
  if (block?.type !== 'thinking') return;
  const bound = bindsThoughts(claude);
  const prefix = bound ? prefixOf({ ...request, messages: request.messages.slice(0, index) }) : '';
  const model = bound ? request.model : '';
  const fault = sealFault(block.signature, { dialect: 'anthropic', model, text: block.thinking, prefix });
  const drops = request.thinking?.block_binding?.prefix_mismatch_behavior === 'drop_block';
  if (!fault || (drops && fault !== 'forged')) return;
  const because = fault === 'prefix' ? ' The block is bound to a different conversation.' : '';
  throw bad(`messages.${index}.content.${at}: Invalid \`signature\` in \`thinking\` block${because && `.${because}`}`);
}

/** Results answer the turn before, all of them, first in their message, each once. */
function checkResults(messages: readonly Message[], index: number): void {
  const calls = idsOfCalls(messages[index - 1]);
  const blocks = blocksOf(messages[index]);
  const results = blocks.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []));
  const orphan = results.find((id) => !calls.includes(id));
  if (orphan !== undefined) {
    const at = blocks.findIndex((block) => block.type === 'tool_result' && block.tool_use_id === orphan);
    throw bad(
      `messages.${index}.content.${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${orphan}. ` +
        'Each `tool_result` block must have a corresponding `tool_use` block in the previous message.',
    );
  }
  const ahead = blocks.slice(0, results.length).every(({ type }) => type === 'tool_result');
  const missing = calls.filter((id) => !results.includes(id) || !ahead);
  if (missing.length > 0) {
    throw bad(
      `messages.${index - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}. ` +
        'Each `tool_use` block must have a corresponding `tool_result` block in the next message.',
    );
  }
  if (new Set(results).size < results.length) throw bad(`messages.${index}: each tool_use must have a single result`);
  const own = idsOfCalls(messages[index]);
  if (new Set(own).size < own.length) throw bad('messages: `tool_use` ids must be unique');
}

function idsOfCalls(message: Message | undefined): string[] {
  return blocksOf(message).flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
}

/** Models with a thinking budget want the thought back that led to the call they wait for. */
function checkFirstThought({ request }: Context, message: Message, index: number): void {
  if (request.thinking?.type !== 'enabled' || message.role !== 'assistant') return;
  const isLast = request.messages.findLastIndex(({ role }) => role === 'assistant') === index;
  const first = blocksOf(message)[0]?.type;
  if (!isLast || idsOfCalls(message).length === 0 || first === 'thinking' || first === 'redacted_thinking') return;
  throw bad(
    `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first}\`. When \`thinking\` ` +
      'is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks).',
  );
}

function checkTools(request: MessagesRequest): void {
  const { tools = [], tool_choice: choice } = request;
  const used = request.messages.flatMap(blocksOf).some(({ type }) => type === 'tool_use' || type === 'tool_result');
  if (used && tools.length === 0)
    throw bad('Requests which include `tool_use` or `tool_result` blocks must define tools');
  if (choice && tools.length === 0) throw bad('tool_choice: may only be specified while providing tools');
  const names = tools.map(({ name }) => name);
  if (new Set(names).size < names.length) throw bad('tools: Tool names must be unique.');
  if (choice?.type === 'tool' && !names.includes(choice.name)) {
    throw bad(`tool_choice: Tool '${choice.name}' not found in provided tools`);
  }
  checkInputSchemas(tools);
}

function checkInputSchemas(tools: NonNullable<MessagesRequest['tools']>): void {
  for (const [index, tool] of tools.entries()) {
    if (!('input_schema' in tool)) continue;
    const schema = tool.input_schema as Record<string, unknown>; // An object, by the shape above.
    const root = ['oneOf', 'allOf', 'anyOf'].some((key) => key in schema);
    if (root)
      throw bad(
        `tools.${index}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`,
      );
    const fault = tool['strict'] === true ? claudeSchemaFault(schema) : undefined;
    if (fault) throw bad(`tools.${index}.custom: ${fault.message}`);
  }
}

function checkFormat({ output_config: output }: MessagesRequest, claude: Claude): void {
  if (!output?.format) return;
  if (claude.version < 4.5) throw bad('output_config.format: structured outputs are not supported on this model');
  const fault = claudeSchemaFault(output.format.schema);
  if (fault) throw bad(`output_config.format.schema: ${fault.message}`);
}

function checkCacheMarks(request: MessagesRequest): void {
  const marks = JSON.stringify([request.tools, request.system, request.messages]).match(/"cache_control":\{/gu) ?? [];
  if (marks.length > 4) {
    throw bad(`A maximum of 4 blocks with cache_control may be provided. Found ${marks.length}.`);
  }
}

function bad(message: string): Rejected {
  return new Rejected(400, message);
}
