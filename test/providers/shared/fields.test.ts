import { describe, expect, it } from 'vitest';
import { ignoredFields, outputTokens, refuseUnsayable, stopSequences } from '../../../providers/shared/fields.ts';
import type { ChatRequest } from '../../../src/core/chat.ts';

const request = (fields: object) => ({ model: 'm', messages: [], ...fields }) as unknown as ChatRequest;
const NONE: ReadonlySet<string> = new Set();

describe('fields without effect are silent', () => {
  const rows: object[] = [
    { stream: true, stream_options: { include_usage: true, include_obfuscation: false } },
    { user: 'u', safety_identifier: 's', metadata: { a: 'b' } },
    { prompt_cache_key: 'k', prompt_cache_retention: '24h', prompt_cache_options: { mode: 'implicit' } },
    { prediction: { type: 'content', content: 'x' } },
    { store: false, n: 1, temperature: 1, top_p: 1, frequency_penalty: 0, presence_penalty: 0 },
    { top_k: 0, top_a: 0, min_p: 0, repetition_penalty: 1 },
    { logprobs: false, top_logprobs: 0, logit_bias: {}, modalities: ['text'], stop: [], service_tier: 'auto' },
    { response_format: { type: 'text' }, verbosity: 'medium', reasoning_effort: 'none' },
    { parallel_tool_calls: false },
    { parallel_tool_calls: true, tools: [{}] },
    {
      tools: [{}],
      tool_choice: 'auto',
      functions: [{}],
      function_call: 'auto',
      max_tokens: 5,
      max_completion_tokens: 6,
    },
    { extra_body: { google: {} } },
    { seed: null, audio: null, temperature: undefined, whatever: null },
  ];
  it.each(rows.map((fields) => [Object.keys(fields).join(', '), fields]))('%s', (_, fields) => {
    expect(ignoredFields(request(fields as object), NONE)).toEqual([]);
    expect(() => refuseUnsayable(request(fields as object), NONE)).not.toThrow();
  });
});

describe('fields that only hint are dropped with a warning', () => {
  const rows: object[] = [
    { temperature: 0.5 },
    { top_p: 0.9 },
    { top_k: 40 },
    { min_p: 0.1 },
    { frequency_penalty: 0.1 },
    { presence_penalty: -1 },
    { seed: 1 },
    { store: true },
    { verbosity: 'low' },
    { service_tier: 'flex' },
    { reasoning_effort: 'high' },
    { reasoning: { effort: 'high' } },
    { thinking: { type: 'enabled' } },
    { parallel_tool_calls: false, tools: [{}] },
    { moderation: { model: 'm', policy: { input: { mode: 'score' } } } },
    { brand_new_field: 1 },
    { constructor: 1 },
  ];
  it.each(rows.map((fields) => [Object.keys(fields)[0] ?? '', fields]))('%s', (param, fields) => {
    expect(ignoredFields(request(fields as object), NONE)).toEqual([{ param, action: 'dropped' }]);
    expect(ignoredFields(request(fields as object), new Set([param as string]))).toEqual([]);
    expect(() => refuseUnsayable(request(fields as object), NONE)).not.toThrow();
  });
});

describe('fields that the client counts on are refused', () => {
  const rows: object[] = [
    { logprobs: true },
    { top_logprobs: 3 },
    { logit_bias: { 50256: -100 } },
    { modalities: ['text', 'audio'] },
    { audio: { format: 'wav', voice: 'alloy' } },
    { web_search_options: {} },
    { response_format: { type: 'json_object' } },
    { n: 2 },
    { stop: 'END' },
    { moderation: { model: 'm', policy: { output: { mode: 'block' } } } },
  ];
  it.each(rows.map((fields) => [Object.keys(fields)[0] ?? '', fields]))('%s', (param, fields) => {
    const refused = expect.objectContaining({ kind: 'unsupported', param });
    expect(() => refuseUnsayable(request(fields as object), NONE)).toThrow(refused);
    expect(() => refuseUnsayable(request(fields as object), new Set([param as string]))).not.toThrow();
  });

  it.each(['max_tokens', 'max_completion_tokens'])('no output at all (%s)', (param) => {
    const honoured = new Set([param]);
    const refused = expect.objectContaining({ kind: 'unsupported', param });
    expect(() => refuseUnsayable(request({ [param]: 0 }), honoured)).toThrow(refused);
  });
});

describe('fields in two spellings', () => {
  it('the newer limit wins', () => {
    expect(outputTokens(request({ max_tokens: 5, max_completion_tokens: 6 }))).toEqual({
      value: 6,
      param: 'max_completion_tokens',
    });
    expect(outputTokens(request({ max_tokens: 5, max_completion_tokens: null }))).toEqual({
      value: 5,
      param: 'max_tokens',
    });
    expect(outputTokens(request({})).value).toBeUndefined();
  });

  it('stop is one or many, never empty', () => {
    expect(stopSequences(request({ stop: 'a' }))).toEqual(['a']);
    expect(stopSequences(request({ stop: ['a', '', 'b'] }))).toEqual(['a', 'b']);
    expect(stopSequences(request({ stop: null }))).toEqual([]);
  });
});
