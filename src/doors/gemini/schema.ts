import * as z from 'zod';

const optional = <T extends z.ZodType>(schema: T) => schema.nullish();
const Text = z.string();
const Count = z.int().min(0);
const Open = z.record(Text, z.unknown());

const Blob = z.looseObject({ mimeType: Text, data: Text, displayName: optional(Text) });
const FileData = z.looseObject({ fileUri: Text, mimeType: optional(Text), displayName: optional(Text) });
const Result = z.looseObject({
  id: optional(Text),
  name: Text,
  response: optional(Open),
  parts: optional(z.array(z.looseObject({ inlineData: optional(Blob), fileData: optional(FileData) }))),
});

const Part = z.looseObject({
  text: optional(Text),
  thought: optional(z.boolean()),
  thoughtSignature: optional(Text),
  inlineData: optional(Blob),
  fileData: optional(FileData),
  functionCall: optional(z.looseObject({ id: optional(Text), name: Text, args: optional(Open) })),
  functionResponse: optional(Result),
  executableCode: optional(z.looseObject({ language: optional(Text), code: optional(Text) })),
  codeExecutionResult: optional(z.looseObject({ outcome: optional(Text), output: optional(Text) })),
  mediaResolution: optional(z.looseObject({ level: optional(Text) })),
});

const Content = z.looseObject({
  role: optional(z.enum(['user', 'model', 'function'])),
  parts: optional(z.array(Part)),
});

const Declaration = z.looseObject({
  name: z.string().min(1),
  description: optional(Text),
  parameters: optional(Open),
  parametersJsonSchema: optional(Open),
});

const Config = z.looseObject({
  temperature: optional(z.number().min(0).max(2)),
  topP: optional(z.number().min(0).max(1)),
  topK: optional(z.number().min(0)),
  candidateCount: optional(z.int().min(1).max(8)),
  maxOutputTokens: optional(Count),
  stopSequences: optional(z.array(Text)),
  presencePenalty: optional(z.number().min(-2).max(2)),
  frequencyPenalty: optional(z.number().min(-2).max(2)),
  seed: optional(z.int()),
  responseLogprobs: optional(z.boolean()),
  logprobs: optional(Count),
  responseMimeType: optional(Text),
  responseSchema: optional(Open),
  responseJsonSchema: optional(Open),
  responseModalities: optional(z.array(Text)),
  mediaResolution: optional(Text),
  thinkingConfig: optional(
    z.looseObject({
      includeThoughts: optional(z.boolean()),
      thinkingBudget: optional(z.int().min(-1)),
      thinkingLevel: optional(Text),
    }),
  ),
});

/** Only what the router acts on is checked; what it merely passes on stays Google's to judge. */
export const Body = z.looseObject({
  contents: z.array(Content).min(1),
  systemInstruction: optional(Content),
  tools: optional(z.array(z.looseObject({ functionDeclarations: optional(z.array(Declaration)) }))),
  toolConfig: optional(
    z.looseObject({
      functionCallingConfig: optional(
        z.looseObject({
          mode: optional(z.enum(['MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED'])),
          allowedFunctionNames: optional(z.array(Text)),
        }),
      ),
    }),
  ),
  generationConfig: optional(Config),
  labels: optional(z.record(Text, Text)),
  serviceTier: optional(Text),
  cachedContent: optional(Text),
});

export type GeminiBody = z.infer<typeof Body>;
export type GeminiContent = z.infer<typeof Content>;
export type GeminiPart = z.infer<typeof Part>;
export type GeminiTool = NonNullable<GeminiBody['tools']>[number];
export type GeminiDeclaration = z.infer<typeof Declaration>;
export type GeminiConfig = z.infer<typeof Config>;
export type GeminiBlob = z.infer<typeof Blob>;
export type GeminiFile = z.infer<typeof FileData>;
export type GeminiResult = z.infer<typeof Result>;
