/** `limits:` and `budgets:` of a key, a tenant, a model or a route: settings, or a sentence. */
import * as z from 'zod';
import {
  type Budgets,
  type Budget,
  COUNTED,
  type Counted,
  limitName,
  type LimitName,
  type Period,
  PERIODS,
  type SpendingLimits,
} from '../books/spending/declared.ts';

const Count = z.int().min(1);
const Usd = z.number().positive();
const Tokens = Count;

const TimeZone = z
  .string()
  .refine(isTimeZone, { error: ({ input }) => `there is no time zone "${String(input)}"; write it like Europe/Berlin` })
  .describe('Where hours, days, weeks and months begin; default UTC');

const LIMIT_NAMES = COUNTED.flatMap((counted) => PERIODS.map((period) => limitName(counted, period)));
/** `requestsPerSecond` … `outputTokensPerMonth` */
const LIMITS = Object.fromEntries(LIMIT_NAMES.map((name) => [name, Count.optional()])) as Record<
  LimitName,
  z.ZodOptional<typeof Count>
>;

const LimitSettings = z.strictObject({
  ...LIMITS,
  concurrency: Count.optional().describe('Requests at the same time'),
  timeZone: TimeZone.optional(),
});

const periods = <Amount extends z.ZodType>(amount: Amount) =>
  z.strictObject({
    perHour: amount.optional(),
    perDay: amount.optional(),
    perWeek: amount.optional(),
    perMonth: amount.optional(),
    total: amount.optional().describe('For ever'),
  });

const BudgetSettings = z.strictObject({
  usd: periods(Usd).optional().describe('US dollars'),
  tokens: periods(Tokens).optional().describe('Input and output together'),
  soft: z
    .array(z.number().gt(0).max(1))
    .max(10)
    .refine(isAscending, 'must ascend: [0.8, 0.9, 0.95]')
    .optional()
    .describe('Shares that are told when they are spent; default 0.8, 0.9, 0.95'),
  timeZone: TimeZone.optional(),
});

const LIMITS_FORM = 'write it like "60 requests/minute, 200k tokens/day, 4 at once"';
const BUDGETS_FORM = 'write it like "$10/day, $200/month, $1000 total, 5M tokens/week"';

export const LimitsOf = z
  .union(
    [z.string().transform((text, context) => read(text, limitIn, { context, form: LIMITS_FORM })), LimitSettings],
    {
      error: (issue) => mistakes(issue, LIMITS_FORM),
    },
  )
  .describe(`How fast it may ask; or ${LIMITS_FORM}`);

export const BudgetsOf = z
  .union(
    [z.string().transform((text, context) => read(text, budgetIn, { context, form: BUDGETS_FORM })), BudgetSettings],
    { error: (issue) => mistakes(issue, BUDGETS_FORM) },
  )
  .describe(`How much it may spend; or ${BUDGETS_FORM}`);

/** `[path, amount]`, or undefined where it is not understood. */
type Item = readonly [path: readonly string[], amount: number] | undefined;

interface Reading {
  context: z.core.$RefinementCtx;
  form: string;
}

function read<Settings extends SpendingLimits | Budgets>(
  text: string,
  itemIn: (words: string) => Item,
  { context, form }: Reading,
): Settings {
  const settings: Record<string, unknown> = {};
  for (const words of text.split(',')) {
    const item = itemIn(words.trim().toLowerCase());
    const problem = item ? put(settings, item) : form;
    if (problem === undefined) continue;
    context.addIssue({ code: 'custom', message: `"${words.trim()}" is not understood: ${problem}` });
    return z.NEVER;
  }
  return settings as Settings; // Only what `limitIn` and `budgetIn` name is in it.
}

function put(settings: Record<string, unknown>, [path, amount]: NonNullable<Item>): string | undefined {
  const [name = '', inner] = path;
  if (inner === undefined) {
    if (name in settings) return 'it is said twice';
    settings[name] = amount;
    return undefined;
  }
  const nested = (settings[name] ??= {}) as Record<string, unknown>;
  return put(nested, [[inner], amount]);
}

const NUMBER = String.raw`(\d+(?:\.\d+)?) ?(k|m)?`;
const LIMIT = new RegExp(String.raw`^${NUMBER} (requests?|(?:input |output )?tokens?) ?(?:/|per |an? ) ?(\w+)$`);
const AT_ONCE = /^(\d+) (?:requests? )?at (?:once|the same time)$/;
const USD_BUDGET = new RegExp(String.raw`^\$ ?${NUMBER} ?(?:(?:/|per |an? ) ?(\w+)|(?:in )?total)$`);
const TOKEN_BUDGET = new RegExp(String.raw`^${NUMBER} tokens? ?(?:(?:/|per |an? ) ?(\w+)|(?:in )?total)$`);

function limitIn(words: string): Item {
  const [, atOnce] = AT_ONCE.exec(words) ?? [];
  if (atOnce !== undefined) return whole(['concurrency'], Number(atOnce));
  const [, digits, factor, what = '', period] = LIMIT.exec(words) ?? [];
  if (!isPeriod(period)) return undefined;
  return whole([limitName(COUNTED_AS[what.replace(/s$/, '')] ?? 'tokens', period)], amountOf(digits, factor));
}

const COUNTED_AS: Readonly<Record<string, Counted>> = {
  request: 'requests',
  token: 'tokens',
  'input token': 'inputTokens',
  'output token': 'outputTokens',
};

function budgetIn(words: string): Item {
  const usd = USD_BUDGET.exec(words);
  const [, digits, factor, period] = usd ?? TOKEN_BUDGET.exec(words) ?? [];
  if (digits === undefined) return undefined;
  const span = period === undefined ? 'total' : BUDGETED[period];
  const amount = amountOf(digits, factor);
  if (span === undefined || amount <= 0) return undefined;
  return usd ? [['usd', span], amount] : whole(['tokens', span], amount);
}

const BUDGETED: Readonly<Record<string, keyof Budget>> = {
  hour: 'perHour',
  day: 'perDay',
  week: 'perWeek',
  month: 'perMonth',
};

function whole(path: readonly string[], amount: number): Item {
  return Number.isSafeInteger(amount) && amount >= 1 ? [path, amount] : undefined;
}

function amountOf(digits = '', factor = ''): number {
  const amount = Number(digits) * ({ k: 1e3, m: 1e6 }[factor] ?? 1);
  return Math.round(amount * 1e6) / 1e6; // 1.1k is 1100, not 1100.0000000000002.
}

function isPeriod(word: string | undefined): word is Period {
  return PERIODS.some((period) => period === word);
}

function isAscending(shares: readonly number[]): boolean {
  return shares.every((share, index) => index === 0 || share > (shares[index - 1] ?? 0));
}

function isTimeZone(name: string): boolean {
  try {
    Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false; // A RangeError is the only way in which `Intl` says no.
  }
}

/** A union knows what each of its forms has against the value; its writer meant one of them. */
function mistakes({ input, errors }: z.core.$ZodRawIssue, form: string): string {
  const [ofText = [], ofSettings = []] = (errors ?? []) as z.core.$ZodIssue[][];
  const isSettings = typeof input === 'object' && input !== null && !Array.isArray(input);
  const issues = isSettings ? ofSettings : typeof input === 'string' ? ofText : [];
  return issues.map(({ path, message }) => [...path, message].join(': ')).join('; ') || form;
}
