import { expect } from 'vitest';
import { z } from 'zod';
import type { Call } from '../../src/core/provider.ts';
import { at, list, object } from './json.ts';

const UNCHANGED = ['tools', 'response_format', 'seed', 'user', 'metadata', 'logit_bias', 'stream', 'n'];
/** Other clients' extensions, which OpenAI refuses. */
const FOREIGN = ['reasoning_details', 'reasoning_content', 'cache_control', 'is_error'];

/** OpenAI's own words are passed on: of a message only what OpenAI does not know is gone. */
export function checkOpenAi(body: unknown, { request, providerModel }: Call): void {
  expect(at(body, 'model')).toBe(providerModel);
  if (at(body, 'input')) return checkResponses(body);
  const words = (messages: unknown) => list(messages).map(({ content }) => content);
  expect(words(at(body, 'messages'))).toEqual(words(withoutForeign(request.messages)));
  expect(at(body, 'messages')).toEqual(withoutForeign(at(body, 'messages')));
  checkFields(body, request);
}

const textPart = z.looseObject({ type: z.enum(['input_text', 'output_text', 'refusal']) });
const mediaPart = z.looseObject({ type: z.enum(['input_image', 'input_file', 'input_audio']) });

const Item = z.union([
  z.looseObject({
    type: z.literal('message').optional(),
    role: z.enum(['user', 'assistant', 'developer', 'system']),
    content: z.union([z.string(), z.array(z.union([textPart, mediaPart])).min(1)]),
  }),
  z.looseObject({ type: z.literal('function_call'), call_id: z.string(), name: z.string(), arguments: z.string() }),
  z.looseObject({ type: z.literal('function_call_output'), call_id: z.string(), output: z.unknown() }),
  z.looseObject({ type: z.literal('reasoning'), id: z.string(), summary: z.array(z.unknown()) }),
]);

/** `strict` and `parameters` are required here, and `store` is on unless it is said otherwise. */
const ResponsesBody = z.looseObject({
  input: z.array(Item).min(1),
  store: z.boolean(),
  messages: z.undefined().optional(),
  max_output_tokens: z.int().min(1).optional(),
  tools: z
    .array(
      z.looseObject({
        type: z.literal('function'),
        name: z.string().min(1),
        strict: z.boolean(),
        parameters: z.record(z.string(), z.unknown()).nullable(),
      }),
    )
    .optional(),
});

function checkResponses(body: unknown): void {
  ResponsesBody.parse(body);
  const input = list(at(body, 'input'));
  input.forEach(({ type, call_id: id }, index) => {
    if (type !== 'function_call_output') return;
    expect(input.slice(0, index)).toContainEqual(expect.objectContaining({ type: 'function_call', call_id: id }));
  });
}

/** Another server knows best what it takes. */
export function checkCompatible(body: unknown, { request, providerModel }: Call): void {
  expect(at(body, 'model')).toBe(providerModel);
  expect(at(body, 'messages')).toEqual(request.messages);
  checkFields(body, request);
}

/** Nothing says something else; counts are always asked for. */
function checkFields(body: unknown, request: object): void {
  const sent = object(body);
  for (const field of UNCHANGED) {
    if (field in sent) expect(sent[field]).toEqual(object(request)[field]);
  }
  if (sent.stream) expect(at(sent, 'stream_options', 'include_usage')).toBe(true);
}

function withoutForeign(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutForeign);
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.entries(value).filter(([name]) => !FOREIGN.includes(name));
  return Object.fromEntries(known.map(([name, inner]) => [name, withoutForeign(inner)]));
}
