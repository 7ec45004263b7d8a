/** What Google documents of a generateContent request, checked by hand on the JSON that would be sent. */
import { expect } from 'vitest';
import { z } from 'zod';
import { alternate, positive, said, unique, unit } from './constraints.ts';
import { type Json, at, list, object } from './json.ts';

const GEMINI_NAME = /^[A-Za-z_][\w.:-]{0,127}$/;
const GeminiPart = z
  .strictObject({
    text: z.string().optional(),
    thought: z.boolean().optional(),
    thoughtSignature: z.string().min(1).optional(),
    inlineData: z.strictObject({ mimeType: z.string().includes('/'), data: z.string().min(1) }).optional(),
    fileData: z.looseObject({ fileUri: z.string().min(1) }).optional(),
    functionCall: z
      .looseObject({ name: z.string().regex(GEMINI_NAME), args: z.record(z.string(), z.unknown()).optional() })
      .optional(),
    functionResponse: z
      .looseObject({ name: z.string().regex(GEMINI_NAME), response: z.record(z.string(), z.unknown()) })
      .optional(),
    mediaResolution: z.unknown().optional(),
  })
  .refine((part) => GEMINI_DATA.filter((field) => part[field] !== undefined).length === 1, 'one kind of data a part');

const GEMINI_DATA = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse'] as const;

const GeminiBody = z.looseObject({
  contents: z.array(z.strictObject({ role: z.enum(['user', 'model']), parts: z.array(GeminiPart).min(1) })).min(1),
  systemInstruction: z.looseObject({ parts: z.array(z.strictObject({ text: said })).min(1) }).optional(),
  tools: z
    .array(
      z.looseObject({
        functionDeclarations: z
          .array(z.looseObject({ name: z.string().regex(GEMINI_NAME) }))
          .min(1)
          .optional(),
      }),
    )
    .max(1)
    .optional(),
  generationConfig: z
    .looseObject({
      maxOutputTokens: positive.optional(),
      temperature: z.number().min(0).max(2).optional(),
      topP: unit.optional(),
      topK: z.number().min(0).optional(),
      candidateCount: positive.optional(),
      stopSequences: z.array(z.string().min(1)).min(1).max(5).optional(),
      seed: z.int32().optional(),
      frequencyPenalty: z.number().min(-2).max(2).optional(),
      presencePenalty: z.number().min(-2).max(2).optional(),
    })
    .optional(),
});

export function checkGemini(body: unknown): void {
  const parsed = GeminiBody.parse(body);
  const contents = list(at(body, 'contents'));
  alternate(contents, 'model');
  checkGeminiCalls(contents);
  const declared = (parsed.tools?.[0]?.functionDeclarations ?? []).map(({ name }) => name);
  unique(declared);
  const allowed = at(body, 'toolConfig', 'functionCallingConfig', 'allowedFunctionNames') ?? [];
  expect(declared).toEqual(expect.arrayContaining(Array.isArray(allowed) ? allowed : []));
  const thinking = object(at(body, 'generationConfig', 'thinkingConfig'));
  expect('thinkingBudget' in thinking && 'thinkingLevel' in thinking, 'budget and level').toBe(false);
}

/** As many responses as calls, of the same names in the same order, in the very next turn. */
function checkGeminiCalls(contents: Json[]): void {
  const names = (turn: Json | undefined, kind: string) =>
    list(turn?.parts).flatMap((part) => (part[kind] ? [at(part, kind, 'name')] : []));
  contents.forEach((content, index) => {
    if (content.role === 'user') {
      expect(names(content, 'functionResponse')).toEqual(names(contents[index - 1], 'functionCall'));
    }
  });
  expect(names(contents.at(-1), 'functionCall')).toEqual([]);
}
