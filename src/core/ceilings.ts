/** What one request may cost and take, at most. */
export interface Ceilings {
  /** US dollars. */
  maxCostUsd?: number | undefined;
  /** From the call to the end of the answer, in milliseconds. */
  maxLatencyMs?: number | undefined;
}

/** Both hold, so the lower does. */
export function lowest(...ceilings: readonly Ceilings[]): Ceilings {
  const least = (values: readonly (number | undefined)[]) => {
    const given = values.filter((value) => value !== undefined);
    return given.length > 0 ? Math.min(...given) : undefined;
  };
  return {
    maxCostUsd: least(ceilings.map(({ maxCostUsd }) => maxCostUsd)),
    maxLatencyMs: least(ceilings.map(({ maxLatencyMs }) => maxLatencyMs)),
  };
}
