/** Whatever is asked, settled, released and forgotten in whatever order, at whatever time: the sums are those of a ledger. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Actual, Claim, Hold, Reading, Scope } from '../../../src/books/spending/claim.ts';
import type { Measure } from '../../../src/books/spending/declared.ts';
import { Spending } from '../../../src/books/spending/spending.ts';
import { ask, DAY, HOUR, isRefused, key, MINUTE, NOON, SECOND, tenant } from './books.ts';

const GRACE = 30 * SECOND;
const LASTS = MINUTE;
/** Its clocks change at midnight. */
const CAIRO = 'Africa/Cairo';
const SCOPES: readonly Scope[] = [
  key(
    {
      requestsPerHour: 40,
      tokensPerDay: 30_000,
      outputTokensPerMinute: 6_000,
      requestsPerSecond: 9,
      concurrency: 5,
      timeZone: CAIRO,
    },
    { usd: { perDay: 2 } },
  ),
  tenant({ inputTokensPerWeek: 90_000 }, { usd: { perMonth: 20 }, tokens: { perDay: 40_000 }, timeZone: CAIRO }),
  { kind: 'tenant', name: 'parent', budgets: { usd: { total: 30, perHour: 1.5 } } },
  { kind: 'model', name: 'm', limits: { requestsPerMonth: 400, tokensPerMinute: 9_000 } },
];

type Step =
  | { do: 'wait'; ms: number }
  | { do: 'ask'; scopes: number; input: number; output: number; milli: number }
  /** `used`: share of what was reserved; undefined: nobody knows. */
  | { do: 'settle'; which: number; used: number | undefined }
  | { do: 'release'; which: number }
  | { do: 'jump'; ms: number };

const which = fc.nat(1_000);
const wait = fc.record({
  do: fc.constant('wait' as const),
  ms: fc.oneof(fc.nat(500), fc.nat(20_000), fc.nat(2 * HOUR), fc.nat(3 * DAY)),
});
const asks = fc.record({
  do: fc.constant('ask' as const),
  scopes: fc.integer({ min: 1, max: 15 }),
  input: fc.nat(3_000),
  output: fc.nat(2_000),
  milli: fc.nat(400),
});
const settle = (most: number) =>
  fc.record({
    do: fc.constant('settle' as const),
    which,
    used: fc.option(fc.double({ min: 0, max: most, noNaN: true }), { nil: undefined }),
  });
const release = fc.record({ do: fc.constant('release' as const), which });
const jump = fc.record({ do: fc.constant('jump' as const), ms: fc.integer({ min: -3 * DAY, max: 3 * DAY }) });
const story = (...steps: fc.Arbitrary<Step>[]) => fc.array(fc.oneof(...steps), { minLength: 1, maxLength: 200 });
const MODEST = story(wait, asks, asks, asks, settle(1), settle(1), release);
const GREEDY = story(wait, asks, asks, asks, settle(3), settle(3), release);
const JUMPY = story(wait, asks, asks, settle(1), release, jump);

/** Its tokens of a minute are used up, and all the requests that may run at once still do. */
const FULL: Step[] = [
  { do: 'ask', scopes: 13, input: 0, output: 1_110, milli: 0 },
  { do: 'ask', scopes: 1, input: 0, output: 0, milli: 0 },
  { do: 'ask', scopes: 9, input: 2_837, output: 217, milli: 0 },
  { do: 'ask', scopes: 13, input: 1_202, output: 896, milli: 0 },
  { do: 'ask', scopes: 1, input: 0, output: 0, milli: 0 },
];

/** As a ledger has it: a row a request, at the time when it began. */
interface Row {
  atMs: number;
  scopes: readonly Scope[];
  used: Record<Measure, number>;
}
interface Running {
  hold: Hold;
  row: Row;
  claim: Claim;
  state: 'open' | 'expired';
}

const usedOf = ({ inputTokens, outputTokens, costUsd = 0 }: Actual, requests = 1): Record<Measure, number> => ({
  requests,
  inputTokens,
  outputTokens,
  tokens: inputTokens + outputTokens,
  usd: costUsd,
});

class Life {
  readonly spending = new Spending({ graceMs: GRACE });
  readonly rows: Row[] = [];
  running: Running[] = [];
  now = Date.parse('2026-04-20T12:00:00Z');

  live(steps: readonly Step[], check: () => void = () => {}): void {
    for (const step of steps) {
      this.#take(step);
      this.spending.snapshot(this.now); // Sweeps.
      check();
    }
  }

  get open(): readonly Running[] {
    return this.running.filter(({ state }) => state === 'open');
  }

  #take(step: Step): void {
    switch (step.do) {
      case 'wait':
        return this.#wait(step.ms);
      case 'jump':
        this.now += step.ms;
        return;
      case 'ask':
        return this.#ask(step);
      case 'settle':
        return this.#end(step.which, (running) => this.#settle(running, step.used));
      case 'release':
        return this.#end(step.which, ({ hold, row }) => {
          hold.release(this.now);
          row.used = usedOf({ inputTokens: 0, outputTokens: 0, costUsd: 0 }, 0);
        });
    }
  }

  #wait(ms: number): void {
    this.now += ms;
    for (const running of this.running) {
      const dueMs = Math.ceil((running.row.atMs + LASTS + GRACE) / SECOND) * SECOND;
      if (this.now >= dueMs) running.state = 'expired';
    }
  }

  #ask({ scopes, input, output, milli }: Extract<Step, { do: 'ask' }>): void {
    const over = SCOPES.filter((_, index) => scopes & (1 << index));
    const claim = { inputTokens: input, outputTokens: output, costUsd: milli / 1_000 };
    const claimed = { requestId: 'r', scopes: over, lastsMs: LASTS, ...claim };
    const answer = ask(this.spending, claimed, this.now);
    if (isRefused(answer)) return;
    const row = { atMs: this.now, scopes: over, used: usedOf(claim) };
    this.rows.push(row);
    this.running.push({ hold: answer, row, claim: claimed, state: 'open' });
  }

  #settle({ hold, row, claim }: Running, used: number | undefined): void {
    if (used === undefined) {
      hold.settle(undefined, this.now);
    } else {
      const actual = {
        inputTokens: Math.floor(claim.inputTokens * used),
        outputTokens: Math.floor(claim.outputTokens * used),
        costUsd: Math.floor((claim.costUsd ?? 0) * used * 1e9) / 1e9,
      };
      hold.settle(actual, this.now);
      row.used = usedOf(actual);
    }
    hold.settle({ inputTokens: 1e6, outputTokens: 1e6, costUsd: 1e3 }, this.now);
    hold.release(this.now);
  }

  #end(number: number, ends: (running: Running) => void): void {
    const running = this.running[number % this.running.length];
    if (!running) return;
    ends(running);
    this.running = this.running.filter((other) => other !== running);
  }

  readings(): Reading[] {
    return this.spending.readings(SCOPES, this.now);
  }
}

/** What the wall of a place shows; written by `Intl`, which our calendar is not asked for. */
const WALLS = new Map(
  ['UTC', CAIRO].map((zone) => [zone, new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' })]),
);

/** Which window of the calendar a moment is in. */
function windowOf(span: string, zone: string, atMs: number): string {
  if (span === 'total') return '';
  if (span === 'hour') return String(Math.floor(atMs / HOUR)); // Cairo is whole hours from UTC.
  const date = WALLS.get(zone)?.format(atMs) ?? '';
  if (span === 'day') return date;
  if (span === 'month') return date.slice(0, 7);
  return String(Math.floor((Date.parse(date) / DAY + 3) / 7));
}

/** Where its days begin, by who it is. */
const zoneOf = ({ name, measure, isBudget }: Reading): string => {
  if (name === 'k') return isBudget ? 'UTC' : CAIRO;
  return name === 't' && (isBudget || measure !== 'inputTokens') ? CAIRO : 'UTC';
};
const isCalendar = ({ span }: Pick<Reading, 'span'>) => span !== undefined && span !== 'second' && span !== 'minute';

/** Without how long requests take, which each of them teaches. */
function counted(life: Life): Partial<Reading>[] {
  return life.readings().map(({ resetMs, ...reading }) => ({ ...reading, ...(isCalendar(reading) && { resetMs }) }));
}

/** The ledger's sum for what a meter counts. */
function sum(life: Life, reading: Reading): number {
  const { kind, name, measure, span = '' } = reading;
  if (measure === 'concurrency') return 0;
  const zone = zoneOf(reading);
  const now = windowOf(span, zone, life.now);
  return life.rows
    .filter(({ scopes }) => scopes.some((scope) => scope.kind === kind && scope.name === name))
    .filter(({ atMs }) => windowOf(span, zone, atMs) === now)
    .reduce((total, { used }) => total + used[measure], 0);
}

describe('at any moment', () => {
  it.each([
    { name: 'that use what they reserved at most', steps: MODEST },
    { name: 'that use up to three times of it', steps: GREEDY },
  ])('every window counts what the ledger has of it: requests $name', ({ steps }) => {
    fc.assert(
      fc.property(steps, (taken) => {
        const life = new Life();
        life.live(taken, () => {
          for (const reading of life.readings().filter(isCalendar)) {
            const { name, measure, span } = reading;
            const used = Math.round(reading.used * 1e9);
            expect({ name, measure, span, used }).toEqual({
              name,
              measure,
              span,
              used: Math.round(sum(life, reading) * 1e9),
            });
          }
        });
      }),
      { numRuns: 150 },
    );
  });

  it('no limit and no budget is over', () => {
    fc.assert(
      fc.property(MODEST, (taken) => {
        const life = new Life();
        life.live(taken, () => {
          for (const { name, measure, span, used, limit } of life.readings()) {
            expect({ name, measure, span, over: Math.max(0, used - limit) }).toEqual({ name, measure, span, over: 0 });
          }
        });
      }),
      { numRuns: 150 },
    );
  });

  it('as many are held as run, and not one more', () => {
    fc.assert(
      fc.property(GREEDY, (taken) => {
        const life = new Life();
        life.live(taken, () => {
          expect(life.spending.open).toBe(life.open.length);
          const running = life.open.filter(({ claim }) => claim.scopes.some(({ name }) => name === 'k')).length;
          expect(life.readings().find(({ measure }) => measure === 'concurrency')?.used).toBe(running);
        });
      }),
      { numRuns: 150 },
    );
  });

  it('a request that is refused changes nothing, and why it is says when it is let in', () => {
    fc.assert(
      fc.property(GREEDY, fc.nat(3_000), fc.nat(400), (taken, inputTokens, milli) => {
        const life = new Life();
        life.live(taken);
        const claim = {
          requestId: 'r',
          scopes: SCOPES,
          inputTokens,
          outputTokens: 9,
          costUsd: milli / 1_000,
          lastsMs: LASTS,
        };
        const before = counted(life);
        const refusal = life.spending.check(claim, life.now);
        const answer = ask(life.spending, claim, life.now);
        expect(isRefused(answer)).toBe(refusal !== undefined);
        if (!isRefused(answer)) answer.release(life.now);
        expect(counted(life)).toEqual(before);
        if (!refusal || refusal.measure === 'concurrency' || refusal.retryAfterMs === Infinity) return;
        const later = life.spending.check(claim, life.now + refusal.retryAfterMs - 1);
        expect(later).toBeDefined();
        // When one of those that run ends, nobody knows: whoever is told of another limit may find them running still.
        const ends = life.open.length < 5 ? [undefined] : [undefined, 'concurrency'];
        expect(ends).toContain(life.spending.check(claim, life.now + refusal.retryAfterMs)?.measure);
      }),
      { numRuns: 300, examples: [[FULL, 2_730, 0]] },
    );
  });
});

describe('whatever the clock does', () => {
  it('nothing stays reserved, and who comes back later is let in', () => {
    fc.assert(
      fc.property(JUMPY, (taken) => {
        const life = new Life();
        life.live(taken, () => {
          for (const { used, reserved, limit } of life.readings()) {
            expect(reserved).toBeGreaterThanOrEqual(0);
            expect(used).toBeGreaterThanOrEqual(reserved);
            expect(used).toBeLessThanOrEqual(limit);
          }
        });
        // Rounded up to a second; a clock put back by less than another is not believed.
        life.now += LASTS + GRACE + 2 * SECOND;
        expect(life.readings().filter(({ reserved }) => reserved > 0)).toEqual([]);
        expect(life.spending.open).toBe(0);
        life.now += 40 * DAY;
        const scopes = SCOPES.filter(({ name }) => name !== 'parent');
        const claim = { requestId: 'r', scopes, inputTokens: 1, outputTokens: 1, costUsd: 0.01, lastsMs: LASTS };
        expect(life.spending.check(claim, life.now)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});

it('the order in which requests end makes no difference', () => {
  const request = fc.record({
    input: fc.nat(300),
    output: fc.nat(200),
    nano: fc.nat(1e7),
    used: fc.double({ min: 0, max: 2, noNaN: true }),
  });
  const orders = fc
    .array(request, { minLength: 2, maxLength: 5 })
    .chain((requests) =>
      fc.tuple(fc.constant(requests), fc.shuffledSubarray([...requests.keys()], { minLength: requests.length })),
    );
  fc.assert(
    fc.property(orders, ([requests, order]) => {
      const [straight, shuffled] = [new Spending(), new Spending()].map((spending, index) => {
        const holds = requests.map(({ input, output, nano }) =>
          spending.admit(
            {
              requestId: 'r',
              scopes: SCOPES,
              inputTokens: input,
              outputTokens: output,
              costUsd: nano / 1e9,
              lastsMs: LASTS,
            },
            NOON,
          ),
        );
        for (const number of index === 0 ? holds.keys() : order) {
          const { input = 0, output = 0, nano = 0, used = 0 } = requests[number] ?? {};
          const actual = { inputTokens: input * used, outputTokens: output * used, costUsd: (nano / 1e9) * used };
          holds[number]?.settle(actual, NOON);
        }
        return spending.readings(SCOPES, NOON).filter(({ measure }) => measure !== 'concurrency');
      });
      expect(straight).toEqual(shuffled);
    }),
    { numRuns: 300 },
  );
});
