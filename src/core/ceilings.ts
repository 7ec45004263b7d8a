/** What one request may cost and take, at most. */
export interface Ceilings {
  /** US dollars. */
  maxCostUsd?: number | undefined;
  /** From the call to the end of the answer, in milliseconds. */
  maxLatencyMs?: number | undefined;
}

/** Both hold, so the lower does. */
export function lowest(one: Ceilings, other: Ceilings): Ceilings {
  return {
    maxCostUsd: lower(one.maxCostUsd, other.maxCostUsd),
    maxLatencyMs: lower(one.maxLatencyMs, other.maxLatencyMs),
  };
}

function lower(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
