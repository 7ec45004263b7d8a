import * as z from 'zod';

const nullish = <T extends z.ZodType>(schema: T) => schema.nullish();
const Text = z.string();
const Fields = z.record(Text, z.unknown());

/** Anthropic refuses other lives, too. */
const Cache = nullish(z.looseObject({ type: z.literal('ephemeral'), ttl: nullish(z.enum(['5m', '1h'])) }));

/** A block of a known type must have what we read of it; blocks of other types are the provider's to judge. */
const Block: z.ZodType = z.looseObject({ type: Text, cache_control: Cache }).superRefine((block, context) => {
  const issue = BLOCKS.get(block.type)?.safeParse(block).error?.issues[0];
  if (issue) context.addIssue({ code: 'custom', path: [...issue.path], message: issue.message });
});
const Content = z.union([Text, z.array(Block)]);

const Source = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('base64'), media_type: Text, data: Text }),
  z.looseObject({ type: z.literal('text'), data: Text }),
  z.looseObject({ type: z.literal('url'), url: Text }),
  z.looseObject({ type: z.literal('file'), file_id: Text }),
  z.looseObject({ type: z.literal('content'), content: Content }),
]);
const TextBlock = z.looseObject({ type: z.literal('text'), text: Text, cache_control: Cache });

const BLOCKS = new Map<string, z.ZodType>(
  Object.entries({
    text: z.looseObject({ text: Text, citations: nullish(z.array(Fields)) }),
    image: z.looseObject({ source: Source }),
    document: z.looseObject({ source: Source, title: nullish(Text), context: nullish(Text) }),
    search_result: z.looseObject({ source: Text, title: Text, content: z.array(TextBlock) }),
    thinking: z.looseObject({ thinking: Text, signature: Text }),
    redacted_thinking: z.looseObject({ data: Text }),
    tool_reference: z.looseObject({ tool_name: Text }),
    tool_use: z.looseObject({ id: z.string().min(1), name: z.string().min(1), input: Fields }),
    tool_result: z.looseObject({
      tool_use_id: z.string().min(1),
      content: nullish(Content),
      is_error: nullish(z.boolean()),
    }),
  }),
);

const Tool = z.looseObject({
  type: nullish(Text),
  name: nullish(Text),
  description: nullish(Text),
  input_schema: nullish(Fields),
  strict: nullish(z.boolean()),
  cache_control: Cache,
  user_location: nullish(Fields),
});
const Format = nullish(z.looseObject({ type: Text, schema: nullish(Fields) }));

const Prompt = {
  model: z.string().min(1),
  messages: z
    .array(
      z.discriminatedUnion('role', [
        z.looseObject({ role: z.enum(['user', 'assistant']), content: Content }),
        z.looseObject({ role: z.literal('system'), content: nullish(Content) }),
      ]),
    )
    .min(1, 'at least one message is required'),
  system: nullish(z.union([Text, z.array(TextBlock)])),
  tools: nullish(z.array(Tool)),
  tool_choice: nullish(
    z.looseObject({ type: Text, name: nullish(Text), disable_parallel_tool_use: nullish(z.boolean()) }),
  ),
  thinking: nullish(z.looseObject({ type: Text, budget_tokens: nullish(z.int().min(0)), display: nullish(Text) })),
  output_config: nullish(z.looseObject({ effort: nullish(Text), format: Format })),
  output_format: Format,
  cache_control: Cache,
};

/** Only what the router acts on is checked; what it merely passes on stays the provider's to judge. */
export const Body = z.looseObject({
  ...Prompt,
  max_tokens: z.int().min(0),
  stream: nullish(z.boolean()),
  temperature: nullish(z.number().min(0).max(1)),
  top_p: nullish(z.number().min(0).max(1)),
  top_k: nullish(z.int().min(0)),
  stop_sequences: nullish(z.array(Text)),
  metadata: nullish(z.looseObject({ user_id: nullish(Text) })),
  service_tier: nullish(Text),
});

/** Of `POST /v1/messages/count_tokens`. */
export const CountBody = z.looseObject(Prompt);
