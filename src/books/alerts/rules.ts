/** What an operator is told of, as data. `docs/alerts.md` explains each. */
export type Severity = 'warning' | 'critical';

export const RULE_NAMES = [
  'provider_limit',
  'quota',
  'budget',
  'daily_spend',
  'error_share',
  'throttle_share',
  'parked',
  'circuit_open',
  'emergency',
  'unknown_price',
  'ledger_drops',
] as const;

export type RuleName = (typeof RULE_NAMES)[number];

export interface Rule {
  title: string;
  /** It must hold for so long before anybody is told: what passes by itself is no news. */
  forMs: number;
  /** It must be gone for so long before it is resolved: what comes and goes is one alert. */
  clearMs: number;
}

const MINUTE_MS = 60_000;

export const RULES: Record<RuleName, Rule> = {
  provider_limit: { title: "Provider's limit nearly used", forMs: MINUTE_MS, clearMs: 5 * MINUTE_MS },
  quota: { title: 'Limit nearly used', forMs: 0, clearMs: MINUTE_MS },
  budget: { title: 'Budget nearly spent', forMs: 0, clearMs: MINUTE_MS },
  daily_spend: { title: 'Spending of the day', forMs: 0, clearMs: MINUTE_MS },
  error_share: { title: 'Errors', forMs: 0, clearMs: 5 * MINUTE_MS },
  throttle_share: { title: 'Throttled by the provider', forMs: 0, clearMs: 5 * MINUTE_MS },
  parked: { title: 'Out of use until mended', forMs: 0, clearMs: 0 },
  circuit_open: { title: 'Circuit open', forMs: 30_000, clearMs: 2 * MINUTE_MS },
  emergency: { title: 'Emergency: too few providers answer', forMs: 0, clearMs: MINUTE_MS },
  unknown_price: { title: 'Unknown price', forMs: 0, clearMs: 5 * MINUTE_MS },
  ledger_drops: { title: 'The ledger loses rows', forMs: 0, clearMs: 5 * MINUTE_MS },
};

/** Something that is so now. */
export interface Condition {
  rule: RuleName;
  /** Of what or whom; with the rule it names the alert. */
  subject: string;
  severity: Severity;
  /** 1 is the lowest; a higher one is told at once. */
  level: number;
  /** A sentence for people. */
  summary: string;
}

export interface AlertSettings {
  /** Of limits, quotas, budgets and the day's spending; ascending. The last one is critical. */
  thresholdsPercent: readonly number[];
  /** US dollars for everybody together, from midnight to midnight UTC. */
  dailySpendUsd: number | undefined;
  errorPercent: readonly number[];
  throttlePercent: readonly number[];
  /** How far shares look back, and how many calls they need. */
  windowMs: number;
  minimumCalls: number;
  off: readonly RuleName[];
  /** What still fires is told again after this, then after twice as long, up to the longest. */
  repeatMs: number;
  maxRepeatMs: number;
  /** What happens to one rule in this time is one message. */
  groupMs: number;
}
