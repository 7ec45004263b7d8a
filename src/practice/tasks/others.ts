/** What Gemini and Bedrock have beside conversation, as practice providers. */
import { tokensOf } from '../ask.ts';
import { bedrockWire } from '../bedrock/wire.ts';
import { geminiWire } from '../gemini/wire.ts';
import { Rejected } from '../rejected.ts';
import { type Desk, PICTURE, type TaskAsked, type TaskReply, vectorOf } from './desk.ts';

type Fields = Record<string, unknown>;

export const OTHER_DESKS: readonly Desk[] = [
  { path: /^\/gemini\/v1(?:beta)?\/models\/[^/]+:batchEmbedContents$/u, wire: geminiWire, read: geminiEmbeddings },
  {
    path: /^\/gemini\/v1(?:beta)?\/models\/[^/]+:generateContent$/u,
    wire: geminiWire,
    takes: ({ text }) => text.includes('"responseModalities":["IMAGE"]'),
    read: geminiImages,
  },
  { path: /^\/bedrock\/model\/[^/]+\/invoke$/u, wire: bedrockWire, read: bedrockEmbeddings },
];

const GEMINI_DIMENSIONS = 3072;
const MOST_AT_ONCE = 100;

interface GeminiItem {
  model?: string;
  content?: { parts?: { text?: string }[] };
  outputDimensionality?: number;
}

/** Shortened vectors are not of length 1, as the real ones are not. */
function geminiEmbeddings({ body, url }: TaskAsked): TaskReply {
  const { requests } = (body ?? {}) as { requests?: GeminiItem[] };
  if (!Array.isArray(requests) || requests.length === 0) throw new Rejected(400, 'requests: is missing');
  if (requests.length > MOST_AT_ONCE) {
    throw new Rejected(400, 'BatchEmbedContentsRequest.requests: at most 100 requests can be in one batch');
  }
  const texts = requests.map(({ content, model }) => {
    if (!url.pathname.includes(`/${model}:`))
      throw new Rejected(400, 'The models of a batch must be the one of its path');
    return content?.parts?.map(({ text }) => text ?? '').join('') ?? '';
  });
  const embeddings = texts.map((text, index) => ({
    values: vectorOf(text, GEMINI_DIMENSIONS).slice(0, requests[index]?.outputDimensionality),
  }));
  return { said: texts.join('\n'), body: JSON.stringify({ embeddings }) };
}

const GEMINI_IMAGE_TOKENS = 1_120;

function geminiImages({ body, url }: TaskAsked): TaskReply {
  const { contents = [] } = (body ?? {}) as { contents?: { parts: { text?: string; inlineData?: object }[] }[] };
  const parts = contents.flatMap((content) => content.parts);
  const said = parts.map(({ text }) => text ?? '').join('');
  const prompt = tokensOf(said.length) + 258 * parts.filter(({ inlineData }) => inlineData).length;
  const isRefused = said.includes('[practice: refuse]');
  const painted = { inlineData: { mimeType: 'image/png', data: PICTURE } };
  const candidate = isRefused
    ? { finishReason: 'IMAGE_SAFETY', index: 0 }
    : { content: { role: 'model', parts: [painted] }, finishReason: 'STOP', index: 0 };
  const usageMetadata = {
    promptTokenCount: prompt,
    candidatesTokenCount: GEMINI_IMAGE_TOKENS,
    totalTokenCount: prompt + GEMINI_IMAGE_TOKENS,
    candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: GEMINI_IMAGE_TOKENS }],
  };
  const modelVersion = /models\/([^/:]+)/u.exec(url.pathname)?.[1];
  return { said, body: JSON.stringify({ candidates: [candidate], usageMetadata, modelVersion }) };
}

function bedrockEmbeddings(asked: TaskAsked): TaskReply {
  const model = decodeURIComponent(asked.url.pathname);
  const body = (asked.body ?? {}) as Fields;
  if (model.includes('titan-embed')) return titan(body);
  if (model.includes('cohere.embed')) return cohere(body, model);
  throw new Rejected(400, 'The provided model identifier is invalid.');
}

const TITAN_FIELDS = new Set(['inputText', 'dimensions', 'normalize', 'embeddingTypes']);
const TITAN_DIMENSIONS = 1024;

function titan(body: Fields): TaskReply {
  const { inputText, dimensions = TITAN_DIMENSIONS } = body;
  const stranger = Object.keys(body).find((name) => !TITAN_FIELDS.has(name));
  if (typeof inputText !== 'string' || stranger) {
    throw new Rejected(400, `Malformed input request: extraneous key [${stranger ?? 'inputText'}] is not permitted`);
  }
  const embedding = vectorOf(inputText, Number(dimensions));
  const tokens = tokensOf(inputText.length);
  const answer = { embedding, inputTextTokenCount: tokens, embeddingsByType: { float: embedding } };
  return counted(inputText, tokens, answer);
}

function cohere(body: Fields, model: string): TaskReply {
  const { texts, input_type: type, embedding_types: types } = body;
  if (typeof type !== 'string') throw new Rejected(400, 'valid input_type must be provided with the provided model');
  if (!Array.isArray(texts) || texts.length > 96) throw new Rejected(400, '#/texts: expected maximum item count: 96');
  const usual = model.includes('v4') ? 1536 : 1024;
  const floats = texts.map((text) => vectorOf(`${type} ${String(text)}`, Number(body['output_dimension'] ?? usual)));
  const said = texts.join('\n');
  const embeddings = Array.isArray(types) ? { float: floats } : floats;
  return counted(said, tokensOf(said.length), {
    id: 'practice',
    texts,
    embeddings,
    response_type: 'embeddings_by_type',
  });
}

function counted(said: string, tokens: number, answer: object): TaskReply {
  return { said, body: JSON.stringify(answer), headers: { 'x-amzn-bedrock-input-token-count': String(tokens) } };
}
