/** Every recorded refusal is understood as `expect-errors.ts` says by hand. */
import { afterAll, describe, expect, it } from 'vitest';
import { actionOf } from '../taxonomy/row.ts';
import { PROVIDERS } from './exchanges.ts';
import { ERROR_ROWS, errorRowsOf } from './expect-errors.ts';
import { type Recording, isError, isThere, readRecordings, textOf } from './recordings.ts';
import { Tally } from './tally.ts';

const tally = new Tally('errors');
const refusals = readRecordings().filter(isError);

afterAll(() => tally.print());

it.skipIf(!isThere())('the recordings are in ../shared/wire (skipped: the folder is absent)', () => {
  expect(refusals.length).toBeGreaterThan(40);
});

describe.runIf(isThere())('the table of errors', () => {
  it.each(ERROR_ROWS.map((row) => [`${row.provider} ${row.status} ${row.says.source}`, row] as const))(
    '%s fits a recording',
    (_, row) => {
      expect(refusals.some((refusal) => errorRowsOf(refusal).includes(row))).toBe(true);
    },
  );
});

describe.runIf(isThere())('a refusal is understood', () => {
  it.each(refusals.map((refusal) => [refusal.id, refusal] as const))('%s', (_, recording) => {
    const rows = errorRowsOf(recording);
    expect(rows).toHaveLength(1);
    const [row] = rows;
    const error = PROVIDERS[recording.provider as keyof typeof PROVIDERS].classify(toRefusal(recording));
    expect(error).toMatchObject({
      kind: expect.toBeOneOf(row?.kinds ?? []),
      status: expect.toBeOneOf(row?.statuses ?? []),
      retryAfterMs: row?.retryAfterMs,
      dimension: row?.dimension,
      scope: row?.scope,
    });
    expect(actionOf(error)).toBe(row?.action);
    tally.passed(recording.provider);
  });
});

function toRefusal(recording: Recording) {
  const { status, headers } = recording.response;
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { status, header: (name: string) => lower[name.toLowerCase()], body: textOf(recording) };
}
