/** OpenAI's chat completion and its chunk as its API reference says them, closed: what is not named here is a bug. */
import { z } from 'zod';

const FinishReason = z.enum(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']);
const count = z.int().nonnegative();

const ReasoningDetail = z.strictObject({
  type: z.enum(['reasoning.text', 'reasoning.summary', 'reasoning.encrypted']),
  format: z.string().min(1),
  text: z.string().optional(),
  summary: z.string().optional(),
  data: z.string().optional(),
  signature: z.string().nullish(),
  id: z.string().nullish(),
  index: count.optional(),
  issuer: z.string().min(1),
});

const Token = z.object({ token: z.string(), logprob: z.number(), bytes: z.array(count).nullable() });
const Logprobs = z.strictObject({
  content: z.array(Token.extend({ top_logprobs: z.array(Token.strict()) }).strict()).nullable(),
  refusal: z.array(z.unknown()).nullable(),
});

const UrlCitation = z.strictObject({ url: z.string(), title: z.string(), start_index: count, end_index: count });
/** OpenRouter's `file` annotations pass. */
const Annotation = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('url_citation'), url_citation: UrlCitation }),
  z.looseObject({ type: z.literal('file') }),
]);

/** Open: what a compatible server counts besides is for the client to see. */
export const Usage = z.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: z.looseObject({ cached_tokens: count.optional() }).nullish(),
  completion_tokens_details: z.looseObject({ reasoning_tokens: count.optional() }).nullish(),
});

const extra_content = z.record(z.string(), z.unknown()).optional();
const ToolCall = z.discriminatedUnion('type', [
  z.strictObject({
    id: z.string().min(1),
    type: z.literal('function'),
    function: z.strictObject({ name: z.string().min(1), arguments: z.string().min(2) }),
    extra_content,
  }),
  z.strictObject({
    id: z.string().min(1),
    type: z.literal('custom'),
    custom: z.strictObject({ name: z.string().min(1), input: z.string() }),
    extra_content,
  }),
]);

const Image = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({ url: z.string().startsWith('data:') }),
});

const extensions = {
  reasoning_content: z.string().min(1).optional(),
  reasoning_details: z.array(ReasoningDetail).min(1).optional(),
  annotations: z.array(Annotation).min(1).optional(),
  citations: z.array(z.record(z.string(), z.unknown())).min(1).optional(),
  images: z.array(Image).min(1).optional(),
};

const Message = z.strictObject({
  role: z.literal('assistant'),
  content: z.string().nullable(),
  refusal: z.string().min(1).nullable(),
  tool_calls: z.array(ToolCall).min(1).optional(),
  ...extensions,
});

const Choice = z.strictObject({
  index: count,
  message: Message,
  logprobs: Logprobs.nullable(),
  finish_reason: FinishReason,
});

const envelope = {
  id: z.string().startsWith('chatcmpl-'),
  created: count,
  model: z.string().min(1),
  service_tier: z.string().min(1).optional(),
  system_fingerprint: z.string().optional(),
};

export const ChatCompletionSchema = z.strictObject({
  ...envelope,
  object: z.literal('chat.completion'),
  choices: z.array(Choice).min(1),
  usage: Usage.optional(),
});

const CallDelta = z.union([
  z.strictObject({ index: count, function: z.strictObject({ arguments: z.string().min(1) }) }),
  z.strictObject({ index: count, custom: z.strictObject({ input: z.string().min(1) }) }),
  z.strictObject({
    index: count,
    id: z.string().min(1),
    type: z.literal('function'),
    function: z.strictObject({ name: z.string().min(1), arguments: z.string() }),
    extra_content,
  }),
  z.strictObject({
    index: count,
    id: z.string().min(1),
    type: z.literal('custom'),
    custom: z.strictObject({ name: z.string().min(1), input: z.string() }),
    extra_content,
  }),
]);

const Delta = z.strictObject({
  role: z.literal('assistant').optional(),
  content: z.string().optional(),
  refusal: z.string().min(1).optional(),
  tool_calls: z.array(CallDelta).min(1).optional(),
  ...extensions,
});

const ChunkChoice = z.strictObject({
  index: count,
  delta: Delta,
  logprobs: Logprobs.nullable(),
  finish_reason: FinishReason.nullable(),
});

/** With `include_usage`, which the tests ask for: null on every chunk, and alone on the last. */
export const ChatChunkSchema = z.union([
  z.strictObject({
    ...envelope,
    object: z.literal('chat.completion.chunk'),
    choices: z.tuple([ChunkChoice]),
    usage: z.null(),
  }),
  z.strictObject({
    ...envelope,
    object: z.literal('chat.completion.chunk'),
    choices: z.tuple([]),
    usage: Usage,
  }),
]);
