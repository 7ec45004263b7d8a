/** Numbers and states as people read them. Units are always said. */
const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export function count(value: number): string {
  return Math.abs(value) < 100_000 ? WHOLE.format(value) : SHORT.format(value);
}

/** Small amounts keep two digits that say something: a request costs a fraction of a cent. */
export function usd(value: number | null | undefined): string {
  if (value === null || value === undefined) return 'unknown';
  if (value === 0) return '$0';
  const size = Math.abs(value);
  if (size >= 100_000) return `$${SHORT.format(value)}`;
  if (size >= 1) return `$${value.toFixed(2)}`;
  return `$${value.toFixed(Math.min(9, 1 - Math.floor(Math.log10(size)))).replace(/(\.\d\d\d*?)0+$/, '$1')}`;
}

export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '–';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 48 * 3_600_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} days`;
}

export function ago(at: string | number | undefined, nowMs: number): string {
  if (at === undefined) return 'never';
  const ms = nowMs - new Date(at).getTime();
  return ms < 1_000 ? 'now' : `${duration(ms)} ago`;
}

export function percent(share: number, digits = 0): string {
  if (!Number.isFinite(share)) return '–';
  const text = (share * 100).toFixed(digits);
  const isRoundedUp = Number(text) === 100 && share < 1;
  return isRoundedUp ? `${(99.9).toFixed(Math.max(1, digits))} %` : `${text} %`; // 1 failure in 5,000 is not all well.
}

export function plural(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)} ${amount === 1 ? one : many}`;
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const MINUTE = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const WHEN = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** In the reader's time zone, but days, which the ledger counts in UTC. */
export const clock = (at: string | number): string => CLOCK.format(new Date(at));
export const minute = (at: string | number): string => MINUTE.format(new Date(at));
export const day = (at: string | number): string => DAY.format(new Date(at));
export const when = (at: string | number): string => WHEN.format(new Date(at));

/** `provider_rate_limited` is “provider rate limited”. */
export const words = (name: string): string =>
  name
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();

const OBSTACLES: Readonly<Record<string, string>> = {
  circuit_open: 'it failed of late; it is tried again by itself',
  parked: 'parked',
  limited: 'no room',
  cooling: 'left alone after a refusal',
};

/** Why a deployment is passed over, in words: `limited:requests`. */
export function obstacle(code: string): string {
  const [kind = '', detail] = code.split(':');
  const known = OBSTACLES[kind] ?? words(kind);
  return detail === undefined ? known : `${known}: ${words(detail)}`;
}

/** How a pool is put in order. */
export function orderOf(strategy: string): string {
  return strategy === 'order' ? 'as it is written' : words(strategy);
}
