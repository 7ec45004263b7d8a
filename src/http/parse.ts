import { z } from 'zod';
import type { ChatRequest } from '../core/chat.ts';
import { GatewayError } from '../core/errors.ts';

export interface BodyLimits {
  maxBodyBytes: number;
  maxMessages: number;
  /** Levels of nesting. */
  maxDepth: number;
}

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
const Body = z.looseObject({
  model: z.string().min(1),
  messages: z.array(Message).min(1),
  stream: nullish(z.boolean()),
  stream_options: nullish(z.looseObject({ include_usage: nullish(z.boolean()) })),
  max_tokens: nullish(Count),
  max_completion_tokens: nullish(Count),
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

/** The client's JSON text as a request. Throws `invalid_request` that names the field. */
export function parseChatRequest(text: string, limits: BodyLimits): ChatRequest {
  const body = parseJson(text);
  if (isDeeperThan(body, limits.maxDepth)) {
    throw new GatewayError('invalid_request', `The body is nested deeper than ${limits.maxDepth} levels`);
  }
  const parsed = Body.safeParse(body);
  if (!parsed.success) throw explain(parsed.error);
  if (parsed.data.messages.length > limits.maxMessages) {
    const message = `messages: at most ${limits.maxMessages} are taken, not ${parsed.data.messages.length}`;
    throw new GatewayError('invalid_request', message, { param: 'messages' });
  }
  return body as ChatRequest; // Checked above; the original keeps the client's order of keys.
}

function parseJson(text: string): unknown {
  if (text.trim() === '') throw new GatewayError('invalid_request', 'The body is empty; send a JSON object');
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unreadable';
    throw new GatewayError('invalid_request', `The body is not JSON: ${why.slice(0, 200)}`, { cause });
  }
}

function explain(error: z.ZodError): GatewayError {
  const issue = deepest(error.issues[0]);
  const param = issue?.path.join('.') ?? '';
  const where = param || 'body';
  return new GatewayError('invalid_request', `${where}: ${issue?.message ?? 'is not valid'}`, {
    param: param || undefined,
  });
}

/** Of a union's complaints, the one that got furthest is the one that the client meant. */
function deepest(issue: z.core.$ZodIssue | undefined): z.core.$ZodIssue | undefined {
  if (issue?.code !== 'invalid_union') return issue;
  const inner = issue.errors.flatMap(([first]) => first ?? []).toSorted((a, b) => b.path.length - a.path.length)[0];
  if (!inner || inner.path.length === 0) return issue;
  return deepest({ ...inner, path: [...issue.path, ...inner.path] });
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isDeeperThan(item, levels - 1));
  for (const key in value) if (isDeeperThan((value as Record<string, unknown>)[key], levels - 1)) return true;
  return false;
}
