import { describe, expect, it, test } from 'vitest';
import { exportRows, statementCsv } from '../../../src/books/ledger/export.ts';
import type { RequestRow } from '../../../src/core/ledger.ts';
import { requestRow, START_MS } from './sample.ts';

/** A store of so many rows, in pages of whatever size is asked for. */
function storeOf(rows: RequestRow[]) {
  return {
    asked: 0,
    async requests({ cursor, limit }: { cursor?: string | undefined; limit: number }) {
      this.asked++;
      const from = Number(cursor ?? 0);
      const next = from + limit;
      return { requests: rows.slice(from, next), cursor: next < rows.length ? String(next) : undefined };
    },
  };
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

async function csvOf(row: RequestRow): Promise<string> {
  const text = await textOf(exportRows(storeOf([row]), {}, 'csv'));
  return text.split('\r\n')[1] ?? '';
}

describe('an export', () => {
  it('reads page by page, and only as fast as somebody takes it', async () => {
    const store = storeOf(Array.from({ length: 2_500 }, () => requestRow()));
    const pieces = exportRows(store, {}, 'jsonl');
    await pieces.next();
    expect(store.asked).toBe(1);
    expect((await textOf(pieces)).trim().split('\n')).toHaveLength(1_500);
    expect(store.asked).toBe(3);
  });

  it('names its columns, and has every field of a row', async () => {
    const text = await textOf(exportRows(storeOf([]), {}, 'csv'));
    const names = text.trim().split(',');
    expect(names).toEqual(expect.arrayContaining(['at', ...Object.keys(requestRow())]));
  });

  it('says when in words that a spreadsheet reads', async () => {
    expect((await csvOf(requestRow())).split(',').slice(1, 3)).toEqual([expect.any(String), String(START_MS)]);
    expect(await csvOf(requestRow())).toMatch(/^2026-11-01T00:00:00.000Z,/);
  });

  const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\n=1', '|x', '%x'];
  test.each(formulas)('%j is text and no formula', async (session) => {
    const [field = ''] = (await csvOf(requestRow({ session }))).match(/"?'[^,]*/) ?? [];
    expect(field.replace('"', '')).toMatch(/^'/);
  });

  it('quotes what would end a field', async () => {
    expect(await csvOf(requestRow({ session: 'a,"b"\nc' }))).toContain(',"a,""b""\nc",');
  });
});

describe('a statement', () => {
  it('is one line for each part and one for all of it', () => {
    const usage = {
      requests: 2,
      failures: 0,
      calls: 2,
      fresh: 3,
      cacheRead: 0,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      output: 1,
      reasoning: 0,
      costUsd: 0.25,
      unpriced: 0,
      estimated: 0,
      cacheHits: 0,
      fallbacks: 0,
      queuedMs: 0,
      totalMs: 9,
    };
    const group = { ...usage, value: '=cmd()', atMs: undefined };
    const text = statementCsv({
      tenant: 'acme',
      month: '2026-11',
      total: usage,
      byDay: [{ ...group, value: undefined, atMs: START_MS }],
      byModel: [group],
      byKey: [],
    });
    expect(
      text
        .trim()
        .split('\r\n')
        .map((line) => line.split(',').slice(0, 5)),
    ).toEqual([
      ['tenant', 'month', 'of', 'name', 'requests'],
      ['acme', '2026-11', 'total', '', '2'],
      ['acme', '2026-11', 'day', '2026-11-01', '2'],
      ['acme', '2026-11', 'model', "'=cmd()", '2'],
    ]);
  });
});
