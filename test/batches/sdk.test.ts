/** OpenAI's SDK over files and batches, whoever's batch endpoint is behind. */
import { describe, expect, it } from 'vitest';
import { begin, jsonl, linesIn, startWorld, upload } from './world.ts';

describe('files', () => {
  it('come back as they were, are listed, and are gone when deleted', async () => {
    const { client } = await startWorld();
    const one = client();
    const text = `${jsonl([{ id: 'a', model: 'gpt-4.1', said: 'Grüße 🙂' }])}\n`;
    const id = await upload(one, text);
    expect(await (await one.files.content(id)).text()).toBe(text);
    const { bytes, filename, purpose, status } = await one.files.retrieve(id);
    expect({ bytes, filename, purpose, status }).toEqual({
      bytes: Buffer.byteLength(text),
      filename: 'lines.jsonl',
      purpose: 'batch',
      status: 'processed',
    });
    const other = await upload(one, text);
    const listed: string[] = [];
    for await (const file of one.files.list({ limit: 1 })) listed.push(file.id);
    expect(listed.toSorted()).toEqual([id, other].toSorted());
    expect(await one.files.delete(id)).toMatchObject({ id, deleted: true });
    await expect(one.files.retrieve(id)).rejects.toMatchObject({ status: 404 });
  });

  it('are all listed, when results have made them more than may be uploaded', async () => {
    const { client, batches, clock } = await startWorld();
    const one = client();
    const uploaded = await upload(one, jsonl([{ id: 'a', model: 'gpt-4.1' }]));
    const times = { createdAtMs: clock.nowMs + 1, expiresAtMs: clock.nowMs + 1e9 };
    const output = { owner: 'tenant:acme', filename: 'x.jsonl', purpose: 'batch_output', bytes: 0, ...times };
    for (let place = 0; place < 1_000; place++) await batches.files.put({ id: `file-${place}`, ...output }, []);
    expect(await Array.fromAsync(one.files.list())).toHaveLength(1_001);
    expect((await one.files.list({ purpose: 'batch' })).data.map(({ id }) => id)).toEqual([uploaded]);
  });
});

const MODELS = ['gpt-4.1', 'claude-haiku-4-5', 'gemini-2.5-flash'];

describe('a batch', () => {
  it.each(MODELS)('of %s goes through its provider', async (model) => {
    const { client, settle, calls, troubles } = await startWorld();
    const one = client();
    const created = await begin(
      one,
      jsonl([
        { id: 'a', model },
        { id: 'b', model, said: 'Say goodbye' },
      ]),
      {
        metadata: { run: '7' },
      },
    );
    expect(created).toMatchObject({ object: 'batch', status: 'validating', metadata: { run: '7' } });
    await settle();
    const ended = await one.batches.retrieve(created.id);
    expect(troubles).toEqual([]);
    expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 2, completed: 2, failed: 0 } });
    const lines = await linesIn(one, ended.output_file_id);
    expect(lines.map((line) => line.custom_id)).toEqual(['a', 'b']);
    for (const { response } of lines) {
      expect(response?.status_code).toBe(200);
      expect(response?.body).toMatchObject({ object: 'chat.completion', choices: [{ finish_reason: 'stop' }] });
    }
    expect(ended.error_file_id).toBeFalsy();
    expect(calls.filter((call) => /batch/i.test(call) && call.startsWith('POST'))).toHaveLength(1);
    expect(ended.usage?.total_tokens).toBeGreaterThan(0);
    expect((await one.batches.list()).data.map(({ id }) => id)).toEqual([created.id]);
  });
});

describe('lines of other endpoints', () => {
  it.each([
    { endpoint: '/v1/responses', model: 'gpt-4.1', ask: { input: 'Say hello' }, object: 'response' },
    { endpoint: '/v1/responses', model: 'claude-haiku-4-5', ask: { input: 'Say hello' }, object: 'response' },
    { endpoint: '/v1/completions', model: 'gemini-2.5-flash', ask: { prompt: 'Say hello' }, object: 'text_completion' },
  ] as const)('$endpoint to $model', async ({ endpoint, model, ask, object }) => {
    const { client, settle, troubles } = await startWorld();
    const line = { custom_id: 'a', method: 'POST', url: endpoint, body: { model, ...ask } };
    const { id } = await begin(client(), JSON.stringify(line), { endpoint });
    await settle();
    const ended = await client().batches.retrieve(id);
    expect(troubles).toEqual([]);
    expect(ended).toMatchObject({ status: 'completed', endpoint, request_counts: { completed: 1 } });
    const [result] = await linesIn(client(), ended.output_file_id);
    expect(result?.response).toMatchObject({ status_code: 200, body: { object } });
    expect(JSON.stringify(result?.response?.body)).toContain('no model was called');
  });
});
