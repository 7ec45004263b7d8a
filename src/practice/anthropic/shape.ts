/** The Messages API's request, as strict as the real one: an unknown field is a 400. */
import * as z from 'zod';
import { Rejected } from '../rejected.ts';
import type { Fault } from '../shape.ts';

const cache = z.strictObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).optional() }).nullish();
const open = z.record(z.string(), z.unknown());

const text = z.strictObject({
  type: z.literal('text'),
  text: z.string(),
  cache_control: cache,
  citations: z.array(open).nullish(),
});
const imageSource = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('base64'),
    media_type: z.enum(['image/jpeg', 'image/png', 'image/gif', 'image/webp']),
    data: z.string().min(1),
  }),
  z.strictObject({ type: z.literal('url'), url: z.url({ protocol: /^https?$/u }) }),
  z.strictObject({ type: z.literal('file'), file_id: z.string() }),
]);
const image = z.strictObject({ type: z.literal('image'), source: imageSource, cache_control: cache });
const documentSource = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('base64'), media_type: z.literal('application/pdf'), data: z.string().min(1) }),
  z.strictObject({ type: z.literal('text'), media_type: z.literal('text/plain'), data: z.string() }),
  z.strictObject({ type: z.literal('url'), url: z.url({ protocol: /^https?$/u }) }),
  z.strictObject({ type: z.literal('file'), file_id: z.string() }),
  z.strictObject({ type: z.literal('content'), content: z.union([z.string(), z.array(open)]) }),
]);
const document = z.strictObject({
  type: z.literal('document'),
  source: documentSource,
  title: z.string().nullish(),
  context: z.string().nullish(),
  citations: z.strictObject({ enabled: z.boolean() }).nullish(),
  cache_control: cache,
});
const searchResult = z.looseObject({ type: z.literal('search_result') });
const toolResult = z.strictObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string().regex(/^[a-zA-Z0-9_-]+$/u),
  content: z
    .union([z.string(), z.array(z.discriminatedUnion('type', [text, image, document, searchResult]))])
    .optional(),
  is_error: z.boolean().optional(),
  cache_control: cache,
});
const toolUse = z.strictObject({
  type: z.literal('tool_use'),
  id: z.string().regex(/^[a-zA-Z0-9_-]+$/u),
  name: z.string().min(1).max(200),
  input: open,
  cache_control: cache,
  caller: open.optional(),
});
const thinking = z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() });
const redacted = z.strictObject({ type: z.literal('redacted_thinking'), data: z.string() });
const serverTool = z.looseObject({ type: z.enum(['server_tool_use', 'web_search_tool_result']) });

const userBlock = z.discriminatedUnion('type', [text, image, document, searchResult, toolResult]);
const assistantBlock = z.discriminatedUnion('type', [text, toolUse, thinking, redacted, serverTool]);
const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('user'), content: z.union([z.string(), z.array(userBlock)]) }),
  z.strictObject({ role: z.literal('assistant'), content: z.union([z.string(), z.array(assistantBlock)]) }),
  z.strictObject({ role: z.literal('system'), content: z.union([z.string(), z.array(text)]) }),
]);

const tool = z.strictObject({
  type: z.literal('custom').nullish(),
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/u),
  description: z.string().optional(),
  input_schema: z.looseObject({ type: z.literal('object') }),
  strict: z.boolean().optional(),
  cache_control: cache,
  defer_loading: z.boolean().optional(),
  eager_input_streaming: z.boolean().nullish(),
  input_examples: z.array(open).optional(),
  allowed_callers: z.array(z.string()).optional(),
});
/** `web_search_20260318` and the like; they run at Anthropic, so practice never calls them. */
const hostedTool = z.looseObject({ type: z.string().regex(/_\d{8}$/u), name: z.string() });

const toolChoice = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('auto'), disable_parallel_tool_use: z.boolean().optional() }),
  z.strictObject({ type: z.literal('any'), disable_parallel_tool_use: z.boolean().optional() }),
  z.strictObject({ type: z.literal('tool'), name: z.string(), disable_parallel_tool_use: z.boolean().optional() }),
  z.strictObject({ type: z.literal('none') }),
]);
const display = z.enum(['summarized', 'omitted']).nullish();
const binding = z.strictObject({ prefix_mismatch_behavior: z.enum(['error', 'drop_block']) }).optional();
const thinkingConfig = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('enabled'), budget_tokens: z.int(), display, block_binding: binding }),
  z.strictObject({ type: z.literal('adaptive'), display, block_binding: binding }),
  z.strictObject({ type: z.literal('disabled'), block_binding: binding }),
  z.strictObject({ type: z.literal('between_tools'), block_binding: binding }),
]);

export const messagesShape = z.strictObject({
  model: z.string().min(1),
  max_tokens: z.int().min(0),
  messages: z.array(message),
  system: z.union([z.string(), z.array(text)]).optional(),
  stream: z.boolean().optional(),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  top_k: z.int().optional(),
  stop_sequences: z.array(z.string()).optional(),
  tools: z.array(z.union([tool, hostedTool])).optional(),
  tool_choice: toolChoice.optional(),
  thinking: thinkingConfig.optional(),
  output_config: z
    .strictObject({
      effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      format: z.strictObject({ type: z.literal('json_schema'), schema: open }).nullish(),
    })
    .optional(),
  metadata: z.strictObject({ user_id: z.string().max(256).nullish() }).optional(),
  service_tier: z.enum(['auto', 'standard_only']).optional(),
  speed: z.enum(['standard', 'fast']).nullish(),
  cache_control: cache,
  container: z.unknown().optional(),
  context_management: open.optional(),
  inference_geo: z.string().nullish(),
  diagnostics: z.unknown().optional(),
});

export type MessagesRequest = z.infer<typeof messagesShape>;
export type Message = MessagesRequest['messages'][number];
export type Block = Exclude<Message['content'], string>[number];

export function rejectShape(fault: Fault): Rejected {
  const at = fault.path.join('.');
  if (
    fault.path.length === 3 &&
    fault.path[0] === 'messages' &&
    fault.path[2] === 'role' &&
    fault.problem === 'value'
  ) {
    return new Rejected(
      400,
      `messages: Unexpected role "${String(fault.got)}". Allowed roles are "user" or "assistant".`,
    );
  }
  return new Rejected(400, `${at}: ${complaint(fault)}`);
}

function complaint({ problem, expected, values, message: said }: Fault): string {
  switch (problem) {
    case 'missing':
      return 'Field required';
    case 'unknown':
      return 'Extra inputs are not permitted';
    case 'type':
      return `Input should be a valid ${expected === 'record' ? 'dictionary' : expected}`;
    case 'value':
      return values.length > 0 ? `Input should be ${values.map((value) => `'${String(value)}'`).join(', ')}` : said;
  }
}
