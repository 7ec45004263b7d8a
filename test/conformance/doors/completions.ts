/** OpenAI's legacy completions, by OpenAI's SDK. */
import OpenAI from 'openai';
import { expect } from 'vitest';
import type { DoorClient, DoorFeature, Told } from './feature.ts';
import { troubles } from './troubles.ts';
import { RESPONSES } from './responses.ts';

type Body = OpenAI.CompletionCreateParamsNonStreaming;

export const COMPLETIONS: DoorClient = {
  ...RESPONSES,
  name: 'completions',
  connect({ model, streamed, fetch, headers }) {
    const baseURL = 'http://signalbox.invalid/v1';
    const client = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0, fetch, defaultHeaders: headers });
    return async (body) => {
      const request = { ...body, model } as Body;
      if (!streamed) return told([await client.completions.create(request)]);
      const chunks: OpenAI.Completion[] = [];
      const counted = { ...request, stream: true as const, stream_options: { include_usage: true } };
      for await (const chunk of await client.completions.create(counted)) chunks.push(chunk);
      return told(chunks);
    };
  },
  say: (text) => ({ prompt: text }),
};

function told(chunks: readonly OpenAI.Completion[]): Told {
  const choices = chunks.flatMap((chunk) => chunk.choices);
  const first = choices.filter(({ index }) => index === 0);
  const usage = chunks.findLast((chunk) => chunk.usage)?.usage;
  return {
    id: chunks[0]?.id ?? '',
    text: first.map(({ text }) => text).join(''),
    thoughts: '',
    calls: [],
    finish: first.findLast(({ finish_reason: finish }) => finish)?.finish_reason,
    usage: { prompt: usage?.prompt_tokens ?? 0, answer: usage?.completion_tokens ?? 0, cached: 0 },
    answers: new Set(choices.map(({ index }) => index)).size,
    logprobs: first.reduce((sum, { logprobs }) => sum + (logprobs?.tokens?.length ?? 0), 0),
    turns: [],
  };
}

const HELLO = { prompt: 'Say hello' };

export const COMPLETION_FEATURES: readonly DoorFeature[] = [
  {
    name: 'Text, `finish_reason: stop`, `usage`',
    ask: HELLO,
    check: ({ text, finish, usage }) => {
      expect(text).toContain('«Say hello»');
      expect(finish).toBe('stop');
      expect(Math.min(usage.prompt, usage.answer)).toBeGreaterThan(0);
    },
  },
  {
    name: '`max_tokens`, `finish_reason: length`',
    ask: { prompt: 'Say hello [practice: words=300]', max_tokens: 60 },
    check: ({ finish }) => expect(finish).toBe('length'),
    sent: /"max\w+":60\b/i,
  },
  {
    name: '`stop`',
    ask: { prompt: 'One HALT two', stop: ['HALT'] },
    param: /^stop$/,
    check: ({ text }) => expect(text).toMatch(/«One $/),
    sent: /\["HALT"\]/,
  },
  { name: '`n`: 2', ask: { ...HELLO, n: 2 }, param: /^n$/, check: ({ answers }) => expect(answers).toBe(2) },
  { name: '`echo`', ask: { ...HELLO, echo: true }, check: ({ text }) => expect(text).toMatch(/^Say hello/) },
  {
    name: '`temperature`: 0.3',
    ask: { ...HELLO, temperature: 0.3 },
    param: /^temperature$/,
    sent: /"temperature":0\.3/,
  },
  { name: '`suffix`', ask: { ...HELLO, suffix: 'end' }, param: /^suffix$/ },
  ...troubles(COMPLETIONS, { body: { ...HELLO, temperature: 9 }, param: /^temperature$/ }),
];
