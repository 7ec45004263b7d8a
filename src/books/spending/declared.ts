/** What an operator lets a key, a tenant, a model or a route use: limits on how fast, budgets on how much. */

export const PERIODS = ['second', 'minute', 'hour', 'day', 'week', 'month'] as const;
export type Period = (typeof PERIODS)[number];

/** What limits count; `tokens` is input and output together. */
export const COUNTED = ['requests', 'tokens', 'inputTokens', 'outputTokens'] as const;
export type Counted = (typeof COUNTED)[number];

export type LimitName = `${Counted}Per${Capitalize<Period>}`;

/** Every one optional. `concurrency`: requests at the same time. `timeZone`: where hours, days, weeks and months begin. */
export type SpendingLimits = { readonly [Name in LimitName | 'concurrency']?: number | undefined } & {
  readonly timeZone?: string | undefined;
};

export interface Budget {
  readonly perHour?: number | undefined;
  readonly perDay?: number | undefined;
  readonly perWeek?: number | undefined;
  readonly perMonth?: number | undefined;
  /** From the first day on; nothing of it ever comes back. */
  readonly total?: number | undefined;
}

export interface Budgets {
  /** US dollars. */
  readonly usd?: Budget | undefined;
  readonly tokens?: Budget | undefined;
  /** Shares of each budget that are told when they are spent; ascending. */
  readonly soft?: readonly number[] | undefined;
  /** IANA name of where its days begin; UTC without it. */
  readonly timeZone?: string | undefined;
}

export const SOFT: readonly number[] = [0.8, 0.9, 0.95];

/** What a meter counts. Inside, money is whole billionths of a dollar: sums are exact, whatever their order. */
export type Measure = Counted | 'usd';
/** By their index, amounts are looked up many times a request. */
export const MEASURES = [...COUNTED, 'usd', 'concurrency'] as const;
export type Span = Period | 'total';

const NANOS = 1e9;
export const toNanos = (usd: number): number => Math.round(usd * NANOS);
export const fromNanos = (nanos: number): number => nanos / NANOS;

/** One limit or budget by itself. */
export type Rule = ConcurrencyRule | CountedRule;

export interface ConcurrencyRule {
  id: string;
  measure: 'concurrency';
  index: number;
  span: undefined;
  limit: number;
  isBudget: false;
}

export interface CountedRule {
  /** The same as long as it counts the same, whatever its limit is. */
  id: string;
  measure: Measure;
  /** Of the measure in `MEASURES`. */
  index: number;
  span: Span;
  /** In the measure's own unit. */
  limit: number;
  isBudget: boolean;
  soft: readonly number[];
  timeZone: string | undefined;
}

export function rulesOf(limits: SpendingLimits | undefined, budgets: Budgets | undefined): Rule[] {
  return [...limitRules(limits ?? {}), ...budgetRules('usd', budgets), ...budgetRules('tokens', budgets)];
}

function limitRules(limits: SpendingLimits): Rule[] {
  const { concurrency, timeZone } = limits;
  const rules: Rule[] = [];
  if (concurrency !== undefined) {
    const measure = 'concurrency';
    rules.push({
      id: measure,
      measure,
      index: MEASURES.indexOf(measure),
      span: undefined,
      limit: concurrency,
      isBudget: false,
    });
  }
  for (const measure of COUNTED) {
    for (const span of PERIODS) {
      const limit = limits[limitName(measure, span)];
      if (limit === undefined) continue;
      const id = `limit ${measure} ${span} ${timeZone ?? ''}`;
      const index = MEASURES.indexOf(measure);
      rules.push({ id, measure, index, span, limit, isBudget: false, soft: [], timeZone });
    }
  }
  return rules;
}

const BUDGET_SPANS = [
  ['perHour', 'hour'],
  ['perDay', 'day'],
  ['perWeek', 'week'],
  ['perMonth', 'month'],
  ['total', 'total'],
] as const;

function budgetRules(measure: 'usd' | 'tokens', budgets: Budgets | undefined): Rule[] {
  const { soft = SOFT, timeZone } = budgets ?? {};
  return BUDGET_SPANS.flatMap(([field, span]) => {
    const amount = budgets?.[measure]?.[field];
    if (amount === undefined) return [];
    const id = `budget ${measure} ${span} ${timeZone ?? ''}`;
    const limit = measure === 'usd' ? toNanos(amount) : amount;
    return { id, measure, index: MEASURES.indexOf(measure), span, limit, isBudget: true, soft, timeZone };
  });
}

export function limitName(measure: Counted, period: Period): LimitName {
  return `${measure}Per${capital(period)}`;
}

function capital<Word extends string>(word: Word): Capitalize<Word> {
  return (word.charAt(0).toUpperCase() + word.slice(1)) as Capitalize<Word>;
}
