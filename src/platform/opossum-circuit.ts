import { EventEmitter } from 'node:events';
import CircuitBreaker from 'opossum';
import { GatewayError } from '../core/errors.ts';
import type { Circuit, Clock } from '../core/ports.ts';

export interface CircuitOptions {
  /** Share of failures, in percent, that opens the circuit... */
  failurePercent: number;
  /** ...once the window holds this many calls. */
  minimumCalls: number;
  windowMs: number;
  /** How long it stays open before one call is let through to try. */
  openMs: number;
}

const BUCKETS = 10;
/** Longest delay `setTimeout` takes; opossum's own reset timer must never be the one to act. */
const NEVER_MS = 2 ** 31 - 1;

/**
 * opossum, moved by calls instead of by timers.
 *
 * Workers cancel a request's timers when the request ends, so opossum left to itself never rotates its window there
 * and never half-opens (seen on workerd 1.20261117 with opossum 10). Before each call we therefore rotate the buckets
 * that are due, and rebuild the breaker half-open once `openMs` has passed. Node takes the same path: one behaviour.
 */
export function opossumCircuit(clock: Clock, options: CircuitOptions): Circuit {
  const ticker = new EventEmitter();
  let rotatedAt = clock.now();
  let openedAt = 0;
  let breaker = build('closed');

  function build(state: 'closed' | 'half_open') {
    const built = new CircuitBreaker((attempt: () => Promise<unknown>) => attempt(), {
      timeout: false,
      resetTimeout: NEVER_MS,
      errorThresholdPercentage: options.failurePercent,
      volumeThreshold: options.minimumCalls,
      rollingCountTimeout: options.windowMs,
      rollingCountBuckets: BUCKETS,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      rotateBucketController: ticker,
      errorFilter: (cause) => cause instanceof GatewayError && !cause.rule.trips,
      ...(state === 'half_open' && { state: { closed: false, halfOpen: true } }),
    } as CircuitBreaker.Options);
    built.on('open', () => {
      openedAt = clock.now();
    });
    return built;
  }

  function catchUp(): void {
    const now = clock.now();
    const due = Math.floor((now - rotatedAt) / (options.windowMs / BUCKETS));
    for (let tick = 0; tick < Math.min(due, BUCKETS); tick++) ticker.emit('rotate');
    if (due > 0) rotatedAt = now;
    if (breaker.opened && now - openedAt >= options.openMs) {
      breaker.shutdown();
      ticker.removeAllListeners();
      breaker = build('half_open');
    }
  }

  return {
    get state() {
      if (breaker.halfOpen) return 'half_open';
      return breaker.opened ? 'open' : 'closed';
    },
    async run<T>(attempt: () => Promise<T>): Promise<T> {
      catchUp();
      try {
        return (await breaker.fire(attempt)) as T;
      } catch (cause) {
        // opossum refuses while open, and all but one call while half-open.
        if (!CircuitBreaker.isOurError(cause as Error)) throw cause;
        const retryAfterMs = Math.max(openedAt + options.openMs - clock.now(), 0);
        throw new GatewayError('circuit_open', 'The circuit of this deployment is open', { retryAfterMs });
      }
    },
  };
}
