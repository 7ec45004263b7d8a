/** What Amazon documents of a Converse request, checked by hand on the JSON that would be sent. */
import { expect } from 'vitest';
import { z } from 'zod';
import { SAFE_ID, objectSchema, positive, said, sameIds, spoken, unique, unit } from './constraints.ts';
import { type Json, at, list, string } from './json.ts';

const DOCUMENT_NAME = /^[A-Za-z0-9()[\]-]+( [A-Za-z0-9()[\]-]+)*$/;
const BedrockBlock = z
  .strictObject({
    text: said.optional(),
    image: z.looseObject({ format: z.enum(['png', 'jpeg', 'gif', 'webp']) }).optional(),
    document: z.looseObject({ name: z.string().max(200).regex(DOCUMENT_NAME) }).optional(),
    video: z.unknown().optional(),
    audio: z.unknown().optional(),
    toolUse: z
      .looseObject({
        toolUseId: z.string().regex(SAFE_ID),
        name: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
        input: z.record(z.string(), z.unknown()),
      })
      .optional(),
    toolResult: z
      .looseObject({ toolUseId: z.string().regex(SAFE_ID), content: z.array(z.looseObject({})).min(1) })
      .optional(),
    reasoningContent: z.unknown().optional(),
    cachePoint: z.looseObject({ type: z.literal('default') }).optional(),
  })
  .refine((block) => Object.keys(block).length === 1, 'one member a block');

const BedrockBody = z.looseObject({
  messages: z
    .array(z.strictObject({ role: z.enum(['user', 'assistant', 'system']), content: z.array(BedrockBlock).min(1) }))
    .min(1),
  system: z
    .array(z.strictObject({ text: said.optional(), cachePoint: z.unknown().optional() }))
    .min(1)
    .optional(),
  inferenceConfig: z
    .strictObject({
      maxTokens: positive.optional(),
      temperature: unit.optional(),
      topP: unit.optional(),
      stopSequences: z.array(z.string().min(1)).min(1).optional(),
    })
    .optional(),
  toolConfig: z
    .looseObject({
      tools: z
        .array(
          z.looseObject({
            toolSpec: z
              .looseObject({
                description: z.string().min(1).optional(),
                inputSchema: z.strictObject({ json: objectSchema }),
              })
              .optional(),
          }),
        )
        .min(1),
    })
    .optional(),
});

export function checkBedrock(body: unknown): void {
  const parsed = BedrockBody.parse(body);
  const messages = spoken(list(at(body, 'messages')));
  const blocks = messages.flatMap(({ content }) => list(content));
  if (blocks.some(({ toolUse, toolResult }) => toolUse || toolResult)) expect(parsed.toolConfig).toBeDefined();
  messages.forEach((message, index) => {
    const of = (turn: Json | undefined, kind: string) =>
      list(turn?.content).flatMap((block) => (block[kind] ? [at(block, kind, 'toolUseId')] : []));
    sameIds(of(messages[index - 1], 'toolUse'), of(message, 'toolResult'));
    const own = list(message.content);
    if (own.some(({ document }) => document)) expect(own.some(({ text }) => text)).toBe(true);
    if (message.role === 'assistant') expect(own.some(({ image, document }) => image || document)).toBe(false);
  });
  unique(blocks.flatMap(({ document }) => (document ? [string(at(document, 'name'))] : [])));
  expect(JSON.stringify(body).split('"cachePoint":').length - 1, 'cachePoint').toBeLessThanOrEqual(4);
}
