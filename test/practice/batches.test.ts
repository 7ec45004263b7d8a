/** The official SDKs take the practice providers' batches for real ones. */
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI, { toFile } from 'openai';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PRACTICE_KEY, practiceFetch } from '../../src/practice/index.ts';

const BATCH_MS = 1_000;
let nowMs = 0;
let practice: (request: Request) => Promise<Response>;

beforeEach(() => {
  nowMs = Date.parse('2026-11-22T12:00:00Z');
  practice = practiceFetch({ paceMs: 0, batchMs: BATCH_MS, clock: { now: () => nowMs } });
});

const fetch = async (input: unknown, init?: unknown) => practice(new Request(input as string, init as RequestInit));
const messages = [{ role: 'user' as const, content: 'Say hello' }];

describe('openai', () => {
  const client = () =>
    new OpenAI({ baseURL: 'http://practice.test/openai/v1', apiKey: PRACTICE_KEY, fetch, maxRetries: 0 });
  const begin = async (models: string[]) => {
    const lines = models.map((model, place) =>
      JSON.stringify({ custom_id: `${place}`, method: 'POST', url: '/v1/chat/completions', body: { model, messages } }),
    );
    const file = await client().files.create({
      file: await toFile(Buffer.from(lines.join('\n')), 'a.jsonl'),
      purpose: 'batch',
    });
    return client().batches.create({
      input_file_id: file.id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    });
  };

  it('begins, ends, and leaves its answers in a file', async () => {
    const { id, status } = await begin(['gpt-4.1', 'gpt-4.1']);
    expect(status).toBe('in_progress');
    nowMs += BATCH_MS;
    const ended = await client().batches.retrieve(id);
    expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 2, completed: 2, failed: 0 } });
    const text = await (await client().files.content(ended.output_file_id ?? '')).text();
    const [first] = text.split('\n').map((line) => (line ? (JSON.parse(line) as object) : undefined));
    expect(first).toMatchObject({
      custom_id: '0',
      response: { status_code: 200, body: { object: 'chat.completion' } },
    });
  });

  it('fails one for several models', async () => {
    const { status, errors } = await begin(['gpt-4.1', 'gpt-4o']);
    expect(status).toBe('failed');
    expect(errors?.data?.[0]?.code).toBe('mismatched_model');
  });

  it('is cancelled', async () => {
    const { id } = await begin(['gpt-4.1']);
    expect((await client().batches.cancel(id)).status).toBe('cancelling');
    expect((await client().batches.retrieve(id)).status).toBe('cancelled');
  });
});

describe('anthropic', () => {
  const { batches } = new Anthropic({
    baseURL: 'http://practice.test/anthropic',
    apiKey: PRACTICE_KEY,
    fetch,
    maxRetries: 0,
  }).messages;
  const request = (custom_id: string) => ({
    custom_id,
    params: { model: 'claude-haiku-4-5', max_tokens: 100, messages },
  });

  it('begins, ends, and streams its results', async () => {
    const { id, processing_status: status } = await batches.create({ requests: [request('a'), request('b')] });
    expect(status).toBe('in_progress');
    nowMs += BATCH_MS;
    const ended = await batches.retrieve(id);
    expect(ended).toMatchObject({ processing_status: 'ended', request_counts: { succeeded: 2, processing: 0 } });
    const results: string[] = [];
    for await (const { custom_id: each, result } of await batches.results(id)) results.push(`${each} ${result.type}`);
    expect(results).toEqual(['a succeeded', 'b succeeded']);
  });

  it('refuses an id twice', async () => {
    const twice = batches.create({ requests: [request('a'), request('a')] });
    await expect(twice).rejects.toMatchObject({ status: 400 });
  });
});

describe('gemini', () => {
  it('begins, ends, and has its answers inside', async () => {
    vi.stubGlobal('fetch', fetch);
    const { batches } = new GoogleGenAI({
      apiKey: PRACTICE_KEY,
      httpOptions: { baseUrl: 'http://practice.test/gemini' },
    });
    const { name = '', state } = await batches.create({
      model: 'gemini-2.5-flash',
      src: [{ contents: 'Say hello', metadata: { key: 'a' } }],
      config: { displayName: 'one' },
    });
    expect(state).toMatch(/_RUNNING$/);
    nowMs += BATCH_MS;
    const ended = await batches.get({ name });
    vi.unstubAllGlobals();
    expect(ended.state).toMatch(/_SUCCEEDED$/);
    expect(ended.displayName).toBe('one');
    expect(JSON.stringify(ended.dest?.inlinedResponses)).toContain('no model was called');
  });
});
