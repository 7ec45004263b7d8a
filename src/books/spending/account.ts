import type { Calendars } from '../../core/calendar.ts';
import type { Counting } from './catch-up.ts';
import type { Reading, Scope, ScopeKind, SpentRow, ThresholdEvent } from './claim.ts';
import { Counter } from './counter.ts';
import { type Budgets, fromNanos, type Measure, type Rule, rulesOf, type SpendingLimits, toNanos } from './declared.ts';
import type { Meter } from './meter.ts';
import type { Moment } from './moment.ts';
import { Rolling } from './rolling.ts';
import { Slots } from './slots.ts';

/** What all accounts share. */
export interface Common {
  calendars: Calendars;
  /** A window of the calendar is counted from now on. */
  onCounting?: ((counting: Counting) => void) | undefined;
}

/** Everything that one key, tenant, model or route may use, and has used. */
export class Account {
  readonly kind: ScopeKind;
  readonly name: string;
  meters: readonly Meter[] = [];
  /** Requests that are not over. */
  holds = 0;
  readonly #common: Common;
  #limits: SpendingLimits | undefined;
  #budgets: Budgets | undefined;
  /** For meters that are declared later. */
  #restored: readonly SpentRow[] = [];

  constructor({ kind, name }: Scope, common: Common) {
    this.kind = kind;
    this.name = name;
    this.#common = common;
  }

  /** Takes over what the scope declares now. What is still counted the same way goes on from where it is. */
  declare({ limits, budgets }: Scope, moment: Moment): void {
    if (limits === this.#limits && budgets === this.#budgets) return;
    this.#limits = limits;
    this.#budgets = budgets;
    const known = new Map(this.meters.map((meter) => [meter.rule.id, meter]));
    this.meters = rulesOf(limits, budgets).map((rule) => {
      const meter = known.get(rule.id) ?? this.#made(rule, moment);
      meter.declare(rule);
      return meter;
    });
  }

  restore(rows: readonly SpentRow[], moment: Moment): void {
    this.#restored = merged(this.#restored, rows);
    for (const meter of this.meters) this.#restoreOne(meter, moment);
  }

  /** A row for each window that something is counted in. */
  snapshot(moment: Moment): SpentRow[] {
    const rows = new Map<string, SpentRow & { used: Partial<Record<Measure, number>> }>();
    for (const meter of this.meters) {
      if (!(meter instanceof Counter)) continue;
      const { span, timeZone, measure } = meter.rule;
      const id = `${span} ${timeZone ?? ''}`;
      const { startMs } = meter.window(moment);
      const row = rows.get(id) ?? { kind: this.kind, name: this.name, span, startMs, timeZone, used: {} };
      row.used[measure] = shown(measure, meter.used(moment));
      rows.set(id, row);
    }
    return [...rows.values()];
  }

  readings(moment: Moment): Reading[] {
    return this.meters.map((meter) => {
      const { rule } = meter;
      const { measure, span } = rule;
      return {
        kind: this.kind,
        name: this.name,
        measure,
        span,
        isBudget: rule.isBudget,
        limit: shown(measure, rule.limit),
        used: shown(measure, meter.used(moment)),
        reserved: shown(measure, meter.reserved(moment)),
        resetMs: meter.resetMs(moment),
      };
    });
  }

  /** Soft thresholds that have been crossed since this was last asked. */
  news(moment: Moment, tell: (event: ThresholdEvent) => void): void {
    for (const meter of this.meters) {
      if (!(meter instanceof Counter) || meter.rule.soft.length === 0) continue;
      for (let threshold = meter.news(); threshold !== undefined; threshold = meter.news()) {
        const { measure, span, limit } = meter.rule;
        const spent = meter.used(moment) - meter.reserved(moment);
        const { kind, name } = this;
        const amounts = { limit: shown(measure, limit), spent: shown(measure, spent) };
        tell({ kind, name, measure, span, threshold, ...amounts, ...meter.window(moment) });
      }
    }
  }

  /** Nothing would be forgotten with it. */
  isEmpty(moment: Moment): boolean {
    return this.holds === 0 && this.meters.every((meter) => meter.used(moment) === 0);
  }

  #made(rule: Rule, moment: Moment): Meter {
    if (rule.measure === 'concurrency') return new Slots(rule);
    if (rule.span === 'second') return new Rolling(rule, 1_000);
    if (rule.span === 'minute') return new Rolling(rule, 60_000);
    const { calendars, onCounting } = this.#common;
    const { measure, span, timeZone } = rule;
    const counter = new Counter(rule, calendars.in(timeZone), moment);
    this.#restoreOne(counter, moment);
    const { startMs } = counter.window(moment);
    const window = { kind: this.kind, name: this.name, span, startMs, timeZone, used: {} };
    onCounting?.({ window, measure, sinceMs: moment.wallMs });
    return counter;
  }

  #restoreOne(meter: Meter, moment: Moment): void {
    if (!(meter instanceof Counter)) return;
    const { span, timeZone, measure } = meter.rule;
    for (const row of this.#restored) {
      const amount = row.used[measure];
      if (row.span !== span || row.timeZone !== timeZone || amount === undefined) continue;
      meter.restore(row.startMs, measure === 'usd' ? toNanos(amount) : amount, moment);
    }
  }
}

/** A row takes the place of an earlier one of its kind of window; of the same window, in what it says. */
export function merged(known: readonly SpentRow[], rows: readonly SpentRow[]): readonly SpentRow[] {
  const isSame = (a: SpentRow, b: SpentRow) => a.span === b.span && a.timeZone === b.timeZone;
  const added = rows.map((row) => {
    const old = known.find((each) => isSame(each, row) && each.startMs === row.startMs);
    return old ? { ...row, used: { ...old.used, ...row.used } } : row;
  });
  return [...known.filter((old) => !rows.some((row) => isSame(old, row))), ...added];
}

/** In the unit that people read. */
export function shown(measure: Measure | 'concurrency', amount: number): number {
  return measure === 'usd' ? fromNanos(amount) : amount;
}
