import type { LimitName } from '../core/limits.ts';

/** What one account allows one family of models in one region, as far as we know. */
export interface Standing {
  /** `account|region|family`, and the deployment where it has limits of its own. */
  resource: string;
  /** Of the scarcest limit, 0 to 1. */
  room: number;
  /** Calls that are not over. */
  running: number;
  limits: readonly LimitStanding[];
  /** Left alone after a refusal, and for how long. */
  cooling: readonly { limit: LimitName; forMs: number }[];
}

/** `left` is of what may go at once, where the limit is per minute: buckets hold a share of a minute. */
export interface LimitStanding {
  limit: LimitName;
  per: 'minute' | 'day' | 'week' | 'month' | undefined;
  allowed: number;
  left: number;
}
