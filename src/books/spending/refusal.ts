/** A refusal in words: whose limit, how much of it is used, and when to come back. */
import { GatewayError } from '../../core/errors.ts';
import { type Account, shown } from './account.ts';
import type { Amounts } from './amounts.ts';
import type { Refusal } from './claim.ts';
import type { Measure } from './declared.ts';
import type { Meter } from './meter.ts';
import type { Moment } from './moment.ts';

/** The limit or budget that has no room for the longest time. */
export function firstRefusal(accounts: readonly Account[], amounts: Amounts, moment: Moment): Refusal | undefined {
  let longestMs = 0;
  let whose: Account | undefined;
  let which: Meter | undefined;
  for (const account of accounts) {
    for (const meter of account.meters) {
      const waitMs = meter.waitMs(amounts[meter.rule.index] ?? 0, moment);
      if (waitMs <= longestMs) continue;
      longestMs = waitMs;
      whose = account;
      which = meter;
    }
  }
  if (!whose || !which) return undefined;
  return {
    ...described(whose, which, moment),
    asked: shown(which.rule.measure, amounts[which.rule.index] ?? 0),
    retryAfterMs: longestMs,
  };
}

/** Where somebody has a budget in dollars. */
export function unknownPrice(accounts: readonly Account[], moment: Moment): Refusal | undefined {
  for (const account of accounts) {
    const meter = account.meters.find(({ rule }) => rule.measure === 'usd');
    if (meter) return { ...described(account, meter, moment), why: 'unknown_price', asked: 0, retryAfterMs: Infinity };
  }
  return undefined;
}

function described({ kind, name }: Account, meter: Meter, moment: Moment): Omit<Refusal, 'asked' | 'retryAfterMs'> {
  const { measure, span, limit, isBudget } = meter.rule;
  const used = meter.used(moment);
  const why = isBudget ? 'budget' : 'limit';
  return { why, kind, name, measure, span, limit: shown(measure, limit), used: shown(measure, used) };
}

/** The cause is the refusal itself, for the log. */
export function refused(refusal: Refusal, nowMs: number): GatewayError {
  const { why, retryAfterMs } = refusal;
  return new GatewayError(why === 'limit' ? 'limited' : 'budget', sentence(refusal, nowMs), {
    retryAfterMs,
    cause: refusal,
  });
}

/** Somebody cheaper may be asked. */
export function isOfMoney(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.kind === 'budget' && (error.cause as Refusal).measure === 'usd';
}

export function sentence(refusal: Refusal, nowMs: number): string {
  const { why, kind, name, measure, span, limit, used, asked, retryAfterMs } = refusal;
  const whose = `${kind} '${name}'`;
  if (why === 'unknown_price') {
    return `The price of this request is unknown, and ${whose} has a budget in dollars: ask for a model that has a price`;
  }
  const what = why === 'budget' ? 'budget' : 'limit';
  const declared = `The ${what} of ${whose} is ${amount(measure, limit)}${unit(measure, limit)}${WHEN[span ?? 'now']}`;
  const needs = `this request may need ${amount(measure, asked)}`;
  if (asked > limit) return `${declared}, and ${needs}: ${SMALLER[measure]}`;
  if (measure === 'concurrency') return `${declared}, and as many are running; ${comesBack(retryAfterMs, nowMs)}`;
  return `${declared}: used or reserved ${amount(measure, used)}, and ${needs}; ${comesBack(retryAfterMs, nowMs)}`;
}

const WHEN = {
  now: ' at the same time',
  second: ' a second',
  minute: ' a minute',
  hour: ' an hour',
  day: ' a day',
  week: ' a week',
  month: ' a month',
  total: ' in all',
};

const UNITS: Record<Measure | 'concurrency', string> = {
  requests: ' requests',
  tokens: ' tokens',
  inputTokens: ' input tokens',
  outputTokens: ' output tokens',
  usd: '',
  concurrency: ' requests',
};

function unit(measure: Measure | 'concurrency', limit: number): string {
  return limit === 1 ? UNITS[measure].replace(/s$/, '') : UNITS[measure];
}

const SEND_LESS = 'send less, or set a lower max_tokens';
const SMALLER: Record<Measure | 'concurrency', string> = {
  requests: SEND_LESS,
  tokens: SEND_LESS,
  inputTokens: 'send less',
  outputTokens: 'set a lower max_tokens',
  usd: `${SEND_LESS}, or ask for a cheaper model`,
  concurrency: SEND_LESS,
};

/** `12.50`, `0.0035`, and never `1.2e-7`. */
function amount(measure: Measure | 'concurrency', value: number): string {
  if (measure !== 'usd') return String(value);
  const [whole = '0', cents = ''] = value.toFixed(6).split('.');
  return `$${whole}.${cents.replace(/0{1,4}$/, '')}`;
}

/** In a minute and more the time of day says it better. */
function comesBack(retryAfterMs: number, nowMs: number): string {
  if (retryAfterMs === Infinity) return 'nothing of it comes back';
  if (retryAfterMs < 60_000) return `there is room in ${Math.max(1, Math.ceil(retryAfterMs / 1_000))} s`;
  return `there is room at ${new Date(Math.ceil((nowMs + retryAfterMs) / 1_000) * 1_000).toISOString().replace('.000', '')}`;
}
