import * as z from 'zod';

const nullish = <T extends z.ZodType>(schema: T) => schema.nullish();
const Text = z.string();
const Count = z.int().min(0);

/** The payload that a part of a known type must have; parts of other types are the provider's to judge. */
const PAYLOADS = new Map<string, z.ZodType>(
  Object.entries({
    text: Text,
    refusal: Text,
    image_url: z.looseObject({ url: Text }),
    input_audio: z.looseObject({ data: Text, format: Text }),
    file: z.looseObject({ file_data: nullish(Text), file_id: nullish(Text), filename: nullish(Text) }),
    video_url: z.looseObject({ url: Text }),
  }),
);

const Part = z.looseObject({ type: Text }).superRefine((part, context) => {
  const issue = PAYLOADS.get(part.type)?.safeParse(part[part.type]).error?.issues[0];
  if (issue) context.addIssue({ code: 'custom', path: [part.type, ...issue.path], message: issue.message });
});
const Content = z.union([Text, z.array(Part)]);
const ToolCall = z.looseObject({
  id: Text,
  type: nullish(Text),
  function: nullish(z.looseObject({ name: Text, arguments: Text })),
  custom: nullish(z.looseObject({ name: Text, input: Text })),
});
const FunctionDefinition = z.looseObject({
  name: Text,
  description: nullish(Text),
  parameters: nullish(z.record(Text, z.unknown())),
});

const Message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: nullish(Content),
  name: nullish(Text),
  tool_calls: nullish(z.array(ToolCall)),
  tool_call_id: nullish(Text),
  function_call: nullish(z.looseObject({ name: Text, arguments: Text })),
  reasoning_content: nullish(Text),
  reasoning_details: nullish(z.array(z.looseObject({ type: Text, format: nullish(Text) }))),
});

/** Only what the router acts on is checked; what it merely passes on stays the provider's to judge. */
export const Body = z.looseObject({
  model: z.string().min(1),
  messages: z.array(Message).min(1),
  stream: nullish(z.boolean()),
  stream_options: nullish(z.looseObject({ include_usage: nullish(z.boolean()) })),
  max_tokens: nullish(Count),
  max_completion_tokens: nullish(Count),
  max_cost_usd: nullish(z.number().positive()),
  max_latency_ms: nullish(z.number().positive()),
  n: nullish(z.int().min(1).max(128)),
  temperature: nullish(z.number().min(0).max(2)),
  top_p: nullish(z.number().min(0).max(1)),
  top_k: nullish(z.number().min(-1)),
  frequency_penalty: nullish(z.number().min(-2).max(2)),
  presence_penalty: nullish(z.number().min(-2).max(2)),
  seed: nullish(z.int()),
  stop: nullish(z.union([Text, z.array(Text)])),
  logprobs: nullish(z.boolean()),
  top_logprobs: nullish(Count),
  logit_bias: nullish(z.record(Text, z.number())),
  user: nullish(Text),
  safety_identifier: nullish(Text),
  metadata: nullish(z.record(Text, z.unknown())),
  modalities: nullish(z.array(Text)),
  parallel_tool_calls: nullish(z.boolean()),
  reasoning_effort: nullish(Text),
  reasoning: nullish(
    z.looseObject({ effort: nullish(Text), max_tokens: nullish(Count), enabled: nullish(z.boolean()) }),
  ),
  thinking: nullish(z.looseObject({ type: Text })),
  service_tier: nullish(Text),
  verbosity: nullish(Text),
  response_format: nullish(
    z.looseObject({
      type: Text,
      json_schema: nullish(z.looseObject({ name: Text, schema: nullish(z.record(Text, z.unknown())) })),
    }),
  ),
  tools: nullish(
    z.array(
      z.looseObject({
        type: Text,
        function: nullish(FunctionDefinition),
        custom: nullish(z.looseObject({ name: Text })),
      }),
    ),
  ),
  tool_choice: nullish(z.union([Text, z.looseObject({ type: Text })])),
  functions: nullish(z.array(FunctionDefinition)),
  function_call: nullish(z.union([Text, z.looseObject({ name: Text })])),
  extra_body: nullish(z.record(Text, z.record(Text, z.unknown()))),
});
