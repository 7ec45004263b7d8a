import type { ChatRequest } from '../../core/chat.ts';
import { effortOf } from '../effort.ts';
import { type Findings, noteDropped, noteOnly } from './findings.ts';
import { isClosed, toJsonSchema } from './json-schema.ts';
import { toDetail } from './media.ts';
import type { GeminiConfig } from './schema.ts';

const AT = 'generationConfig';

type Fields = Partial<Omit<ChatRequest, 'messages' | 'model'>>;

/** `generationConfig` in canonical fields. What only Google has an equal for is found, not lost. */
export function toFields(config: GeminiConfig, findings: Findings): Fields {
  const { temperature, topP, topK, candidateCount, maxOutputTokens, stopSequences, presencePenalty } = config;
  const { frequencyPenalty, seed, responseLogprobs, logprobs } = config;
  const { thinkingConfig, responseMimeType, responseSchema, responseJsonSchema, responseModalities, ...rest } = config;
  readRest(rest, findings);
  return {
    ...present({
      temperature,
      top_p: topP,
      top_k: topK,
      n: candidateCount,
      max_tokens: maxOutputTokens,
      stop: stopSequences?.length ? stopSequences : undefined,
      presence_penalty: presencePenalty,
      frequency_penalty: frequencyPenalty,
      seed,
      logprobs: responseLogprobs,
      top_logprobs: responseLogprobs ? logprobs : undefined,
    }),
    ...toThinking(thinkingConfig ?? undefined, findings),
    ...toFormat({ responseMimeType, responseSchema, responseJsonSchema }, findings),
    ...toModalities(responseModalities ?? [], findings),
  };
}

const READ = new Set(
  'temperature topP topK candidateCount maxOutputTokens stopSequences presencePenalty frequencyPenalty seed responseLogprobs logprobs'.split(
    ' ',
  ),
);
/** Without these the answer would be of another kind. */
const KINDS = new Set(['speechConfig', 'responseFormat', 'audioTranscriptionConfig', 'translationConfig']);

function readRest({ mediaResolution, ...config }: GeminiConfig, findings: Findings): void {
  const unread = Object.entries(config).filter(([name, value]) => !READ.has(name) && value !== null);
  for (const [name] of unread) if (KINDS.has(name)) noteOnly(findings, `${AT}.${name}`);
  noteDropped(findings, AT, Object.fromEntries(unread.filter(([name]) => !KINDS.has(name))));
  if (!toDetail(mediaResolution ?? undefined)) noteDropped(findings, AT, { mediaResolution });
}

type Thinking = NonNullable<GeminiConfig['thinkingConfig']>;

/** Whether thoughts are shown is the pen's affair: their signatures come either way. */
function toThinking(thinking: Thinking | undefined, findings: Findings): Fields {
  const { includeThoughts: _, thinkingBudget: budget, thinkingLevel: level, ...rest } = thinking ?? {};
  noteDropped(findings, `${AT}.thinkingConfig`, rest);
  const effort = level?.toLowerCase();
  // Google's types say so; it is its clients' cast, and an unknown word is refused by who does not know it.
  if (effort && effort !== 'thinking_level_unspecified') return { reasoning_effort: effort as 'high' };
  if (budget === undefined || budget === null || budget < 0) return {}; // -1: as the model sees fit.
  if (budget === 0) return { reasoning_effort: 'none' };
  return { reasoning_effort: effortOf(budget), reasoning: { max_tokens: budget } };
}

type Format = Pick<GeminiConfig, 'responseMimeType' | 'responseSchema' | 'responseJsonSchema'>;

function toFormat({ responseMimeType: type, responseSchema, responseJsonSchema }: Format, findings: Findings): Fields {
  if (!type || type === 'text/plain') return {};
  if (type !== 'application/json') {
    noteOnly(findings, `${AT}.responseMimeType`);
    return {};
  }
  const schema = responseJsonSchema ?? (responseSchema ? toJsonSchema(responseSchema) : undefined);
  if (schema) findings.places.note(schema, `${AT}.${responseJsonSchema ? 'responseJsonSchema' : 'responseSchema'}.*`);
  if (!schema) return { response_format: { type: 'json_object' } };
  return {
    response_format: { type: 'json_schema', json_schema: { name: 'response', schema, strict: isClosed(schema) } },
  };
}

function toModalities(modalities: readonly string[], findings: Findings): Fields {
  const wanted = modalities.map((modality) => modality.toLowerCase());
  if (wanted.every((modality) => modality === 'text')) return {};
  if (wanted.some((modality) => modality !== 'text' && modality !== 'image')) {
    noteOnly(findings, `${AT}.responseModalities`);
  }
  // Images beside text is OpenRouter's word; OpenAI's type has only speech.
  return { modalities: wanted as ('text' | 'audio')[] };
}

function present(fields: Readonly<Record<string, unknown>>): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}
