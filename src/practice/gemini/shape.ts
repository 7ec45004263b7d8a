/** generateContent's request: an unknown name is a 400, as with every Google API that reads JSON into protobuf. */
import * as z from 'zod';
import { Rejected } from '../rejected.ts';
import type { Fault } from '../shape.ts';

const open = z.record(z.string(), z.unknown());
const blob = z.strictObject({ mimeType: z.string(), data: z.string(), displayName: z.string().optional() });
const fileData = z.strictObject({
  fileUri: z.string(),
  mimeType: z.string().optional(),
  displayName: z.string().optional(),
});
const resolution = z.enum([
  'MEDIA_RESOLUTION_LOW',
  'MEDIA_RESOLUTION_MEDIUM',
  'MEDIA_RESOLUTION_HIGH',
  'MEDIA_RESOLUTION_ULTRA_HIGH',
]);

const part = z.strictObject({
  text: z.string().optional(),
  inlineData: blob.optional(),
  fileData: fileData.optional(),
  functionCall: z
    .strictObject({ id: z.string().optional(), name: z.string().min(1), args: open.optional() })
    .optional(),
  functionResponse: z
    .strictObject({
      id: z.string().optional(),
      name: z.string().min(1),
      response: open,
      parts: z.array(z.strictObject({ inlineData: blob.optional(), fileData: fileData.optional() })).optional(),
    })
    .optional(),
  executableCode: open.optional(),
  codeExecutionResult: open.optional(),
  thought: z.boolean().optional(),
  thoughtSignature: z.string().optional(),
  mediaResolution: z.strictObject({ level: resolution, numTokens: z.int().optional() }).optional(),
  videoMetadata: open.optional(),
});
const content = z.strictObject({ role: z.string().optional(), parts: z.array(part).default([]) });

const declaration = z.strictObject({
  name: z
    .string()
    .regex(/^[a-zA-Z_][\w.:-]{0,127}$/u, 'Invalid function name. Must start with a letter or an underscore.'),
  description: z.string().optional(),
  parameters: open.optional(),
  parametersJsonSchema: open.optional(),
  response: open.optional(),
  responseJsonSchema: open.optional(),
  behavior: z.string().optional(),
});
const tool = z.strictObject({
  functionDeclarations: z.array(declaration).optional(),
  googleSearch: open.optional(),
  urlContext: open.optional(),
  codeExecution: open.optional(),
});
const toolConfig = z.strictObject({
  functionCallingConfig: z
    .strictObject({
      mode: z.enum(['AUTO', 'ANY', 'NONE', 'VALIDATED', 'MODE_UNSPECIFIED']).optional(),
      allowedFunctionNames: z.array(z.string()).optional(),
      streamFunctionCallArguments: z.boolean().optional(),
    })
    .optional(),
  retrievalConfig: open.optional(),
  includeServerSideToolInvocations: z.boolean().optional(),
});
const generationConfig = z.strictObject({
  maxOutputTokens: z.int().optional(),
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().min(0).max(1).optional(),
  topK: z.number().optional(),
  candidateCount: z.int().min(1).max(8).optional(),
  stopSequences: z.array(z.string()).max(5).optional(),
  seed: z
    .int()
    .min(-(2 ** 31))
    .max(2 ** 31 - 1)
    .optional(),
  presencePenalty: z.number().optional(),
  frequencyPenalty: z.number().optional(),
  responseLogprobs: z.boolean().optional(),
  logprobs: z.int().min(0).max(20).optional(),
  responseMimeType: z.enum(['text/plain', 'application/json', 'text/x.enum']).optional(),
  responseSchema: open.optional(),
  responseJsonSchema: open.optional(),
  responseModalities: z.array(z.enum(['TEXT', 'IMAGE', 'AUDIO'])).optional(),
  mediaResolution: resolution.optional(),
  speechConfig: open.optional(),
  thinkingConfig: z
    .strictObject({
      includeThoughts: z.boolean().optional(),
      thinkingBudget: z.int().optional(),
      thinkingLevel: z.enum(['MINIMAL', 'LOW', 'MEDIUM', 'HIGH']).optional(),
    })
    .optional(),
});

export const generateShape = z.strictObject({
  contents: z.array(content).default([]),
  systemInstruction: content.optional(),
  tools: z.array(tool).optional(),
  toolConfig: toolConfig.optional(),
  generationConfig: generationConfig.optional(),
  safetySettings: z.array(open).optional(),
  cachedContent: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  serviceTier: z.enum(['standard', 'flex', 'priority']).optional(),
  store: z.boolean().optional(),
  model: z.string().optional(),
});

export type GenerateRequest = z.infer<typeof generateShape>;
export type Content = GenerateRequest['contents'][number];
export type Part = Content['parts'][number];

export function rejectShape({ path, problem, got, message }: Fault): Rejected {
  const at = fieldOf(problem === 'unknown' ? path.slice(0, -1) : path);
  if (problem === 'unknown') {
    const where = at ? ` at '${at}'` : '';
    return new Rejected(
      400,
      `Invalid JSON payload received. Unknown name "${path.at(-1)}"${where}: Cannot find field.`,
      { param: at },
    );
  }
  if (problem === 'missing')
    return new Rejected(400, `* GenerateContentRequest.${at}: ${path.at(-1)} is not specified`, { param: at });
  return new Rejected(400, `Invalid value at '${at}' (${message}), ${JSON.stringify(got)}`, { param: at });
}

/** `contents[0].parts[1]` */
function fieldOf(path: readonly (string | number)[]): string {
  return path.map((key, at) => (typeof key === 'number' ? `[${key}]` : at === 0 ? key : `.${key}`)).join('');
}
