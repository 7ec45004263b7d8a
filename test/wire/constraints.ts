/** What each provider documents of its requests, checked by hand on the JSON that would be sent. */
import { expect } from 'vitest';
import { z } from 'zod';
import type { Call } from '../../src/core/provider.ts';
import { type Json, at, list, object, string } from './json.ts';

const SAFE_ID = /^[A-Za-z0-9_-]{1,64}$/;
const said = z.string().refine((text) => text.trim() !== '', 'empty text');
const objectSchema = z.looseObject({ type: z.literal('object') });
const unit = z.number().min(0).max(1);
const positive = z.int().min(1);

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
        role: z.enum(['user', 'assistant']),
        content: z.union([said, z.array(AnthropicBlock).min(1)]),
      }),
    )
    .min(1),
  system: z.union([said, z.array(z.looseObject({ type: z.literal('text'), text: said })).min(1)]).optional(),
  temperature: unit.optional(),
  top_p: unit.optional(),
  top_k: z.int().min(0).optional(),
  stop_sequences: z.array(said).min(1).optional(),
  tools: z.array(z.looseObject({ input_schema: objectSchema })).min(1).optional(),
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
  alternate(messages, 'assistant');
  checkAnthropicCalls(messages);
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
    mediaResolution: z.unknown(),
  })
  .refine((part) => GEMINI_DATA.filter((field) => part[field] !== undefined).length === 1, 'one kind of data a part');

const GEMINI_DATA = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse'] as const;

const GeminiBody = z.looseObject({
  contents: z.array(z.strictObject({ role: z.enum(['user', 'model']), parts: z.array(GeminiPart).min(1) })).min(1),
  systemInstruction: z.looseObject({ parts: z.array(z.strictObject({ text: said })).min(1) }).optional(),
  tools: z
    .array(
      z.looseObject({
        functionDeclarations: z.array(z.looseObject({ name: z.string().regex(GEMINI_NAME) })).min(1).optional(),
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

const DOCUMENT_NAME = /^[A-Za-z0-9()[\]-]+( [A-Za-z0-9()[\]-]+)*$/;
const BedrockBlock = z
  .strictObject({
    text: said.optional(),
    image: z.looseObject({ format: z.enum(['png', 'jpeg', 'gif', 'webp']) }).optional(),
    document: z.looseObject({ name: z.string().max(200).regex(DOCUMENT_NAME) }).optional(),
    video: z.unknown(),
    audio: z.unknown(),
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
    reasoningContent: z.unknown(),
    cachePoint: z.looseObject({ type: z.literal('default') }).optional(),
  })
  .refine((block) => Object.keys(block).length === 1, 'one member a block');

const BedrockBody = z.looseObject({
  messages: z
    .array(z.strictObject({ role: z.enum(['user', 'assistant']), content: z.array(BedrockBlock).min(1) }))
    .min(1),
  system: z
    .array(z.strictObject({ text: said.optional(), cachePoint: z.unknown() }))
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
  const messages = list(at(body, 'messages'));
  alternate(messages, 'assistant');
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

/** Turns change speakers, and the user begins. */
function alternate(turns: Json[], other: string): void {
  expect(turns.map(({ role }) => role)).toEqual(turns.map((_, index) => (index % 2 === 0 ? 'user' : other)));
}

function sameIds(called: unknown[], answered: unknown[]): void {
  expect(answered).toEqual(called);
  unique(called);
}

function unique(names: unknown[]): void {
  expect(new Set(names).size, `a name twice in ${names.join(', ')}`).toBe(names.length);
}

const UNCHANGED = ['tools', 'response_format', 'seed', 'user', 'metadata', 'logit_bias', 'stream', 'n'];

/** OpenAI's own words are passed on: what is sent is what was asked, or a warning names it. */
export function checkOpenAi(body: unknown, { request, providerModel }: Call): void {
  const sent = object(body);
  expect(sent.model).toBe(providerModel);
  const messages = list(sent.messages);
  expect(messages.map(({ content }) => content)).toEqual(request.messages.map(({ content }) => content));
  expect(messages.filter((message) => 'reasoning_details' in message || 'cache_control' in message)).toEqual([]);
  for (const field of UNCHANGED) {
    if (field in sent) expect(sent[field]).toEqual(object(request)[field]);
  }
  if (sent.stream) expect(at(sent, 'stream_options', 'include_usage')).toBe(true);
  else expect(sent.stream_options).toBeUndefined();
}
