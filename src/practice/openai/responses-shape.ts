/** The Responses API's request: unknown fields, also inside items, are 400s. */
import * as z from 'zod';

const open = z.record(z.string(), z.unknown());
const breakpoint = z.strictObject({ mode: z.literal('explicit'), ttl: z.enum(['30m', '12h']).optional() }).optional();
const inputText = z.strictObject({
  type: z.literal('input_text'),
  text: z.string(),
  prompt_cache_breakpoint: breakpoint,
});
const inputImage = z.strictObject({
  type: z.literal('input_image'),
  image_url: z.string().nullish(),
  file_id: z.string().nullish(),
  detail: z.enum(['auto', 'low', 'high', 'original']).optional(),
  prompt_cache_breakpoint: breakpoint,
});
const inputFile = z.strictObject({
  type: z.literal('input_file'),
  file_data: z.string().optional(),
  file_id: z.string().nullish(),
  file_url: z.string().optional(),
  filename: z.string().optional(),
  prompt_cache_breakpoint: breakpoint,
});
const inputPart = z.discriminatedUnion('type', [inputText, inputImage, inputFile]);
const outputPart = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('output_text'),
    text: z.string(),
    annotations: z.array(open).optional(),
    logprobs: z.array(open).optional(),
  }),
  z.strictObject({ type: z.literal('refusal'), refusal: z.string() }),
]);
const status = z.enum(['in_progress', 'completed', 'incomplete']).nullish();

const messageRest = {
  type: z.literal('message').optional(),
  id: z.string().optional(),
  status,
  phase: z.string().nullish(),
};
const message = z.discriminatedUnion('role', [
  z.strictObject({
    role: z.enum(['user', 'system', 'developer']),
    content: z.union([z.string(), z.array(inputPart)]),
    ...messageRest,
  }),
  z.strictObject({ role: z.literal('assistant'), content: z.union([z.string(), z.array(outputPart)]), ...messageRest }),
]);
const id = z.string().nullish();
const callId = z.string().min(1).max(64);
const functionName = z
  .string()
  .regex(/^[a-zA-Z0-9_-]{1,64}$/u, "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'");
const output = z.union([z.string(), z.array(inputPart)]);

const functionTool = z.strictObject({
  type: z.literal('function'),
  name: functionName,
  description: z.string().nullish(),
  parameters: open.nullable(),
  strict: z.boolean().nullish(),
});
const customTool = z.strictObject({
  type: z.literal('custom'),
  name: functionName,
  description: z.string().optional(),
  format: open.optional(),
});
const tool = z.discriminatedUnion('type', [
  functionTool,
  customTool,
  z.strictObject({
    type: z.literal('namespace'),
    name: functionName,
    description: z.string(),
    tools: z.array(z.discriminatedUnion('type', [functionTool, customTool])),
  }),
  z.looseObject({ type: z.literal('web_search') }),
  // Offered, and never called.
  z.strictObject({ type: z.enum(['local_shell', 'apply_patch']) }),
  z.looseObject({
    type: z.enum(['shell', 'file_search', 'code_interpreter', 'image_generation', 'mcp', 'tool_search']),
  }),
]);

const item = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('function_call'),
    id,
    call_id: callId,
    name: functionName,
    arguments: z.string(),
    namespace: z.string().optional(),
    status,
  }),
  z.strictObject({ type: z.literal('function_call_output'), id, call_id: callId, output, status }),
  z.strictObject({
    type: z.literal('custom_tool_call'),
    id,
    call_id: callId,
    name: functionName,
    input: z.string(),
    namespace: z.string().optional(),
    status,
  }),
  z.strictObject({ type: z.literal('custom_tool_call_output'), id, call_id: callId, output, status }),
  z.strictObject({ type: z.literal('additional_tools'), id, role: z.string().nullish(), tools: z.array(tool) }),
  z.strictObject({
    type: z.literal('reasoning'),
    id: z.string(),
    summary: z.array(z.strictObject({ type: z.literal('summary_text'), text: z.string() })),
    content: z.array(open).nullish(),
    encrypted_content: z.string().nullish(),
    status,
  }),
]);

const named = z.strictObject({ type: z.enum(['function', 'custom']), name: z.string() });
const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  named,
  z.strictObject({
    type: z.literal('allowed_tools'),
    mode: z.enum(['auto', 'required']),
    tools: z.array(z.looseObject({ type: z.string() })),
  }),
  z.strictObject({ type: z.literal('web_search') }),
]);
const format = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text') }),
  z.strictObject({ type: z.literal('json_object') }),
  z.strictObject({
    type: z.literal('json_schema'),
    name: functionName,
    description: z.string().nullish(),
    schema: open,
    strict: z.boolean().nullish(),
  }),
]);
const INCLUDABLE = [
  'reasoning.encrypted_content',
  'message.output_text.logprobs',
  'message.input_image.image_url',
  'web_search_call.action.sources',
  'web_search_call.results',
  'file_search_call.results',
] as const;
const fraction = (least: number, most: number) => z.number().min(least).max(most).nullish();

export const responsesShape = z.strictObject({
  model: z.string(),
  input: z.union([z.string(), z.array(z.union([message, item]))]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_obfuscation: z.boolean().optional() }).nullish(),
  max_output_tokens: z.int().nullish(),
  max_tool_calls: z.int().nullish(),
  temperature: fraction(0, 2),
  top_p: fraction(0, 1),
  top_logprobs: z.int().min(0).max(20).nullish(),
  tools: z.array(tool).optional(),
  tool_choice: toolChoice.optional(),
  parallel_tool_calls: z.boolean().nullish(),
  text: z
    .strictObject({ format: format.optional(), verbosity: z.enum(['low', 'medium', 'high']).nullish() })
    .optional(),
  reasoning: z
    .strictObject({
      effort: z.string().nullish(),
      summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
      generate_summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
      context: z.string().nullish(),
      mode: z.string().nullish(),
    })
    .nullish(),
  include: z.array(z.enum(INCLUDABLE)).nullish(),
  store: z.boolean().nullish(),
  previous_response_id: z.string().nullish(),
  metadata: z.record(z.string(), z.string().max(512)).nullish(),
  user: z.string().optional(),
  safety_identifier: z.string().max(128).nullish(),
  prompt_cache_key: z.string().nullish(),
  prompt_cache_retention: z.enum(['in_memory', '24h']).nullish(),
  prompt_cache_options: open.optional(),
  service_tier: z.enum(['auto', 'default', 'flex', 'scale', 'priority', 'fast']).nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
  moderation: open.nullish(),
  background: z.literal(false).nullish(),
  client_metadata: open.nullish(), // As Codex sends it.
});

export type ResponsesBody = z.infer<typeof responsesShape>;
export type InputItem = Exclude<ResponsesBody['input'], string>[number];
