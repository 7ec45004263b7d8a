/** A process dies at the worst moments, or loses an answer; another goes on. No line is executed twice. */
import { describe, expect, it } from 'vitest';
import { begin, house, type House, HOUR_MS, jsonl, linesIn, startWorld, type World } from './world.ts';

type Fetch = House['practice'];

/** Longer than a claim lasts that nobody renews. */
const DEAD_MS = 61_000;
const never = () => new Promise<never>(() => {});

/** The calls that really came to the provider. */
function counted(of: House): { seen: string[]; through: Fetch } {
  const seen: string[] = [];
  return {
    seen,
    through: (request) => {
      seen.push(`${request.method} ${new URL(request.url).pathname}`);
      return of.practice(request);
    },
  };
}

const isCreation = (call: string) => call.startsWith('POST') && /batches$|batchGenerateContent$/.test(call);

async function successor(of: House, fetch: Fetch): Promise<World> {
  of.upstream.fetch = fetch;
  of.clock.nowMs += DEAD_MS;
  return startWorld(of);
}

/** Until it has come so far. */
async function until(is: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000 && !is(); turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(is()).toBe(true);
}

const LINES = (model: string) => jsonl(['a', 'b', 'c'].map((id) => ({ id, model })));

describe('the process dies', () => {
  it.each(['gpt-4.1', 'gemini-2.5-flash'])(
    'while %s is asked to create the batch: it is found by its tag',
    async (model) => {
      const of = house();
      const { seen, through } = counted(of);
      const first = await startWorld(of);
      of.upstream.fetch = async (request) => {
        const response = await through(request);
        return isCreation(seen.at(-1) ?? '') ? never() : response;
      };
      const { id } = await begin(first.client(), LINES(model));
      void first.batches.workOnAll();
      await until(() => seen.some(isCreation));
      const second = await successor(of, through);
      await second.settle();
      const ended = await second.client().batches.retrieve(id);
      expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 3, completed: 3 } });
      expect(seen.filter(isCreation)).toHaveLength(1);
      expect(await second.ledger()).toHaveLength(3);
    },
  );

  it('while Anthropic is asked: nobody can tell, so its lines fail and are not sent again', async () => {
    const of = house();
    const { seen, through } = counted(of);
    const first = await startWorld(of);
    of.upstream.fetch = async (request) => {
      await through(request);
      return never();
    };
    const { id } = await begin(first.client(), LINES('claude-haiku-4-5'));
    void first.batches.workOnAll();
    await until(() => seen.some(isCreation));
    const second = await successor(of, through);
    await second.settle();
    const ended = await second.client().batches.retrieve(id);
    expect(ended).toMatchObject({ status: 'completed', request_counts: { completed: 0, failed: 3 } });
    const lines = await linesIn(second.client(), ended.error_file_id);
    expect(new Set(lines.map(({ error }) => error?.code))).toEqual(new Set(['batch_unconfirmed']));
    expect(seen.filter(isCreation)).toHaveLength(1);
  });

  it('before the call went out: the batch is not there, and after a while it is created', async () => {
    const of = house();
    const { seen, through } = counted(of);
    const first = await startWorld(of);
    let asked = false;
    of.upstream.fetch = (request) => {
      if (!new URL(request.url).pathname.endsWith('/batches')) return through(request);
      asked = true;
      return never();
    };
    const { id } = await begin(first.client(), LINES('gpt-4.1'));
    void first.batches.workOnAll();
    await until(() => asked);
    const second = await successor(of, through);
    await second.settle();
    expect(await second.client().batches.retrieve(id)).toMatchObject({ request_counts: { completed: 3 } });
    expect(seen.filter(isCreation)).toHaveLength(1);
  });

  it('while its results come down: they are fetched again, and booked once', async () => {
    const of = house();
    const { seen, through } = counted(of);
    const first = await startWorld(of);
    of.upstream.fetch = through;
    const { id } = await begin(first.client(), LINES('gpt-4.1'));
    await first.batches.workOnAll();
    of.clock.nowMs += 2 * HOUR_MS;
    of.upstream.fetch = async (request) => (request.url.endsWith('/content') ? never() : through(request));
    void first.batches.workOnAll();
    await until(() => seen.filter((call) => call.startsWith('GET')).length > 0);
    const second = await successor(of, through);
    await second.settle();
    expect(await second.client().batches.retrieve(id)).toMatchObject({ status: 'completed' });
    expect(await second.ledger()).toHaveLength(3);
    expect(seen.filter(isCreation)).toHaveLength(1);
  });

  it('while it runs lines itself: those under way fail, the others are run', async () => {
    const of = house();
    const options = { settings: { run: ['openai'], concurrency: 2 } };
    const { seen, through } = counted(of);
    const first = await startWorld(of, options);
    of.upstream.fetch = async (request) => {
      const response = await through(request);
      return seen.length >= 3 ? never() : response;
    };
    const lines = Array.from({ length: 6 }, (_, place) => ({ id: `line ${place}`, model: 'gpt-4.1' }));
    const { id } = await begin(first.client(), jsonl(lines));
    void first.batches.workOnAll();
    await until(() => seen.length >= 4);
    of.upstream.fetch = through;
    of.clock.nowMs += DEAD_MS;
    const second = await startWorld(of, options);
    await second.settle();
    const ended = await second.client().batches.retrieve(id);
    expect(ended).toMatchObject({ status: 'completed', request_counts: { total: 6, completed: 4, failed: 2 } });
    const failed = await linesIn(second.client(), ended.error_file_id);
    expect(failed.map(({ custom_id: each, error }) => [each, error?.code])).toEqual([
      ['line 2', 'batch_interrupted'],
      ['line 3', 'batch_interrupted'],
    ]);
    expect(seen).toHaveLength(6);
  });
});

describe('an answer is lost on its way', () => {
  it('and the batch is found by its tag, in the same process', async () => {
    const of = house();
    const { seen, through } = counted(of);
    const world = await startWorld(of);
    of.upstream.fetch = async (request) => {
      const response = await through(request);
      if (isCreation(seen.at(-1) ?? '')) throw new Error('connection lost');
      return response;
    };
    const { id } = await begin(world.client(), LINES('gpt-4.1'));
    await world.settle();
    expect(await world.client().batches.retrieve(id)).toMatchObject({ request_counts: { completed: 3 } });
    expect(seen.filter(isCreation)).toHaveLength(1);
  });
});

describe('the provider refuses for now', () => {
  it.each([
    { name: 'too many', answer: () => Response.json({ error: { message: 'slow down' } }, { status: 429 }) },
    { name: 'overloaded', answer: () => Response.json({ error: { message: 'busy' } }, { status: 503 }) },
  ])('$name: it is asked again, later', async ({ answer }) => {
    const of = house();
    const { seen, through } = counted(of);
    const world = await startWorld(of);
    let refusals = 2;
    of.upstream.fetch = async (request) => {
      const isOne = request.method === 'POST' && request.url.endsWith('/batches');
      return isOne && refusals-- > 0 ? answer() : through(request);
    };
    const { id } = await begin(world.client(), LINES('gpt-4.1'));
    await world.settle(4);
    expect(await world.client().batches.retrieve(id)).toMatchObject({ request_counts: { completed: 3 } });
    expect(seen.filter(isCreation)).toHaveLength(1);
  });

  it('for good: every line says why', async () => {
    const of = house();
    const world = await startWorld(of);
    of.upstream.fetch = async () => Response.json({ error: { message: 'no such model' } }, { status: 404 });
    const { id } = await begin(world.client(), LINES('gpt-4.1'));
    await world.settle(1);
    const ended = await world.client().batches.retrieve(id);
    expect(ended.request_counts).toEqual({ total: 3, completed: 0, failed: 3 });
    const [line] = await linesIn(world.client(), ended.error_file_id);
    expect(line).toMatchObject({ error: null, response: { status_code: 404 } });
  });
});

describe('two processes share a store', () => {
  it('and one of them works on a batch', async () => {
    const of = house();
    const { seen, through } = counted(of);
    const first = await startWorld(of);
    const second = await startWorld(of);
    of.upstream.fetch = through;
    const { id } = await begin(first.client(), LINES('claude-haiku-4-5'));
    for (let hour = 0; hour < 4; hour++) {
      await Promise.all([first.batches.workOnAll(), second.batches.workOnAll()]);
      of.clock.nowMs += HOUR_MS;
    }
    expect(await second.client().batches.retrieve(id)).toMatchObject({ request_counts: { completed: 3 } });
    expect(seen.filter(isCreation)).toHaveLength(1);
    expect(await first.ledger()).toHaveLength(3);
  });

  it('and one is cancelled that the other works on', async () => {
    const of = house();
    const { seen, through } = counted(of);
    const options = { settings: { run: ['openai'], concurrency: 1 } };
    const first = await startWorld(of, options);
    const second = await startWorld(of, options);
    of.upstream.fetch = async (request) => {
      if (seen.length === 1) await second.client().batches.cancel(id);
      return through(request);
    };
    const lines = Array.from({ length: 6 }, (_, place) => ({ id: `line ${place}`, model: 'gpt-4.1' }));
    const { id } = await begin(first.client(), jsonl(lines));
    await first.settle(1);
    const ended = await second.client().batches.retrieve(id);
    expect(ended).toMatchObject({ status: 'cancelled', request_counts: { completed: 2, failed: 4 } });
  });
});

describe('the key is gone when the router comes back', () => {
  const KEPT = 'keys: [{ name: two, key: key-two-0123456789abcdef }]';
  const BOTH =
    'keys: [{ name: one, key: key-one-0123456789abcdef, tags: [t] }, { name: two, key: key-two-0123456789abcdef }]';

  it('what was not sent is refused, what was sent is fetched and booked', async () => {
    const of = house();
    const first = await startWorld(of, { yaml: BOTH });
    of.upstream.fetch = async (request) => {
      const isBusy = request.url.includes('/anthropic/');
      return isBusy
        ? Response.json({ type: 'error', error: { type: 'overloaded_error' } }, { status: 529 })
        : of.practice(request);
    };
    const { id } = await begin(
      first.client(),
      jsonl(['gpt-4.1', 'claude-haiku-4-5'].map((model) => ({ id: model, model }))),
    );
    await first.batches.workOnAll();
    const second = await startWorld(of, { yaml: KEPT });
    of.upstream.fetch = of.practice;
    await second.settle();
    const third = await startWorld(of, { yaml: BOTH });
    const ended = await third.client().batches.retrieve(id);
    expect(ended).toMatchObject({ status: 'completed', request_counts: { completed: 1, failed: 1 } });
    const [refused] = await linesIn(third.client(), ended.error_file_id);
    expect(refused).toMatchObject({ custom_id: 'claude-haiku-4-5', response: { status_code: 401 } });
    expect(await second.ledger()).toMatchObject([{ key: 'one', tags: ['t'], model: 'gpt-4.1' }]);
  });
});
