/** Ten thousand lines: in several upstream batches, no more than a few parts of them in memory at once, and all back. */
import { describe, expect, it } from 'vitest';
import { createLedgerStore } from '../../src/platform/ledger/store.ts';
import { begin, HOUR_MS, house, type House, jsonl, linesIn, START_MS, startWorld } from './world.ts';

const LINES = 10_000;
const MODELS = ['gpt-4.1', 'gpt-4.1-mini', 'gpt-4o', 'gpt-4o-mini'];

/** OpenAI's batches with the least of answers: the practice provider would take most of the time. */
function plainOpenAi() {
  const files: string[] = [];
  let largest = 0;
  const fetch = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const text = await request.text();
    largest = Math.max(largest, text.length);
    const id = /(\d+)(?:\/content)?$/.exec(pathname)?.[1];
    if (pathname.endsWith('/files')) return Response.json({ id: `file-${files.push(text) - 1}` });
    if (pathname.endsWith('/content')) return new Response(answersTo(files[Number(id)] ?? ''));
    const file = id ?? /file-(\d+)/.exec(text)?.[1] ?? '';
    const status = id === undefined ? 'in_progress' : 'completed';
    return Response.json({ id: `batch_${file}`, status, output_file_id: `file-${file}` });
  };
  return { fetch, largest: () => largest };
}

function answersTo(form: string): string {
  return [...form.matchAll(/^\{"custom_id":"(\d+)"/gm)]
    .map(([, id]) => {
      const choices = [{ index: 0, message: { role: 'assistant', content: `To ${id}` }, finish_reason: 'stop' }];
      const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
      const body = { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'gpt', choices, usage };
      return JSON.stringify({ custom_id: id, response: { status_code: 200, body }, error: null });
    })
    .join('\n');
}

/** Not one is dropped, however fast they come. */
async function rowsOf({ database, clock }: House): Promise<number> {
  const { groups } = await createLedgerStore(database, clockOf(clock)).usage({
    fromMs: START_MS,
    toMs: START_MS + HOUR_MS,
  });
  return groups.reduce((sum, { requests }) => sum + requests, 0);
}

const clockOf = (clock: House['clock']) => ({ now: () => clock.nowMs });

describe('ten thousand lines', () => {
  it('are answered, each once', async () => {
    const of = house();
    const { fetch, largest } = plainOpenAi();
    of.upstream.fetch = fetch;
    const { client, settle, troubles, calls, close } = await startWorld(of);
    const filler = 'x'.repeat(500);
    const lines = Array.from({ length: LINES }, (_, place) => ({
      id: `line-${place}`,
      model: MODELS[place % MODELS.length] ?? '',
      said: filler,
    }));
    const { id } = await begin(client(), jsonl(lines));
    await settle(1);
    const ended = await client().batches.retrieve(id);
    expect(troubles).toEqual([]);
    expect(ended).toMatchObject({
      status: 'completed',
      request_counts: { total: LINES, completed: LINES, failed: 0 },
      usage: { input_tokens: 10 * LINES, output_tokens: 2 * LINES },
    });
    await close();
    expect(await rowsOf(of)).toBe(LINES);
    const results = await linesIn(client(), ended.output_file_id);
    expect(results).toHaveLength(LINES);
    expect(new Set(results.map(({ custom_id: each }) => each)).size).toBe(LINES);
    expect(calls.filter((call) => call === 'POST /openai/v1/batches')).toHaveLength(20); // 500 lines each.
    expect(largest()).toBeLessThan(500 * 1_000);
  }, 60_000);
});
