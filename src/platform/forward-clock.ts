import type { Clock } from '../core/ports.ts';

/** While the machine's clock is behind what has been said, time goes so much slower, until it has been caught up with. */
const SLOWED = 0.9;

/**
 * The time, which never goes back. Whoever sets the machine's clock back by an hour would otherwise stop every refill,
 * and lengthen every rest, by an hour. What is set forward is followed at once. `wall` is the machine's own clock in
 * milliseconds since 1970, `steady` one that nobody sets.
 */
export function forwardClock(wall: () => number, steady: () => number): Clock {
  let last = -Infinity;
  let stepped: { fromMs: number; steadyMs: number } | undefined;
  const now = () => {
    const wallMs = wall();
    if (wallMs < last) stepped ??= { fromMs: last, steadyMs: steady() };
    if (stepped) last = Math.floor(stepped.fromMs + (steady() - stepped.steadyMs) * SLOWED);
    if (wallMs < last) return last;
    stepped = undefined;
    last = wallMs;
    return last;
  };
  return { now, wall };
}
