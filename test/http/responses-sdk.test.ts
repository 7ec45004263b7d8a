/** The official SDK, and what the router keeps of its responses. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LedgerDatabase } from '../../src/platform/ledger/database.ts';
import { sqliteDatabase } from '../../src/platform/ledger/sqlite.ts';
import { type House, openHouse } from './responses-house.ts';

/** One of each dialect, and OpenAI by both of its APIs. */
const MODELS = [
  'openai/gpt-6.1-sol',
  'openai/gpt-4.1',
  'anthropic/claude-sonnet-5-5',
  'gemini/gemini-4-argon',
  'bedrock/us.amazon.nova-pro-v1:0',
];

const folder = mkdtempSync(join(tmpdir(), 'signalbox-responses-'));
const databases: LedgerDatabase[] = [];
let house: House;
let client: OpenAI;
let file = 0;

const open = (path: string, more?: object) => {
  const database = sqliteDatabase(path);
  databases.push(database);
  return openHouse(database, more);
};
beforeEach(() => {
  house = open(join(folder, `${file++}.db`));
  client = house.client('acme');
});
afterEach(() => house.runs.stop());
afterAll(async () => {
  for (const database of databases) await database.close();
});

const failing = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (cause: unknown) => (cause instanceof OpenAI.APIError ? `${cause.status} ${cause.code} ${cause.param}` : cause),
  );

describe.each(MODELS)('%s', (model) => {
  it.each([{ stream: false }, { stream: true }])('answers (stream: $stream) and is found again', async ({ stream }) => {
    const asked = { model, input: 'Say hello [practice: fast]', include: ['reasoning.encrypted_content' as const] };
    const said = stream
      ? await ended(await client.responses.create({ ...asked, stream }))
      : await client.responses.create(asked);
    expect(said.status).toBe('completed');
    const found = await client.responses.retrieve(said.id, { include: ['reasoning.encrypted_content'] });
    expect([found.id, found.status, found.output]).toEqual([said.id, 'completed', said.output]);
    expect(found).toMatchObject({ store: true, background: false, previous_response_id: null });
  });

  it('goes on from an answer of each other dialect', async () => {
    for (const other of MODELS) {
      const first = await client.responses.create({
        model: other,
        input: 'The code word is marzipan [practice: fast]',
      });
      const second = await client.responses.create({
        model,
        previous_response_id: first.id,
        input: 'What was it? [practice: fast]',
      });
      expect(house.asked()).toContain('marzipan');
      expect(house.asked()).toContain(JSON.stringify(first.output_text).slice(1, 40));
      expect(house.asked()).not.toContain(first.id);
      expect((await client.responses.retrieve(second.id)).previous_response_id).toBe(first.id);
      const items = await client.responses.inputItems.list(second.id, { order: 'asc' });
      expect(
        items.data.map((item) => ('role' in item ? item.role : item.type)).filter((role) => role !== 'reasoning'),
      ).toEqual(['user', 'assistant', 'user']);
    }
  });

  it('runs in the background', async () => {
    const begun = await client.responses.create({ model, input: 'Hello [practice: fast]', background: true });
    expect([begun.status, begun.background]).toEqual(['queued', true]);
    const done = await until(begun.id, 'completed');
    expect(done).toMatchObject({ id: begun.id, background: true, store: true });
    expect(done.output_text).toContain('no model was called');
    const next = await client.responses.create({
      model,
      previous_response_id: done.id,
      input: 'And? [practice: fast]',
    });
    expect(next.status).toBe('completed');
  });
});

async function ended(events: AsyncIterable<OpenAI.Responses.ResponseStreamEvent>): Promise<OpenAI.Responses.Response> {
  for await (const event of events) {
    if (event.type !== 'response.completed') continue;
    // It is stored before its end is said.
    expect((await client.responses.retrieve(event.response.id)).status).toBe('completed');
    return event.response;
  }
  throw new Error('it never ended');
}

const until = (id: string, status: string, asking = client) =>
  vi.waitUntil(
    async () => {
      const found = await asking.responses.retrieve(id);
      return found.status === status && found;
    },
    { timeout: 15_000, interval: 10 },
  );

describe('a stored response', () => {
  const MODEL = 'anthropic/claude-sonnet-5-5';
  const say = (more: object = {}, asking = client) =>
    asking.responses.create({
      model: MODEL,
      input: 'Hello [practice: fast]',
      ...more,
    }) as Promise<OpenAI.Responses.Response>;

  it('is deleted once', async () => {
    const { id } = await say();
    await client.responses.delete(id);
    expect(await failing(client.responses.retrieve(id))).toBe('404 response_not_found null');
    expect(await failing(client.responses.delete(id))).toBe('404 response_not_found null');
    expect(await failing(client.responses.inputItems.list(id))).toBe('404 response_not_found null');
    expect(await failing(say({ previous_response_id: id }))).toBe(
      '400 previous_response_not_found previous_response_id',
    );
  });

  it('is not stored where that is not wanted', async () => {
    const said = await say({ store: false });
    expect(said).toMatchObject({ store: false });
    expect(await failing(client.responses.retrieve(said.id))).toBe('404 response_not_found null');
    const live = await client.responses
      .stream({ model: MODEL, input: 'Hi [practice: fast]', store: false })
      .finalResponse();
    expect(await failing(client.responses.retrieve(live.id))).toBe('404 response_not_found null');
  });

  it('lists its input in pages', async () => {
    const input = ['one', 'two', 'three [practice: fast]'].map((content) => ({ role: 'user' as const, content }));
    const { id } = await say({ input });
    const texts: string[] = [];
    for await (const item of client.responses.inputItems.list(id, { order: 'asc', limit: 2 }))
      texts.push(JSON.stringify(item));
    expect(texts.map((text) => /one|two|three/.exec(text)?.[0])).toEqual(['one', 'two', 'three']);
    expect(await failing(client.responses.inputItems.list(id, { limit: 1_000 }))).toBe('400 invalid_request limit');
  });

  it('is its tenant’s, whichever of its keys asks, and nobody else’s', async () => {
    const { id, output } = await say();
    expect((await house.client('twin').responses.retrieve(id)).id).toBe(id);
    const stranger = house.client('globex'); // Its key is called acme.
    expect(await failing(stranger.responses.retrieve(id))).toBe('404 response_not_found null');
    expect(await failing(stranger.responses.inputItems.list(id))).toBe('404 response_not_found null');
    expect(await failing(stranger.responses.cancel(id))).toBe('404 response_not_found null');
    expect(await failing(stranger.responses.delete(id))).toBe('404 response_not_found null');
    expect(await failing(say({ previous_response_id: id }, stranger))).toBe(
      '400 previous_response_not_found previous_response_id',
    );
    const [item] = output;
    const taken = {
      input: [
        { type: 'item_reference', id: item?.id },
        { role: 'user', content: 'Go on [practice: fast]' },
      ],
    };
    expect(await failing(say(taken, stranger))).toMatch(/^400 /);
    expect((await say(taken)).status).toBe('completed');
  });

  it('is gone after its days', async () => {
    const { id } = await say();
    house.skip(29 * 86_400_000);
    expect((await client.responses.retrieve(id)).id).toBe(id);
    house.skip(86_400_000);
    expect(await failing(client.responses.retrieve(id))).toBe('404 response_not_found null');
  });

  it('is there after a restart, and what ran then has failed', async () => {
    const path = join(folder, 'restart.db');
    const before = open(path);
    const first = await say({}, before.client('acme'));
    const running = await say({ background: true, input: 'Hello [practice: slow=60000]' }, before.client('acme'));
    house = open(path); // `before` is left as it is: a process that was killed.
    client = house.client('acme');
    expect((await say({ previous_response_id: first.id })).status).toBe('completed');
    expect((await client.responses.retrieve(running.id)).status).toBe('in_progress');
    house.skip(60_000 + 15_000);
    const lost = await client.responses.retrieve(running.id);
    expect([lost.status, lost.error?.message]).toEqual(['failed', expect.stringContaining('has stopped')]);
    await before.runs.stop();
  });

  it('that could not be stored is answered all the same, and says so', async () => {
    house.takeStore();
    const { data, response } = await client.responses
      .create({ model: MODEL, input: 'Hello [practice: fast]' })
      .withResponse();
    expect([data.status, response.headers.get('x-signalbox-not-stored')]).toEqual(['completed', 'store_unavailable']);
    const live = await client.responses.stream({ model: MODEL, input: 'Hello [practice: fast]' }).finalResponse();
    expect([live.status, house.logged.length]).toEqual(['completed', 2]);
    expect(house.logged.join(' ')).not.toContain('Hello');
    expect(await failing(client.responses.retrieve(data.id))).toBe('503 store_unavailable null');
    expect(await failing(say({ previous_response_id: data.id }))).toBe('503 store_unavailable null');
    expect(await failing(say({ background: true }))).toBe('503 store_unavailable null');
  });

  it('that is too large to be stored is answered all the same', async () => {
    house = open(join(folder, 'small.db'), { store: { objects: { maxObjectBytes: 100 } } });
    const { data, response } = await house
      .client('acme')
      .responses.create({ model: MODEL, input: 'Hello [practice: fast]' })
      .withResponse();
    expect([data.status, response.headers.get('x-signalbox-not-stored')]).toEqual(['completed', 'object_too_large']);
  });
});

describe('in the background', () => {
  const SLOW = {
    model: 'anthropic/claude-sonnet-5-5',
    input: 'Hello [practice: slow=60000]',
    background: true,
  } as const;

  it('a response is cancelled', async () => {
    const { id } = await client.responses.create(SLOW);
    await until(id, 'in_progress');
    const cancelled = await client.responses.cancel(id);
    expect([cancelled.id, cancelled.status]).toEqual([id, 'cancelled']);
    expect((await client.responses.retrieve(id)).status).toBe('cancelled');
    expect((await client.responses.cancel(id)).status).toBe('cancelled');
  });

  it('one that is not over is nothing to go on from', async () => {
    const { id } = await client.responses.create(SLOW);
    const next = client.responses.create({ ...SLOW, background: false, previous_response_id: id });
    expect(await failing(next)).toBe('400 invalid_request previous_response_id');
  });

  it('what fails says why', async () => {
    const { id } = await client.responses.create({ ...SLOW, input: 'Hello [practice: status=400 slow=50]' });
    const { error } = await until(id, 'failed');
    expect(error?.code).toBeTruthy();
    expect(error?.message).toBeTruthy();
  });

  it.each([
    { body: { store: false }, is: '400 unsupported_parameter store', name: 'not stored' },
    { body: { stream: true }, is: '400 unsupported_parameter stream', name: 'streamed' },
    { body: { model: 'nobody-knows' }, is: '404 model_not_found model', name: 'of a model that is none' },
    { body: { input: 7 }, is: '400 invalid_request input', name: 'not understood' },
  ])('nothing is begun that is $name', async ({ body, is }) => {
    const response = await house.post('/responses', { ...SLOW, ...body });
    const { error } = (await response.json()) as { error: { code: string; param: string } };
    expect(`${response.status} ${error.code} ${error.param}`).toBe(is);
  });

  it('only such a response can be cancelled', async () => {
    const { id } = await client.responses.create({ ...SLOW, input: 'Hello [practice: fast]', background: false });
    expect(await failing(client.responses.cancel(id))).toBe('400 invalid_request null');
  });
});

it('a stored response is not streamed again, and that is said', async () => {
  const { id } = await client.responses.create({ model: MODELS[1] ?? '', input: 'Hello [practice: fast]' });
  expect(await failing(client.responses.retrieve(id, { stream: true }))).toBe('400 unsupported_parameter stream');
});
