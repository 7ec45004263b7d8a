/** Converse's request in JSON. Blobs are base64 strings; a content block has exactly one member. */
import * as z from 'zod';
import { Rejected } from '../rejected.ts';
import type { Fault } from '../shape.ts';

const open = z.record(z.string(), z.unknown());
const bytes = z.base64().min(1);
const s3Location = z.strictObject({ uri: z.string().startsWith('s3://'), bucketOwner: z.string().optional() });
const cachePoint = z.strictObject({ type: z.literal('default'), ttl: z.enum(['5m', '1h']).optional() });
const media = z.strictObject({ bytes: bytes.optional(), s3Location: s3Location.optional() });

const image = z.strictObject({ format: z.enum(['png', 'jpeg', 'gif', 'webp']), source: media });
const video = z.strictObject({
  format: z.enum(['mkv', 'mov', 'mp4', 'webm', 'flv', 'mpeg', 'mpg', 'wmv', 'three_gp']),
  source: media,
});
const audio = z.strictObject({ format: z.string(), source: media });
const document = z.strictObject({
  format: z.enum(['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md']).optional(),
  name: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[A-Za-z0-9\-()[\]]+(?: [A-Za-z0-9\-()[\]]+)*$/u),
  source: z.strictObject({
    bytes: bytes.optional(),
    text: z.string().optional(),
    content: z.array(open).optional(),
    s3Location: s3Location.optional(),
  }),
  context: z.string().optional(),
  citations: z.strictObject({ enabled: z.boolean() }).optional(),
});
const toolName = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/u);
const toolUseId = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/u);

const block = z.strictObject({
  text: z.string().optional(),
  image: image.optional(),
  document: document.optional(),
  video: video.optional(),
  audio: audio.optional(),
  toolUse: z.strictObject({ toolUseId, name: toolName, input: open, type: z.string().optional() }).optional(),
  toolResult: z
    .strictObject({
      toolUseId,
      content: z.array(
        z.strictObject({
          text: z.string().optional(),
          json: open.optional(),
          image: image.optional(),
          document: document.optional(),
          video: video.optional(),
          searchResult: open.optional(),
        }),
      ),
      status: z.enum(['success', 'error']).optional(),
      type: z.string().optional(),
    })
    .optional(),
  reasoningContent: z
    .strictObject({
      reasoningText: z.strictObject({ text: z.string(), signature: z.string().optional() }).optional(),
      redactedContent: z.string().optional(),
    })
    .optional(),
  cachePoint: cachePoint.optional(),
  guardContent: open.optional(),
  citationsContent: open.optional(),
  searchResult: open.optional(),
});

const tool = z.strictObject({
  toolSpec: z
    .strictObject({
      name: toolName,
      description: z.string().min(1).optional(),
      inputSchema: z.strictObject({ json: z.looseObject({ type: z.literal('object') }) }),
      strict: z.boolean().optional(),
    })
    .optional(),
  systemTool: z.strictObject({ name: z.string() }).optional(),
  cachePoint: cachePoint.optional(),
});
const empty = z.strictObject({});
const textFormat = z.strictObject({
  type: z.literal('json_schema'),
  structure: z.strictObject({
    jsonSchema: z.strictObject({ schema: z.string(), name: z.string().optional(), description: z.string().optional() }),
  }),
});

export const converseShape = z.strictObject({
  messages: z.array(z.strictObject({ role: z.enum(['user', 'assistant']), content: z.array(block) })).default([]),
  system: z
    .array(
      z.strictObject({
        text: z.string().optional(),
        cachePoint: cachePoint.optional(),
        guardContent: open.optional(),
      }),
    )
    .optional(),
  inferenceConfig: z
    .strictObject({
      maxTokens: z.int().min(1).optional(),
      temperature: z.number().min(0).max(1).optional(),
      topP: z.number().min(0).max(1).optional(),
      stopSequences: z.array(z.string().min(1)).max(2500).optional(),
    })
    .optional(),
  toolConfig: z
    .strictObject({
      tools: z.array(tool).min(1),
      toolChoice: z
        .strictObject({
          auto: empty.optional(),
          any: empty.optional(),
          tool: z.strictObject({ name: toolName }).optional(),
        })
        .optional(),
    })
    .optional(),
  outputConfig: z.strictObject({ textFormat: textFormat.optional(), effort: z.string().optional() }).optional(),
  additionalModelRequestFields: open.optional(),
  additionalModelResponseFieldPaths: z.array(z.string()).optional(),
  guardrailConfig: open.optional(),
  promptVariables: open.optional(),
  requestMetadata: z
    .record(
      z.string().regex(/^[a-zA-Z0-9\s:_@$#=/+,\-.]{1,256}$/u),
      z.string().regex(/^[a-zA-Z0-9\s:_@$#=/+,\-.]{0,256}$/u),
    )
    .optional(),
  performanceConfig: z.strictObject({ latency: z.enum(['standard', 'optimized']).optional() }).optional(),
  serviceTier: z.strictObject({ type: z.enum(['default', 'flex', 'priority', 'reserved']) }).optional(),
});

export type ConverseRequest = z.infer<typeof converseShape>;
export type Message = ConverseRequest['messages'][number];
export type Block = Message['content'][number];

export function rejectShape({ path, problem, got, values, message }: Fault): Rejected {
  const at = path.join('.');
  if (problem === 'unknown') {
    const where = path
      .slice(0, -1)
      .map((key) => `/${key}`)
      .join('');
    return new Rejected(
      400,
      `Malformed input request: #${where}: extraneous key [${path.at(-1)}] is not permitted, please reformat your input and try again.`,
    );
  }
  const value = problem === 'missing' ? 'Value' : `Value '${typeof got === 'string' ? got : JSON.stringify(got)}'`;
  const constraint =
    problem === 'missing'
      ? 'Member must not be null'
      : values.length > 0
        ? `Member must satisfy enum value set: [${values.join(', ')}]`
        : message;
  return new Rejected(
    400,
    `1 validation error detected: ${value} at '${at}' failed to satisfy constraint: ${constraint}`,
  );
}
