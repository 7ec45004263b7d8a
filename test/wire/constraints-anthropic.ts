/** What Anthropic documents of a Messages request, checked by hand on the JSON that would be sent. */
import { expect } from 'vitest';
import { z } from 'zod';
import { SAFE_ID, objectSchema, positive, said, sameIds, spoken, unique, unit } from './constraints.ts';
import { type Json, at, list, string } from './json.ts';

const AnthropicBlock = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text'), text: said }),
  z.looseObject({ type: z.literal('image'), source: z.looseObject({ type: z.enum(['base64', 'url', 'file']) }) }),
  z.looseObject({ type: z.literal('document'), source: z.looseObject({ type: z.string() }) }),
  z.looseObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string().min(1) }),
  z.looseObject({ type: z.literal('redacted_thinking'), data: z.string().min(1) }),
  z.looseObject({
    type: z.literal('tool_use'),
    id: z.string().regex(SAFE_ID),
    name: z.string().regex(/^[A-Za-z0-9_-]{1,128}$/),
    input: z.record(z.string(), z.unknown()),
  }),
  z.looseObject({
    type: z.literal('tool_result'),
    tool_use_id: z.string().regex(SAFE_ID),
    content: z.union([z.string(), z.array(z.looseObject({ type: z.enum(['text', 'image', 'document']) }))]).optional(),
  }),
]);

const AnthropicBody = z.looseObject({
  model: z.string().min(1),
  max_tokens: positive,
  messages: z
    .array(
      z.strictObject({
        role: z.enum(['user', 'assistant', 'system']),
        content: z.union([said, z.array(AnthropicBlock).min(1)]),
      }),
    )
    .min(1),
  system: z.union([said, z.array(z.looseObject({ type: z.literal('text'), text: said })).min(1)]).optional(),
  temperature: unit.optional(),
  top_p: unit.optional(),
  top_k: z.int().min(0).optional(),
  stop_sequences: z.array(said).min(1).optional(),
  tools: z
    .array(z.looseObject({ input_schema: objectSchema }))
    .min(1)
    .optional(),
  thinking: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('enabled'), budget_tokens: z.int().min(1024) }),
      z.looseObject({ type: z.enum(['disabled', 'adaptive', 'between_tools']) }),
    ])
    .optional(),
});

export function checkAnthropic(body: unknown): void {
  const parsed = AnthropicBody.parse(body);
  const messages = list(at(body, 'messages'));
  checkAnthropicCalls(spoken(messages));
  expect(JSON.stringify(body).split('"cache_control":').length - 1, 'cache_control').toBeLessThanOrEqual(4);
  expect(parsed.temperature !== undefined && parsed.top_p !== undefined, 'temperature with top_p').toBe(false);
  const blocks = messages.flatMap(({ content }) => list(content));
  if (blocks.some(({ type }) => type === 'tool_use')) expect(parsed.tools).toBeDefined();
  if (at(body, 'tool_choice')) expect(parsed.tools).toBeDefined();
  unique((parsed.tools ?? []).map(({ name }) => string(name)));
  if (parsed.thinking?.type === 'enabled') checkThinking(body);
}

function checkThinking(body: unknown): void {
  expect(at(body, 'thinking', 'budget_tokens')).toBeLessThan(Number(at(body, 'max_tokens')));
  expect(at(body, 'temperature') ?? 1).toBe(1);
  expect(['any', 'tool']).not.toContain(at(body, 'tool_choice', 'type'));
}

/** Each turn of calls is answered, whole, at the start of the next; thinking stands before everything else. */
function checkAnthropicCalls(messages: Json[]): void {
  messages.forEach((message, index) => {
    const blocks = list(message.content);
    const results = blocks.filter(({ type }) => type === 'tool_result');
    expect(blocks.slice(0, results.length)).toEqual(results);
    const called = list(messages[index - 1]?.content).filter(({ type }) => type === 'tool_use');
    sameIds(
      called.map(({ id }) => id),
      results.map(({ tool_use_id: id }) => id),
    );
    const thinking = blocks.filter(({ type }) => type === 'thinking' || type === 'redacted_thinking');
    expect(blocks.slice(0, thinking.length)).toEqual(thinking);
  });
  expect(list(messages.at(-1)?.content).some(({ type }) => type === 'tool_use')).toBe(false);
}
