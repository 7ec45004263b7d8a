import type { DeclaredLimits, LimitName } from '../core/limits.ts';
import { CalendarQuota, type Period } from './calendar.ts';

/** What the operator allows in a calendar's day, week or month. */
export interface Quota {
  name: LimitName;
  field: keyof DeclaredLimits;
  dimension: 'requests' | 'tokens';
  quota: CalendarQuota;
}

const QUOTAS: readonly (readonly [keyof DeclaredLimits, 'requests' | 'tokens', Period])[] = [
  ['requestsPerDay', 'requests', 'day'],
  ['requestsPerWeek', 'requests', 'week'],
  ['requestsPerMonth', 'requests', 'month'],
  ['tokensPerDay', 'tokens', 'day'],
  ['tokensPerWeek', 'tokens', 'week'],
  ['tokensPerMonth', 'tokens', 'month'],
];

export function quotasOf(declared: DeclaredLimits, timeZone: string | undefined): Quota[] {
  return QUOTAS.flatMap(([field, dimension, period]) => {
    const limit = declared[field];
    if (limit === undefined) return [];
    return {
      field,
      name: `${dimension}_per_${period}`,
      dimension,
      quota: new CalendarQuota({ limit, period, timeZone }),
    };
  });
}
