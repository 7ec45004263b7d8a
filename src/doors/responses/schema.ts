/** Only what the router acts on is checked; what it merely passes on stays the provider's to judge. */
import * as z from 'zod';
import { isObject } from '../json.ts';

const nullish = <T extends z.ZodType>(schema: T) => schema.nullish();
const Text = z.string();
const Count = z.int().min(0);
const Open = z.record(Text, z.unknown());
type Context = z.core.$RefinementCtx;

const PARTS = new Map<string, z.ZodType>(
  Object.entries({
    input_text: z.looseObject({ text: Text }),
    output_text: z.looseObject({ text: Text }),
    text: z.looseObject({ text: Text }),
    refusal: z.looseObject({ refusal: Text }),
    input_image: oneOf(z.looseObject({ image_url: nullish(Text), file_id: nullish(Text) }), ['image_url', 'file_id']),
    input_file: oneOf(
      z.looseObject({
        file_data: nullish(Text),
        file_id: nullish(Text),
        file_url: nullish(Text),
        filename: nullish(Text),
      }),
      ['file_data', 'file_id', 'file_url'],
    ),
    input_audio: z.looseObject({ input_audio: z.looseObject({ data: Text, format: Text }) }),
  }),
);

const Part = z.looseObject({ type: Text }).superRefine((part, context) => tell(PARTS.get(part.type), part, context));
const Parts = z.array(Part);
/** A text, or a list of parts: judged by what it is, so that a complaint is of the part and not of both forms. */
const Content = z.unknown().superRefine((content, context) => {
  if (typeof content === 'string') return;
  if (Array.isArray(content)) return tell(Parts, content, context);
  context.addIssue({ code: 'custom', message: 'Invalid input: expected a string or a list of parts' });
});

const Call = { call_id: Text, name: Text, namespace: nullish(Text) };
const Output = z.looseObject({ call_id: Text, output: Content });
const ITEMS = new Map<string, z.ZodType>(
  Object.entries({
    message: z.looseObject({ role: z.enum(['user', 'assistant', 'system', 'developer']), content: Content }),
    function_call: z.looseObject({ ...Call, arguments: Text }),
    function_call_output: Output,
    custom_tool_call: z.looseObject({ ...Call, input: Text }),
    custom_tool_call_output: Output,
    local_shell_call: z.looseObject({ call_id: Text, action: Open }),
    local_shell_call_output: z.looseObject({ call_id: nullish(Text), id: nullish(Text), output: Text }),
    shell_call: z.looseObject({ call_id: Text, action: Open }),
    shell_call_output: z.looseObject({ call_id: Text, output: z.array(Open) }),
    apply_patch_call: z.looseObject({ call_id: Text, operation: Open }),
    apply_patch_call_output: z.looseObject({ call_id: Text, output: nullish(Text), status: nullish(Text) }),
    reasoning: z.looseObject({
      id: nullish(Text),
      summary: nullish(z.array(z.looseObject({ text: Text }))),
      content: nullish(z.array(z.looseObject({ text: Text }))),
      encrypted_content: nullish(Text),
    }),
    additional_tools: z.looseObject({ tools: z.array(z.looseObject({ type: Text })) }),
    item_reference: z.looseObject({ id: Text }),
  }),
);

const Item = z
  .looseObject({ type: nullish(Text) })
  .superRefine((item, context) => tell(ITEMS.get(typeOf(item)), item, context));

/** The type may be left out of messages and of references. */
export function typeOf(item: Record<string, unknown>): string {
  if (typeof item.type === 'string') return item.type;
  return 'role' in item || 'content' in item ? 'message' : 'item_reference';
}

const Tool = z.looseObject({ type: Text }).superRefine((tool, context) => {
  if (tool.type === 'function' || tool.type === 'custom') tell(Named, tool, context);
  if (tool.type === 'namespace') tell(Namespace, tool, context);
});
const Named = z.looseObject({ name: z.string().min(1), description: nullish(Text), parameters: nullish(Open) });
const Namespace = z.looseObject({ name: z.string().min(1), tools: z.array(Named) });

const Format = z.looseObject({ type: Text }).superRefine((format, context) => {
  if (format.type === 'json_schema') tell(z.looseObject({ name: Text, schema: Open }), format, context);
});

export const Body = z.looseObject({
  model: z.string().min(1),
  input: z
    .unknown()
    .superRefine((input, context) => {
      if (typeof input === 'string' || input === undefined || input === null) return;
      if (Array.isArray(input)) return tell(z.array(Item), input, context);
      context.addIssue({ code: 'custom', message: 'Invalid input: expected a string or a list of items' });
    })
    .optional(),
  instructions: nullish(Text),
  stream: nullish(z.boolean()),
  store: nullish(z.boolean()),
  background: nullish(z.boolean()),
  previous_response_id: nullish(Text),
  include: nullish(z.array(Text)),
  tools: nullish(z.array(Tool)),
  tool_choice: nullish(z.union([Text, z.looseObject({ type: Text })])),
  parallel_tool_calls: nullish(z.boolean()),
  max_output_tokens: nullish(Count),
  max_tool_calls: nullish(Count),
  temperature: nullish(z.number().min(0).max(2)),
  top_p: nullish(z.number().min(0).max(1)),
  top_logprobs: nullish(Count),
  text: nullish(z.looseObject({ format: nullish(Format), verbosity: nullish(Text) })),
  reasoning: nullish(z.looseObject({ effort: nullish(Text), summary: nullish(Text), generate_summary: nullish(Text) })),
  truncation: nullish(Text),
  metadata: nullish(Open),
  user: nullish(Text),
  safety_identifier: nullish(Text),
  prompt_cache_key: nullish(Text),
  service_tier: nullish(Text),
  max_cost_usd: nullish(z.number().positive()),
  max_latency_ms: nullish(z.number().positive()),
  extra_body: nullish(z.record(Text, Open)),
});

export type ResponsesBody = z.infer<typeof Body>;

/** The first complaint, at its place below the value. */
function tell(schema: z.ZodType | undefined, value: unknown, context: Context): void {
  const issue = schema?.safeParse(value).error?.issues[0];
  if (issue) context.addIssue({ code: 'custom', path: [...issue.path], message: issue.message });
}

function oneOf(schema: z.ZodType, fields: readonly string[]): z.ZodType {
  return schema.superRefine((value, context) => {
    if (isObject(value) && fields.some((field) => (value[field] ?? undefined) !== undefined)) return;
    const message = `Invalid input: expected ${fields.slice(0, -1).join(', ')} or ${fields.at(-1)}`;
    context.addIssue({ code: 'custom', path: [fields[0] ?? ''], message });
  });
}
