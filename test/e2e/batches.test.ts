/** OpenAI's SDK, the running server and a provider with batches; the server is killed while the provider works. */
import { createAdaptorServer } from '@hono/node-server';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { practiceFetch } from '../../src/practice/app.ts';
import { PRACTICE_KEY } from '../../src/practice/index.ts';
import { begin, jsonl, linesIn } from '../batches/world.ts';
import { type Running, startNode } from '../support/servers.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-batches-'));
const calls: string[] = [];
let provider: Server;
let running: Running;
let yaml: string;
let isOver = false;

beforeAll(async () => {
  // A batch lasts until the test says so.
  const practice = practiceFetch({ paceMs: 0, batchMs: 1_000, clock: { now: () => (isOver ? 2_000_000 : 0) } });
  provider = createAdaptorServer({
    fetch: (request) => {
      calls.push(`${request.method} ${new URL(request.url).pathname}`);
      return practice(request);
    },
  }) as Server;
  await new Promise<void>((ready) => provider.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  yaml = `
store: { path: "${join(folder, 'signalbox.db')}" }
log: { level: error }
admin: { enabled: false }
batches: { pollSeconds: 1, upstream: [openai, anthropic, gemini] }
providers:
  openai: { baseUrl: "${url}/openai/v1", apiKey: ${PRACTICE_KEY} }
  anthropic: { baseUrl: "${url}/anthropic", apiKey: ${PRACTICE_KEY} }
  gemini: { baseUrl: "${url}/gemini", apiKey: ${PRACTICE_KEY} }
models:
  gpt: { deployments: [{ provider: openai, model: gpt-4.1 }] }
  claude: { deployments: [{ provider: anthropic, model: claude-haiku-4-5 }] }
  gemini: { deployments: [{ provider: gemini, model: gemini-2.5-flash }] }
`;
  running = await startNode(yaml);
});
afterAll(async () => {
  await running.stop();
  provider.closeAllConnections();
  await new Promise((done) => provider.close(done));
  await rm(folder, { recursive: true });
});

const client = () => new OpenAI({ baseURL: `${running.url}/v1`, apiKey: 'none', maxRetries: 0 });

async function until(id: string, is: (batch: OpenAI.Batch) => boolean): Promise<OpenAI.Batch> {
  for (;;) {
    const batch = await client().batches.retrieve(id);
    if (is(batch)) return batch;
    await new Promise((later) => setTimeout(later, 100));
  }
}

describe('the running server', () => {
  it('goes on with a batch that another process began', async () => {
    const lines = ['gpt', 'claude', 'gemini'].flatMap((model) =>
      [1, 2].map((place) => ({ id: `${model} ${place}`, model })),
    );
    const { id } = await begin(client(), jsonl(lines));
    const isCreation = (call: string) => call.startsWith('POST') && /batches$|batchGenerateContent$/.test(call);
    await until(id, ({ status }) => status === 'in_progress' && calls.filter(isCreation).length === 3);
    await running.stop();
    running = await startNode(yaml);
    isOver = true;
    const ended = await until(id, ({ status }) => status === 'completed');
    expect(ended.request_counts).toEqual({ total: 6, completed: 6, failed: 0 });
    const results = await linesIn(client(), ended.output_file_id);
    expect(results.map(({ custom_id: each }) => each).toSorted()).toEqual(lines.map((line) => line.id).toSorted());
    expect(calls.filter(isCreation)).toHaveLength(3);
  }, 60_000);
});
