/** The provider that speaks a recording's wire, asked the least that makes it read such an answer. */
import { AnswerCollector } from '../../src/answers/collector.ts';
import { ChunkWriter } from '../../src/answers/chunk-writer.ts';
import type { AnswerSink } from '../../src/core/answer.ts';
import type { ChatRequest } from '../../src/core/chat.ts';
import type { Endpoint } from '../../src/core/deployment.ts';
import type { Exchange, Provider } from '../../src/core/provider.ts';
import { anthropic } from '../../providers/anthropic/index.ts';
import { bedrock } from '../../providers/bedrock/index.ts';
import { gemini } from '../../providers/gemini/index.ts';
import { openai } from '../../providers/openai/index.ts';
import { makeCall } from '../support/call.ts';
import type { Wire } from './expect.ts';
import { type Recording, modelOf } from './recordings.ts';

const DIALECTS: Record<Wire, Provider> = {
  messages: anthropic,
  chat: openai,
  responses: openai,
  content: gemini,
  converse: bedrock,
};

/** By the recordings' own names. */
export const PROVIDERS = {
  anthropic,
  openai,
  compat: openai,
  gemini,
  vertex: gemini,
  bedrock,
} satisfies Record<string, Provider>;

const STAMP = { newId: () => 'chatcmpl-0', createdSeconds: 1, model: 'unnamed' };

const TOOL = { type: 'function' as const, function: { name: 'any', parameters: { type: 'object', properties: {} } } };

/** Only who asks for log probabilities is told them. */
const TELLS_LOGPROBS: Wire[] = ['chat', 'responses', 'content'];

export function exchangeOf(recording: Recording, wire: Wire): Exchange {
  const request: Partial<ChatRequest> = {
    stream: recording.stream,
    ...(TELLS_LOGPROBS.includes(wire) && { logprobs: true }),
    ...(wire === 'responses' && { tools: [TOOL] }),
  };
  const call = makeCall(request, {
    dialect: DIALECTS[wire].name,
    model: modelOf(recording),
    capabilities: { toolsNeedResponses: wire === 'responses' },
    settings: { region: 'us-east-1', ...(recording.provider === 'vertex' && { project: 'p', location: 'global' }) },
  });
  return DIALECTS[wire].translate({ ...call, endpoint: { ...call.endpoint, ...addressOf(wire) } });
}

function addressOf(wire: Wire): Partial<Endpoint> {
  return wire === 'responses' || wire === 'chat' ? { baseUrl: 'https://api.openai.com/v1' } : {};
}

export function readWhole(exchange: Exchange, body: string): unknown {
  const sink = new AnswerCollector();
  exchange.readAnswer(body, sink);
  return sink.answer(STAMP);
}

export function collectStream(exchange: Exchange, pieces: Iterable<Uint8Array>): unknown {
  const sink = new AnswerCollector();
  readStream(exchange, sink, pieces);
  return sink.answer(STAMP);
}

/** The stream as a client would get it, usage included. */
export function writeStream(exchange: Exchange, pieces: Iterable<Uint8Array>): string {
  const sink = new ChunkWriter({ ...STAMP, includeUsage: true });
  readStream(exchange, sink, pieces);
  sink.close();
  return sink.take();
}

function readStream(exchange: Exchange, sink: AnswerSink, pieces: Iterable<Uint8Array>): void {
  const reader = exchange.openStream(sink);
  for (const piece of pieces) reader.push(piece);
  reader.end();
}
