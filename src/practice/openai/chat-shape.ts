/** The chat completions request: unknown fields, also inside messages, are 400s. */
import * as z from 'zod';

const open = z.record(z.string(), z.unknown());
const breakpoint = z.strictObject({ mode: z.literal('explicit'), ttl: z.enum(['30m', '12h']).optional() }).optional();
const text = z.strictObject({ type: z.literal('text'), text: z.string(), prompt_cache_breakpoint: breakpoint });
const refusal = z.strictObject({ type: z.literal('refusal'), refusal: z.string() });
const image = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({
    url: z
      .string()
      .regex(
        /^(?:https?:\/\/|data:image\/(?:png|jpe?g|gif|webp);base64,)/u,
        'Expected an http(s) URL or a base64 data URL of an image',
      ),
    detail: z.enum(['auto', 'low', 'high', 'original']).optional(),
  }),
  prompt_cache_breakpoint: breakpoint,
});
const audio = z.strictObject({
  type: z.literal('input_audio'),
  input_audio: z.strictObject({ data: z.string(), format: z.enum(['wav', 'mp3']) }),
  prompt_cache_breakpoint: breakpoint,
});
const file = z.strictObject({
  type: z.literal('file'),
  file: z.strictObject({
    file_data: z.string().optional(),
    file_id: z.string().optional(),
    filename: z.string().optional(),
  }),
  prompt_cache_breakpoint: breakpoint,
});
const texts = z.union([z.string(), z.array(text)]);
const name = z.string().optional();
const functionName = z
  .string()
  .regex(/^[a-zA-Z0-9_-]{1,64}$/u, "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'");

const toolCall = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('function'),
    id: z.string().max(40),
    function: z.strictObject({ name: functionName, arguments: z.string() }),
  }),
  z.strictObject({
    type: z.literal('custom'),
    id: z.string().max(40),
    custom: z.strictObject({ name: functionName, input: z.string() }),
  }),
]);
const functionCall = z.strictObject({ name: functionName, arguments: z.string() });

const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: texts, name }),
  z.strictObject({ role: z.literal('developer'), content: texts, name }),
  z.strictObject({
    role: z.literal('user'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [text, image, audio, file])).min(1)]),
    name,
  }),
  z.strictObject({
    role: z.literal('assistant'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [text, refusal]))]).nullish(),
    name,
    refusal: z.string().nullish(),
    audio: z.strictObject({ id: z.string() }).nullish(),
    tool_calls: z.array(toolCall).min(1).optional(),
    function_call: functionCall.nullish(),
    annotations: z.array(open).optional(),
  }),
  z.strictObject({ role: z.literal('tool'), content: texts, tool_call_id: z.string(), name }),
  z.strictObject({ role: z.literal('function'), content: z.string().nullable(), name: z.string() }),
]);

const functionTool = z.strictObject({
  name: functionName,
  description: z.string().nullish(),
  parameters: open.nullish(),
  strict: z.boolean().nullish(),
});
const customTool = z.strictObject({ name: functionName, description: z.string().optional(), format: open.optional() });
const tool = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('function'), function: functionTool }),
  z.strictObject({ type: z.literal('custom'), custom: customTool }),
]);
const named = z.strictObject({ name: z.string() });
const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('function'), function: named }),
    z.strictObject({ type: z.literal('custom'), custom: named }),
    z.strictObject({
      type: z.literal('allowed_tools'),
      allowed_tools: z.strictObject({
        mode: z.enum(['auto', 'required']),
        tools: z.array(z.looseObject({ type: z.string() })),
      }),
    }),
  ]),
]);

const format = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text') }),
  z.strictObject({ type: z.literal('json_object') }),
  z.strictObject({
    type: z.literal('json_schema'),
    json_schema: z.strictObject({
      name: functionName,
      description: z.string().optional(),
      schema: open.optional(),
      strict: z.boolean().nullish(),
    }),
  }),
]);

const fraction = (least: number, most: number) => z.number().min(least).max(most).nullish();

export const chatShape = z.strictObject({
  model: z.string(),
  messages: z.array(message),
  stream: z.boolean().nullish(),
  stream_options: z
    .strictObject({ include_usage: z.boolean().optional(), include_obfuscation: z.boolean().optional() })
    .nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  temperature: fraction(0, 2),
  top_p: fraction(0, 1),
  frequency_penalty: fraction(-2, 2),
  presence_penalty: fraction(-2, 2),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  n: z.int().min(1).max(128).nullish(),
  seed: z.int().nullish(),
  logit_bias: z.record(z.string(), z.number()).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  tools: z.array(tool).min(1).max(128).optional(),
  tool_choice: toolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  functions: z.array(functionTool).min(1).optional(),
  function_call: z.union([z.enum(['none', 'auto']), named]).optional(),
  response_format: format.optional(),
  reasoning_effort: z.string().nullish(),
  verbosity: z.enum(['low', 'medium', 'high']).nullish(),
  service_tier: z.enum(['auto', 'default', 'flex', 'scale', 'priority', 'fast']).nullish(),
  modalities: z.array(z.literal('text')).nullish(),
  metadata: z.record(z.string(), z.string().max(512)).nullish(),
  user: z.string().optional(),
  safety_identifier: z.string().max(128).nullish(),
  prompt_cache_key: z.string().nullish(),
  prompt_cache_retention: z.enum(['in_memory', '24h']).nullish(),
  prompt_cache_options: open.optional(),
  prediction: open.nullish(),
  moderation: open.nullish(),
  store: z.boolean().nullish(),
});

export type ChatBody = z.infer<typeof chatShape>;
export type ChatBodyMessage = ChatBody['messages'][number];
