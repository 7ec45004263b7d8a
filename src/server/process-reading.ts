import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ProcessReading } from '../books/metrics/sources.ts';

const NANOS_PER_MS = 1e6;
const MICROS_PER_SECOND = 1e6;
/** A timer that wakes the process as often as this looks how late it is. Milliseconds. */
const EVERY_MS = 100;

/** How the process is. Its event loop is watched from the first reading on: where nobody asks, nothing wakes it. */
export function processReading(startedAtMs: number): () => ProcessReading {
  const fires = monitorEventLoopDelay({ resolution: EVERY_MS });
  return () => {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    const apartMs = fires.count === 0 ? EVERY_MS : fires.percentile(99) / NANOS_PER_MS;
    fires.reset();
    fires.enable();
    return {
      cpuSeconds: (user + system) / MICROS_PER_SECOND,
      residentBytes: rss,
      startedAtMs,
      heapUsedBytes: heapUsed,
      eventLoopLagP99Ms: Math.max(0, apartMs - EVERY_MS), // It tells how far apart they were, not how late.
    };
  };
}
