/** What a key or a tenant may do, as a form has it, as the API takes it, and in one line. */
import type { Key, Tenant } from '../types.ts';
import { words } from '../words.ts';

export const TERMS = ['models', 'routes', 'doors', 'tags', 'limits', 'budgets', 'maxCostUsd', 'maxLatencyMs'] as const;
export type TermName = (typeof TERMS)[number];
export type Written = Readonly<Record<TermName, string>>;

const LISTS: readonly TermName[] = ['models', 'routes', 'doors', 'tags'];
const NUMBERS: readonly TermName[] = ['maxCostUsd', 'maxLatencyMs'];

export const HINTS: Readonly<Record<TermName, string>> = {
  models: 'Names with commas; * stands for any text; empty: all',
  routes: 'auto, fast; empty: all, or none if models are named',
  doors: 'chat; empty: all',
  tags: 'For the statements: team-a, batch',
  limits: '60 requests/minute, 200k tokens/day, 4 at once',
  budgets: '$10/day, $200/month, $1000 total, 5M tokens/week',
  maxCostUsd: 'US dollars for one request',
  maxLatencyMs: 'Milliseconds one answer may take',
};

export function writtenOf(share: Pick<Key, TermName> | undefined): Written {
  const entries = TERMS.map((name) => [name, textOf(share?.[name])]);
  return Object.fromEntries(entries) as Written; // One for each of TERMS.
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Of an empty field `none`: undefined says nothing of it, null takes it away. */
export function termsOf(written: Written, none: undefined | null): Record<string, unknown> {
  return Object.fromEntries(TERMS.map((name) => [name, valueOf(name, written[name].trim()) ?? none]));
}

function valueOf(name: TermName, text: string): unknown {
  if (text === '') return undefined;
  if (LISTS.includes(name))
    return text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
  if (NUMBERS.includes(name)) return Number(text);
  return text.startsWith('{') ? settingsIn(text) : text;
}

/** What is no JSON goes as it is: the API says what is wrong with it. */
function settingsIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** In one line, for the table. */
export function allowance(share: Pick<Key | Tenant, TermName>): string {
  const { limits = {}, budgets = {}, maxCostUsd, maxLatencyMs } = share;
  const lists = LISTS.map((name) => [name, textOf(share[name])] as const).filter(([, text]) => text !== '');
  const said = [
    ...lists.map(([name, text]) => `${name}: ${text}`),
    ...Object.entries(limits).map(limitOf),
    ...Object.entries(budgets).flatMap(([measure, budget]) => budgetsOf(measure, budget)),
    ...(maxCostUsd === undefined ? [] : [`at most $${maxCostUsd} a request`]),
    ...(maxLatencyMs === undefined ? [] : [`at most ${maxLatencyMs} ms an answer`]),
  ];
  return said.join('; ') || 'everything that stands above it allows';
}

/** `requestsPerMinute: 60` is “60 requests a minute”. */
function limitOf([name, value]: [string, number | string]): string {
  const [measure = name, period] = name.split('Per');
  if (name === 'concurrency') return `${value} at once`;
  return period === undefined ? `${words(name)} ${value}` : `${value} ${words(measure)} a ${period.toLowerCase()}`;
}

function budgetsOf(measure: string, budget: unknown): string[] {
  if (typeof budget !== 'object' || budget === null || Array.isArray(budget)) return [];
  return Object.entries(budget).map(([span, amount]) => {
    const much = measure === 'usd' ? `$${amount}` : `${amount} ${measure}`;
    return `${much} ${span === 'total' ? 'in all' : `a ${span.slice(3).toLowerCase()}`}`;
  });
}
