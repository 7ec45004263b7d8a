/** What becomes of batches: mixed, malformed, cancelled, late, of two tenants; and what they cost. */
import { describe, expect, it } from 'vitest';
import type { BookStore } from '../../src/books/tenants/book.ts';
import { createLedgerStore } from '../../src/platform/ledger/store.ts';
import { virtualKey } from '../books/tenants/sample.ts';
import { begin, HOUR_MS, house, jsonl, linesIn, START_MS, startWorld, upload } from './world.ts';

const BEDROCK = 'bedrock/us.amazon.nova-pro-v1:0';

describe('a mixed batch', () => {
  it('goes each line its way, and comes back as one', async () => {
    const { client, settle, calls, ledger, troubles } = await startWorld();
    const one = client();
    const models = ['gpt-4.1', 'claude-haiku-4-5', 'gemini-2.5-flash', BEDROCK, 'auto', 'gpt-4.1'];
    const { id } = await begin(one, jsonl(models.map((model, place) => ({ id: `line ${place}`, model }))));
    await settle();
    const ended = await one.batches.retrieve(id);
    expect(troubles).toEqual([]);
    expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 6, completed: 6, failed: 0 } });
    const lines = await linesIn(one, ended.output_file_id);
    expect(lines.map((line) => line.custom_id).toSorted()).toEqual(models.map((_, place) => `line ${place}`));
    const said = new Map(lines.map((line) => [line.custom_id, JSON.stringify(line.response?.body)]));
    expect(said.get('line 0')).toContain('practice openai');
    expect(said.get('line 1')).toContain('practice anthropic');
    expect(said.get('line 2')).toContain('practice gemini');
    expect(said.get('line 3')).toContain('practice bedrock');
    // Alone at its provider: no batch of Bedrock's was asked for.
    expect(calls.filter((call) => call.includes('bedrock'))).toHaveLength(1);
    const rows = await ledger();
    expect(rows).toHaveLength(6);
    expect(new Set(rows.map(({ requestId }) => requestId)).size).toBe(6);
    for (const row of rows) expect(row).toMatchObject({ key: 'one', tenant: 'acme', tags: ['nightly'], outcome: 'ok' });
  });

  it.each([
    ['', false],
    [', whichever of several keys the provider has', true],
  ])('runs what the operator wants run%s', async (_which, twoKeys) => {
    const { client, settle, calls } = await startWorld(house(), { settings: { run: ['openai'] }, twoKeys });
    const { id } = await begin(client(), jsonl([{ id: 'a', model: 'gpt-4.1' }]));
    await settle();
    expect((await client().batches.retrieve(id)).status).toBe('completed');
    expect(calls).toEqual(['POST /openai/v1/chat/completions']);
  });

  it('runs what a provider can only do with the help of the router', async () => {
    const { client, settle, calls } = await startWorld();
    const { id } = await begin(client(), jsonl([{ id: 'a', model: 'claude-haiku-4-5', more: { n: 2 } }]));
    await settle();
    const ended = await client().batches.retrieve(id);
    const [line] = await linesIn(client(), ended.output_file_id);
    expect(line?.response?.body['choices']).toHaveLength(2);
    expect(calls.every((call) => call === 'POST /anthropic/v1/messages')).toBe(true);
  });
});

describe('what a batch costs', () => {
  it.each([
    // US dollars per million tokens at half price, from the catalog.
    { model: 'gpt-4.1', input: 1, output: 4 },
    { model: 'claude-haiku-4-5', input: 0.5, output: 2.5 },
    { model: 'gemini-2.5-flash', input: 0.15, output: 1.25 },
  ])('$model: half, to the cent, in the ledger, the budget and the batch', async ({ model, input, output }) => {
    const { client, settle, ledger, budgetLeft } = await startWorld();
    const lines = Array.from({ length: 5 }, (_, place) => ({ id: String(place), model, said: `Say ${place}` }));
    const { id } = await begin(client(), jsonl(lines));
    await settle();
    const { usage } = await client().batches.retrieve(id);
    const rows = await ledger();
    expect(rows).toHaveLength(5);
    const costUsd = rows.reduce((sum, row) => sum + (row.costUsd ?? NaN), 0);
    const expected = ((usage?.input_tokens ?? NaN) * input + (usage?.output_tokens ?? NaN) * output) / 1e6;
    expect(costUsd).toBeCloseTo(expected, 9);
    expect(JSON.parse(rows[0]?.price ?? '{}')).toMatchObject({ input, output });
    expect(budgetLeft('one')).toBeCloseTo(1 - expected / 100, 9);
  });

  it('is booked before more is fetched: what the ledger does not take now stays at the provider', async () => {
    const of = house();
    const { client, settle, ledger, batches, clock } = await startWorld(of);
    const models = ['gpt-4.1', 'gpt-4o', 'gpt-4.1-mini'];
    const { id } = await begin(client(), jsonl(models.map((model) => ({ id: model, model }))));
    await batches.workOnAll();
    of.ledger.isWell = false;
    clock.nowMs += 2 * HOUR_MS;
    await batches.workOnAll();
    expect(await client().batches.retrieve(id)).toMatchObject({
      status: 'in_progress',
      request_counts: { completed: 1 },
    });
    of.ledger.isWell = true;
    await settle(1);
    expect(await client().batches.retrieve(id)).toMatchObject({
      status: 'completed',
      request_counts: { completed: 3 },
    });
    expect(await ledger()).toHaveLength(3);
  });

  it('is in the ledger when the batch is over: on Workers nobody else may come to write it down', async () => {
    const of = house();
    const { client, settle } = await startWorld(of);
    const lines = Array.from({ length: 30 }, (_, place) => ({ id: String(place), model: 'gpt-4.1' }));
    await begin(client(), jsonl(lines));
    await settle();
    const ledger = createLedgerStore(of.database, { now: () => of.clock.nowMs });
    expect((await ledger.requests({ limit: 100 })).requests).toHaveLength(30);
  });

  it('is held from the beginning, and given back where it is cancelled', async () => {
    const { client, batches, settle, budgetLeft } = await startWorld();
    const { id } = await begin(client(), jsonl([{ id: 'a', model: 'gpt-4.1', more: { max_tokens: 32_000 } }]));
    await batches.workOnAll();
    expect(budgetLeft('one')).toBeCloseTo(1 - (32_000 * 4) / 1e6 / 100, 4);
    await client().batches.cancel(id);
    await settle();
    expect((await client().batches.retrieve(id)).status).toBe('cancelled');
    expect(budgetLeft('one')).toBe(1);
  });

  it('is refused where the budget has no room for it, before anything is sent', async () => {
    const yaml = 'keys: [{ name: one, key: key-one-0123456789abcdef, budgets: { usd: { perDay: 0.01 } } }]';
    const { client, settle, calls, budgetLeft } = await startWorld(house(), { yaml });
    const { id } = await begin(client(), jsonl([{ id: 'a', model: 'gpt-4.1', more: { max_tokens: 32_000 } }]));
    await settle(1);
    const failed = await client().batches.retrieve(id);
    expect(failed.status).toBe('failed');
    expect(failed.errors?.data?.[0]).toMatchObject({ code: 'insufficient_quota', line: null });
    expect(calls).toEqual([]);
    expect(budgetLeft('one')).toBe(1);
  });

  it('leaves limits on requests at the same time to those who wait', async () => {
    const yaml =
      'keys: [{ name: one, key: key-one-0123456789abcdef, limits: { concurrency: 1, requestsPerMinute: 2 } }]';
    const { client, settle } = await startWorld(house(), { yaml });
    const models = ['gpt-4.1', 'gpt-4.1-mini', 'claude-haiku-4-5', 'gemini-2.5-flash'];
    const { id } = await begin(client(), jsonl(models.map((model) => ({ id: model, model }))));
    await settle();
    expect(await client().batches.retrieve(id)).toMatchObject({
      status: 'completed',
      request_counts: { completed: 4 },
    });
  });
});

describe('a key that is changed while its batch runs', () => {
  it.each([
    {
      name: 'a budget that has no room for more',
      how: (keys: BookStore) => keys.setTerms('key_other', { budgets: { usd: { total: 1e-9 } } }),
      code: 'insufficient_quota',
    },
    {
      name: 'that it is revoked, by a clock that is ahead',
      how: (keys: BookStore) => keys.revoke('key_other', START_MS + 86_400_000),
      code: 'invalid_api_key',
    },
  ])('holds for the lines to come: $name', async ({ how, code }) => {
    const of = house();
    const { client, settle, change } = await startWorld(of, { settings: { run: ['openai'], concurrency: 2 } });
    await change((keys) => keys.addKey(virtualKey('other', { tenant: 'acme' })));
    let calls = 0;
    of.upstream.fetch = async (request) => {
      if (++calls === 2) await change(how);
      return of.practice(request);
    };
    const lines = ['a', 'b', 'c', 'd'].map((line) => ({ id: line, model: 'gpt-4.1' }));
    const { id } = await begin(client('secret-of-other'), jsonl(lines));
    await settle();
    expect(calls).toBe(2);
    const { error_file_id: file } = await client().batches.retrieve(id);
    const refused = await linesIn(client(), file);
    expect(refused.map((line) => line.response?.body['error'])).toMatchObject([{ code }, { code }]);
  });
});

const GOOD = JSON.parse(jsonl([{ id: 'good', model: 'gpt-4.1' }])) as Record<string, unknown>;
const withBody = (more: object) => ({ ...GOOD, custom_id: 'other', body: { ...(GOOD['body'] as object), ...more } });

describe('a file with a mistake fails the batch, by the line', () => {
  it.each([
    { name: 'no JSON', line: '{"custom_id": ', error: { code: 'invalid_json_line', line: 2 } },
    {
      name: 'no custom_id',
      line: { ...GOOD, custom_id: undefined },
      error: { code: 'invalid_line', param: 'custom_id' },
    },
    { name: 'a custom_id twice', line: GOOD, error: { code: 'duplicate_custom_id', line: 2 } },
    {
      name: 'another method',
      line: { ...GOOD, custom_id: 'b', method: 'GET' },
      error: { code: 'invalid_method', line: 2 },
    },
    { name: 'another URL', line: { ...GOOD, custom_id: 'b', url: '/v1/embeddings' }, error: { code: 'url_mismatch' } },
    { name: 'no body', line: { ...GOOD, custom_id: 'b', body: 7 }, error: { code: 'invalid_line', param: 'body' } },
    {
      name: 'no messages',
      line: withBody({ messages: [] }),
      error: { code: 'invalid_request', param: 'body.messages' },
    },
    { name: 'a stream', line: withBody({ stream: true }), error: { code: 'invalid_request', param: 'body.stream' } },
    {
      name: 'an unknown model',
      line: withBody({ model: 'gpt-0' }),
      error: { code: 'model_not_found', param: 'body.model' },
    },
  ])('$name', async ({ line, error }) => {
    const { client, batches, calls } = await startWorld();
    const text = `${JSON.stringify(GOOD)}\n${typeof line === 'string' ? line : JSON.stringify(line)}\n`;
    const { id } = await begin(client(), text);
    await batches.workOnAll();
    const failed = await client().batches.retrieve(id);
    expect(failed).toMatchObject({ status: 'failed', errors: { object: 'list', data: [{ line: 2, ...error }] } });
    expect(failed.failed_at).toBeGreaterThan(0);
    expect(calls).toEqual([]);
  });

  it.each(['\n\n', '\r\n\r\n', '\n \n'])('counts empty lines, as an editor does: %j', async (gap) => {
    const { client, batches } = await startWorld();
    const { id } = await begin(client(), `${JSON.stringify(GOOD)}${gap}x`);
    await batches.workOnAll();
    expect((await client().batches.retrieve(id)).errors?.data).toMatchObject([{ code: 'invalid_json_line', line: 3 }]);
  });

  it('names at most fifty of them', async () => {
    const { client, batches } = await startWorld();
    const { id } = await begin(client(), 'x\n'.repeat(200));
    await batches.workOnAll();
    expect((await client().batches.retrieve(id)).errors?.data).toHaveLength(50);
  });

  it('has too many lines', async () => {
    const { client, batches } = await startWorld(house(), { settings: { maxLines: 2 } });
    const { id } = await begin(client(), jsonl(['a', 'b', 'c'].map((each) => ({ id: each, model: 'gpt-4.1' }))));
    await batches.workOnAll();
    expect((await client().batches.retrieve(id)).errors?.data?.[0]).toMatchObject({
      code: 'too_many_tasks',
      line: null,
    });
  });
});

describe('what can be refused at once', () => {
  it.each([
    { name: 'another purpose', ask: { purpose: 'assistants' }, param: 'purpose', says: 'for batches only' },
    { name: 'an empty file', ask: { text: ' ' }, param: 'file', says: 'is empty' },
  ])('a file: $name', async ({ ask, param, says }) => {
    const { client } = await startWorld();
    const form = { file: new File([ask.text ?? '{}'], 'a.jsonl'), purpose: (ask.purpose ?? 'batch') as 'batch' };
    await expect(client().files.create(form)).rejects.toMatchObject({
      status: 400,
      param,
      message: expect.stringContaining(says),
    });
  });

  it('a file that is too large', async () => {
    const { client } = await startWorld(house(), { settings: { maxFileBytes: 1_000 } });
    await expect(upload(client(), 'x'.repeat(1_001))).rejects.toMatchObject({ status: 413 });
  });

  it.each([
    { name: 'another endpoint', ask: { endpoint: '/v1/videos' }, status: 400, param: 'endpoint' },
    { name: 'another window', ask: { completion_window: '1h' }, status: 400, param: 'completion_window' },
    { name: 'a file that is not there', ask: { input_file_id: 'file-nobody' }, status: 404, param: 'input_file_id' },
  ])('a batch: $name', async ({ ask, status, param }) => {
    const { client } = await startWorld();
    const input_file_id = await upload(client(), jsonl([{ id: 'a', model: 'gpt-4.1' }]));
    const body = { input_file_id, endpoint: '/v1/chat/completions', completion_window: '24h', ...ask };
    await expect(client().batches.create(body as never)).rejects.toMatchObject({ status, param });
  });

  it('more batches than may be open', async () => {
    const { client } = await startWorld(house(), { settings: { maxOpen: 1 } });
    const text = jsonl([{ id: 'a', model: 'gpt-4.1' }]);
    await begin(client(), text);
    await expect(begin(client(), text)).rejects.toMatchObject({ status: 429, code: 'batch_limit_exceeded' });
  });
});

describe('two tenants', () => {
  it('see nothing of each other', async () => {
    const { client, settle } = await startWorld();
    const [one, two] = [client(), client('key-two-0123456789abcdef')];
    const batch = await begin(one, jsonl([{ id: 'a', model: 'gpt-4.1' }]));
    await settle();
    const { output_file_id: output } = await one.batches.retrieve(batch.id);
    const file = batch.input_file_id;
    const tries = [
      () => two.files.retrieve(file),
      () => two.files.content(output ?? ''),
      () => two.files.delete(file),
      () => two.batches.retrieve(batch.id),
      () => two.batches.cancel(batch.id),
      () => two.batches.create({ input_file_id: file, endpoint: '/v1/chat/completions', completion_window: '24h' }),
    ];
    for (const attempt of tries) await expect(attempt()).rejects.toMatchObject({ status: 404 });
    expect((await two.files.list()).data).toEqual([]);
    expect((await two.batches.list()).data).toEqual([]);
    expect((await one.files.list()).data).toHaveLength(2);
  });

  it('may only do what their keys let them', async () => {
    const yaml = `keys:
  - { name: no-batches, key: key-one-0123456789abcdef, doors: [chat] }
  - { name: no-gpt, key: key-two-0123456789abcdef, models: ["claude-*"] }`;
    const { client, batches } = await startWorld(house(), { yaml });
    await expect(upload(client(), 'x')).rejects.toMatchObject({ status: 403 });
    const other = client('key-two-0123456789abcdef');
    const { id } = await begin(other, jsonl([{ id: 'a', model: 'gpt-4.1' }]));
    await batches.workOnAll();
    const { errors } = await other.batches.retrieve(id);
    expect(errors?.data?.[0]).toMatchObject({ code: 'forbidden', line: 1, param: 'body.model' });
  });
});

describe('the end of a batch', () => {
  it('cancelled: nothing more is done, and every line says so', async () => {
    const { client, batches, settle } = await startWorld();
    const { id } = await begin(client(), jsonl(['gpt-4.1', 'claude-haiku-4-5'].map((model) => ({ id: model, model }))));
    await batches.workOnAll();
    expect(await client().batches.cancel(id)).toMatchObject({ status: 'cancelling' });
    await settle(1);
    const ended = await client().batches.retrieve(id);
    expect(ended).toMatchObject({ status: 'cancelled', request_counts: { total: 2, completed: 0, failed: 2 } });
    expect(ended.cancelled_at).toBeGreaterThan(0);
    const lines = await linesIn(client(), ended.error_file_id);
    expect(lines.map(({ response, error }) => [response, error?.code])).toEqual([
      [null, 'batch_cancelled'],
      [null, 'batch_cancelled'],
    ]);
    await expect(client().batches.cancel(id)).rejects.toMatchObject({ status: 409 });
  });

  it('expired: what its window was too short for is in the error file', async () => {
    const { client, batches, settle, clock } = await startWorld(house(), { settings: { run: ['anthropic'] } });
    const { id } = await begin(client(), jsonl(['gpt-4.1', 'claude-haiku-4-5'].map((model) => ({ id: model, model }))));
    await batches.workOnAll();
    clock.nowMs += 24 * HOUR_MS;
    await settle(2);
    const ended = await client().batches.retrieve(id);
    // The one that the router ran was answered at once; the provider's batch ended, but only when nobody had looked.
    expect(ended.request_counts).toEqual({ total: 2, completed: 2, failed: 0 });
    expect(ended.status).toBe('completed');
  });

  it('expired at the provider, too', async () => {
    const of = house();
    const { client, batches, settle, clock } = await startWorld(of);
    const { id } = await begin(client(), jsonl([{ id: 'a', model: 'gpt-4.1' }]));
    await batches.workOnAll();
    of.upstream.fetch = async () => Response.json({ error: { message: 'down' } }, { status: 503 });
    clock.nowMs += 24 * HOUR_MS;
    await settle(2);
    const ended = await client().batches.retrieve(id);
    expect(ended).toMatchObject({ status: 'expired', request_counts: { completed: 0, failed: 1 } });
    expect(ended.expired_at).toBeGreaterThan(0);
  });

  it('gone, with its files, when they were kept long enough', async () => {
    const { client, settle, clock } = await startWorld();
    const batch = await begin(client(), jsonl([{ id: 'a', model: 'gpt-4.1' }]));
    await settle();
    clock.nowMs += 31 * 24 * HOUR_MS;
    await expect(client().batches.retrieve(batch.id)).rejects.toMatchObject({ status: 404 });
    await expect(client().files.retrieve(batch.input_file_id)).rejects.toMatchObject({ status: 404 });
  });

  it('refused: a line that the provider refuses is in the error file, with its status', async () => {
    const { client, settle, ledger } = await startWorld();
    const { id } = await begin(
      client(),
      jsonl([
        { id: 'good', model: 'gpt-4.1' },
        { id: 'bad', model: 'gpt-4.1', said: '[practice: status=400] Say hello' },
      ]),
    );
    await settle();
    const ended = await client().batches.retrieve(id);
    expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 2, completed: 1, failed: 1 } });
    const [line] = await linesIn(client(), ended.error_file_id);
    expect(line).toMatchObject({ custom_id: 'bad', error: null, response: { status_code: 400 } });
    expect((await ledger()).map(({ outcome, costUsd }) => [outcome, costUsd === null])).toEqual([
      ['ok', false],
      ['caller', true],
    ]);
  });
});
