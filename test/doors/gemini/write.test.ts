/** Answers in Gemini's words: whole, streamed, and refused. */
import { describe, expect, it } from 'vitest';
import type { AnswerSink } from '../../../src/core/answer.ts';
import { AnswerCollector } from '../../../src/answers/collector.ts';
import { GatewayError } from '../../../src/core/errors.ts';
import { unseal } from '../../../src/doors/capsule.ts';
import { toGoogleError } from '../../../src/doors/gemini/errors.ts';
import { geminiPen } from '../../../src/doors/gemini/pen.ts';

const STAMP = {
  newId: (prefix: string, length: number) => `${prefix}${length}`,
  createdSeconds: 1,
  model: 'asked',
  includeUsage: false,
};
const USAGE = {
  prompt_tokens: 10,
  completion_tokens: 7,
  total_tokens: 17,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 3 },
};

interface Response {
  candidates?: {
    content: { parts?: Part[]; role: string };
    finishReason?: string;
    index: number;
    groundingMetadata?: object;
    logprobsResult?: object;
  }[];
  promptFeedback?: object;
  usageMetadata?: object;
  modelVersion: string;
  responseId: string;
}
type Part = { text?: string; thought?: boolean; thoughtSignature?: string; functionCall?: object; inlineData?: object };

/** Whole, and as the chunks of a stream. */
function write(say: (sink: AnswerSink) => void, showsThoughts = true): { whole: Response; chunks: Response[] } {
  const pen = geminiPen(showsThoughts);
  const collector = new AnswerCollector();
  const stream = pen.stream(STAMP);
  say(collector);
  say(stream);
  stream.close();
  const frames = stream.take().split('\r\n\r\n');
  expect(frames.pop()).toBe('');
  const chunks = frames.map((frame) => JSON.parse(frame.replace(/^data: /, '')) as Response);
  return { whole: JSON.parse(pen.whole(collector, STAMP)) as Response, chunks };
}

function partsOf(chunks: Response[]): Part[] {
  return chunks
    .flatMap(({ candidates }) => candidates?.[0]?.content.parts ?? [])
    .filter((part) => part.text !== '' || part.thoughtSignature);
}

const texts = (parts: readonly Part[]) =>
  parts.flatMap(({ text, thought }) => (text && !thought ? [text] : [])).join('');

describe('an answer', () => {
  it('is candidates, counts and who said it', () => {
    const { whole, chunks } = write((sink) => {
      sink.start({ model: 'real' });
      const choice = sink.choice(0);
      choice.text('Hello');
      choice.text(' world');
      choice.finish('stop', 'end_turn');
      sink.usage(USAGE);
    });
    const usageMetadata = {
      promptTokenCount: 10,
      candidatesTokenCount: 4,
      totalTokenCount: 17,
      cachedContentTokenCount: 4,
      thoughtsTokenCount: 3,
    };
    expect(whole).toEqual({
      candidates: [{ content: { parts: [{ text: 'Hello world' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
      usageMetadata,
      modelVersion: 'real',
      responseId: '24',
    });
    expect(chunks).toEqual([
      ...['Hello', ' world'].map((text) => ({
        candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0 }],
        modelVersion: 'real',
        responseId: '24',
      })),
      {
        candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
        usageMetadata,
        modelVersion: 'real',
        responseId: '24',
      },
    ]);
  });

  it.each<[string, Parameters<ReturnType<AnswerSink['choice']>['finish']>, string]>([
    ['an end', ['stop', 'end_turn'], 'STOP'],
    ['calls', ['tool_calls', 'tool_use'], 'STOP'],
    ['a limit', ['length', 'max_tokens'], 'MAX_TOKENS'],
    ['a filter', ['content_filter', 'refusal'], 'SAFETY'],
    ['Google’s own word', ['content_filter', 'RECITATION'], 'RECITATION'],
    ['no word at all', ['stop', null], 'STOP'],
  ])('ends in Google’s words: %s', (_what, [reason, native], word) => {
    const { whole, chunks } = write((sink) => {
      sink.choice(0).text('x');
      sink.choice(0).finish(reason, native);
    });
    expect(whole.candidates?.[0]?.finishReason).toBe(word);
    expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe(word);
  });

  it('has its calls whole, at its end, with the signatures of those who made them', () => {
    const { whole, chunks } = write((sink) => {
      const choice = sink.choice(0);
      const first = choice.toolCall({ id: 'a', name: 'f', extra: { google: { thought_signature: 'S' } } });
      const second = choice.toolCall({ id: 'b', name: 'g' });
      choice.toolArguments(second, '{"x":');
      choice.toolArguments(first, '{}');
      choice.toolArguments(second, '1}');
      choice.finish('tool_calls', null);
    });
    const parts = [
      { functionCall: { id: 'a', name: 'f', args: {} }, thoughtSignature: 'S' },
      { functionCall: { id: 'b', name: 'g', args: { x: 1 } } },
    ];
    expect(whole.candidates?.[0]?.content.parts).toEqual(parts);
    expect(partsOf(chunks)).toEqual(parts);
  });

  it.each([
    ['', {}],
    ['{"a":', { _raw: '{"a":' }],
    ['[1]', { _value: [1] }],
  ])('has an object for the arguments %j', (json, args) => {
    const { whole } = write((sink) => {
      const choice = sink.choice(0);
      choice.toolArguments(choice.toolCall({ id: 'a', name: 'f' }), json);
      choice.finish('tool_calls', null);
    });
    expect(whole.candidates?.[0]?.content.parts?.[0]).toEqual({ functionCall: { id: 'a', name: 'f', args } });
  });

  it('shows thoughts to who asked for them, and signs in either case', () => {
    const details = [{ type: 'reasoning.text' as const, text: 'Hm', signature: 'S', format: 'anthropic-claude-v1' }];
    const say = (sink: AnswerSink) => {
      const choice = sink.choice(0);
      choice.reasoning('Hm');
      for (const detail of details) choice.reasoningDetail(detail);
      choice.text('So');
      choice.finish('stop', null);
    };
    for (const shows of [true, false]) {
      const { whole, chunks } = write(say, shows);
      for (const parts of [whole.candidates?.[0]?.content.parts ?? [], partsOf(chunks)]) {
        expect(parts.filter(({ thought }) => thought)).toEqual(shows ? [{ text: 'Hm', thought: true }] : []);
        expect(texts(parts)).toBe('So');
        const [capsule] = parts.flatMap(({ thoughtSignature }) => thoughtSignature ?? []);
        expect(unseal(capsule ?? '')).toEqual(details);
      }
    }
  });

  it('seals what others thought into its first call that is not signed', () => {
    const detail = { type: 'reasoning.encrypted' as const, data: 'D', format: 'openai-responses-v1' };
    const { whole } = write((sink) => {
      const choice = sink.choice(0);
      choice.reasoningDetail(detail);
      choice.toolCall({ id: 'a', name: 'f' });
      choice.finish('tool_calls', null);
    });
    const [part, ...more] = whole.candidates?.[0]?.content.parts ?? [];
    expect(more).toEqual([]);
    expect(unseal(part?.thoughtSignature ?? '')).toEqual([detail]);
  });

  it('gives Google’s own signatures back as they were', () => {
    const shared = { format: 'google-gemini-v1', issuer: 'gemini/x' };
    const { whole, chunks } = write((sink) => {
      const choice = sink.choice(0);
      choice.text('So');
      choice.toolCall({ id: 'a', name: 'f' });
      choice.reasoningDetail({ type: 'reasoning.encrypted', data: 'S1', id: null, ...shared });
      choice.reasoningDetail({ type: 'reasoning.encrypted', data: 'S2', id: 'a', ...shared });
      choice.finish('tool_calls', 'STOP');
    });
    for (const parts of [whole.candidates?.[0]?.content.parts ?? [], partsOf(chunks)]) {
      expect(parts.slice(1)).toEqual([
        { functionCall: { id: 'a', name: 'f', args: {} }, thoughtSignature: 'S2' },
        { text: '', thoughtSignature: 'S1' },
      ]);
    }
  });

  it('grounds what it cites, in bytes', () => {
    const cite = (start: number, end: number) => ({
      type: 'url_citation' as const,
      url_citation: { url: 'https://a.test', title: 'A', start_index: start, end_index: end },
    });
    const { whole, chunks } = write((sink) => {
      const choice = sink.choice(0);
      choice.text('Zoë 👋 ok');
      choice.annotation(cite(0, 3));
      choice.annotation(cite(4, 6));
      choice.annotation({ type: 'file' } as never);
      choice.citation({ type: 'char_location', document_title: 'T', cited_text: 'words' });
      choice.finish('stop', null);
    });
    const grounding = {
      groundingChunks: [
        { web: { uri: 'https://a.test', title: 'A' } },
        { retrievedContext: { title: 'T', text: 'words' } },
      ],
      groundingSupports: [
        { segment: { startIndex: 0, endIndex: 4, text: 'Zoë' }, groundingChunkIndices: [0] },
        { segment: { startIndex: 5, endIndex: 9, text: '👋' }, groundingChunkIndices: [0] },
      ],
    };
    expect(whole.candidates?.[0]?.groundingMetadata).toEqual(grounding);
    expect(chunks.at(-1)?.candidates?.[0]?.groundingMetadata).toEqual(grounding);
  });

  it('has images and log probabilities', () => {
    const token = { token: 'a', logprob: -1, bytes: [], top_logprobs: [{ token: 'b', logprob: -2, bytes: [] }] };
    const { whole, chunks } = write((sink) => {
      const choice = sink.choice(0);
      choice.image('data:image/png;base64,AAA');
      choice.logprobs({ content: [token], refusal: null });
      choice.finish('stop', null);
    });
    const image = { inlineData: { mimeType: 'image/png', data: 'AAA' } };
    const logprobsResult = {
      chosenCandidates: [{ token: 'a', logProbability: -1 }],
      topCandidates: [{ candidates: [{ token: 'b', logProbability: -2 }] }],
    };
    expect(whole.candidates?.[0]).toMatchObject({ content: { parts: [image] }, logprobsResult });
    expect(partsOf(chunks)).toEqual([image]);
    expect(chunks.flatMap(({ candidates }) => candidates?.[0]?.logprobsResult ?? [])).toEqual([logprobsResult]);
  });

  it('keeps several answers apart', () => {
    const { whole, chunks } = write((sink) => {
      sink.choice(1).text('b');
      sink.choice(0).text('a');
      sink.choice(0).finish('stop', null);
      sink.choice(1).finish('length', null);
    });
    expect(whole.candidates?.map(({ index, finishReason }) => [index, finishReason])).toEqual([
      [0, 'STOP'],
      [1, 'MAX_TOKENS'],
    ]);
    expect(chunks.at(-1)?.candidates).toHaveLength(2);
  });

  it('is a refusal in words, or a prompt that was blocked', () => {
    const declined = write((sink) => {
      sink.choice(0).refusal('I will not');
      sink.choice(0).finish('stop', 'stop');
    });
    for (const said of [declined.whole, declined.chunks.at(-1)]) {
      expect(said?.candidates?.[0]).toMatchObject({
        content: { parts: [{ text: 'I will not' }] },
        finishReason: 'SAFETY',
      });
    }
    const blocked = write((sink) => {
      sink.choice(0).refusal('Prompt blocked: PROHIBITED_CONTENT');
      sink.choice(0).finish('content_filter', 'PROHIBITED_CONTENT');
    });
    for (const said of [blocked.whole, blocked.chunks.at(-1)]) {
      expect(said?.candidates).toBeUndefined();
      expect(said?.promptFeedback).toEqual({ blockReason: 'PROHIBITED_CONTENT' });
    }
  });

  it('tells the router’s own news with its last event', () => {
    const stream = geminiPen(true).stream(STAMP);
    stream.choice(0).text('a');
    expect(stream.take()).not.toContain('signalbox');
    stream.extension = { continued: 1 };
    stream.choice(0).finish('stop', null);
    stream.close();
    expect(stream.take()).toContain('"signalbox":{"continued":1}');
  });
});

describe('an error', () => {
  it.each<[string, GatewayError, object]>([
    [
      'a field',
      new GatewayError('invalid_request', 'no', { param: 'contents.0' }),
      { code: 400, status: 'INVALID_ARGUMENT', message: 'no' },
    ],
    ['no key', new GatewayError('unauthenticated', 'no'), { code: 401, status: 'UNAUTHENTICATED' }],
    ['a forbidden model', new GatewayError('forbidden', 'no'), { code: 403, status: 'PERMISSION_DENIED' }],
    ['no such model', new GatewayError('model_not_found', 'no'), { code: 404, status: 'NOT_FOUND' }],
    ['a large body', new GatewayError('request_too_large', 'no'), { code: 413, status: 'INVALID_ARGUMENT' }],
    ['a limit', new GatewayError('limited', 'no'), { code: 429, status: 'RESOURCE_EXHAUSTED' }],
    ['our own fault', new GatewayError('internal', 'no'), { code: 500, status: 'INTERNAL' }],
    ['a sick provider', new GatewayError('overload', 'no'), { code: 503, status: 'UNAVAILABLE' }],
    ['no time', new GatewayError('deadline', 'no'), { code: 504, status: 'DEADLINE_EXCEEDED' }],
  ])('has Google’s shape: %s', (_what, error, expected) => {
    expect(toGoogleError(error).error).toMatchObject(expected);
  });

  it('names the field and the wait as Google does', () => {
    const error = new GatewayError('limited', 'later', { param: 'model', retryAfterMs: 1500 });
    expect(toGoogleError(error).error.details).toEqual([
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'RATE_LIMIT_EXCEEDED',
        domain: 'signalbox',
        metadata: { origin: 'router' },
      },
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: [{ field: 'model', description: 'later' }],
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' },
    ]);
  });
});
