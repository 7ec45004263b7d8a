import { bytes, hear, parseBody, textOf, type Trouble, type Wire } from './wire.ts';
import type { Shortage } from '../buckets.ts';

interface Body {
  contents: { role?: string; parts: unknown }[];
  generationConfig: { maxOutputTokens?: number };
}

const RPC = 'type.googleapis.com/google.rpc';

const ERRORS: Record<Trouble, { code: number; status: string; message: string }> = {
  credential: {
    code: 400,
    status: 'INVALID_ARGUMENT',
    message: 'API key not valid. Please pass a valid API key.',
  },
  error: { code: 500, status: 'INTERNAL', message: 'An internal error has occurred. Please retry.' },
  overloaded: {
    code: 503,
    status: 'UNAVAILABLE',
    message: 'The model is overloaded. Please try again later.',
  },
  rate: {
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: 'You exceeded your current quota, please check your plan and billing details.',
  },
  spent: {
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: 'You exceeded your current quota, please check your plan and billing details.',
  },
  bad: { code: 400, status: 'INVALID_ARGUMENT', message: 'Please ensure that the contents are valid.' },
  too_long: {
    code: 400,
    status: 'INVALID_ARGUMENT',
    message: 'The input token count (1250000) exceeds the maximum number of tokens allowed (1048576).',
  },
};

/** Gemini's generateContent: no limits in headers, the wait in the body, and only the prompt's tokens are counted. */
export const geminiWire: Wire = {
  streamType: 'text/event-stream',

  read({ url, headers, body }) {
    const parsed = parseBody<Body>(body);
    const turns = (parsed?.contents ?? []).map(({ role, parts }) => ({
      role: role === 'model' ? 'assistant' : (role ?? 'user'),
      text: textOf(parts),
    }));
    const heard = hear(turns);
    if (!parsed || !heard) return undefined;
    const model = /\/models\/([^/:]+):/.exec(url)?.[1] ?? '';
    const stream = url.includes(':streamGenerateContent');
    const maxTokens = parsed.generationConfig?.maxOutputTokens ?? 0;
    return { ...heard, key: headers['x-goog-api-key'] ?? '', model, stream, maxTokens };
  },

  need: ({ facts }) => ({ requests: 1, input: facts.inputTokens }),
  settle: () => ({}),
  limitHeaders: () => ({}),

  refusal(trouble, shortage) {
    const error = ERRORS[trouble];
    const waitMs = shortage && Math.ceil(shortage.waitMs);
    return {
      status: error.code,
      headers: {},
      body: JSON.stringify({ error: { ...error, details: detailsOf(trouble, shortage) } }),
      ...(waitMs !== undefined && { announcedMs: waitMs }),
    };
  },

  whole: (asked) => JSON.stringify(chunkOf(asked.text, { ...asked.facts, finishReason: 'STOP' })),
  opening: () => [],
  piece: (asked, text) => frame(chunkOf(text, asked.facts)),
  closing: (asked) => [frame(chunkOf('', { ...asked.facts, finishReason: 'STOP' }))],
  errorEvent: () => frame({ error: ERRORS.overloaded }),
};

interface Foot {
  inputTokens: number;
  outputTokens: number;
  finishReason?: string;
}

function chunkOf(text: string, { inputTokens, outputTokens, finishReason }: Foot) {
  return {
    candidates: [{ content: { role: 'model', parts: [{ text }] }, ...(finishReason && { finishReason }), index: 0 }],
    usageMetadata: {
      promptTokenCount: inputTokens,
      candidatesTokenCount: outputTokens,
      totalTokenCount: inputTokens + outputTokens,
    },
    modelVersion: 'gemini-storm',
  };
}

function frame(data: unknown): Uint8Array {
  return bytes(`data: ${JSON.stringify(data)}\r\n\r\n`);
}

/** A day's quota says half a minute too; only the quota's name tells them apart. */
function detailsOf(trouble: Trouble, shortage: Shortage | undefined): object[] {
  if (trouble === 'credential') {
    return [{ '@type': `${RPC}.ErrorInfo`, reason: 'API_KEY_INVALID', domain: 'googleapis.com' }];
  }
  if (trouble !== 'rate' && trouble !== 'spent') return [];
  const quota = trouble === 'spent' ? 'PerDayPerProjectPerModel' : 'PerMinutePerProjectPerModel';
  const quotaId = `GenerateRequests${quota}`;
  const retryDelay = shortage ? `${(shortage.waitMs / 1_000).toFixed(9)}s` : '30s';
  return [
    {
      '@type': `${RPC}.QuotaFailure`,
      violations: [{ quotaMetric: 'generativelanguage.googleapis.com/generate_requests', quotaId }],
    },
    { '@type': `${RPC}.RetryInfo`, retryDelay },
  ];
}
