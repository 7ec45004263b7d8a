import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ProcessReading } from '../books/metrics/sources.ts';

const NANOS_PER_MS = 1e6;
const MICROS_PER_SECOND = 1e6;

/** How the process is; its event loop is watched from now on. */
export function processReading(startedAtMs: number): () => ProcessReading {
  const lag = monitorEventLoopDelay({ resolution: 20 });
  lag.enable();
  return () => {
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    const eventLoopLagP99Ms = lag.percentile(99) / NANOS_PER_MS;
    lag.reset();
    return {
      cpuSeconds: (user + system) / MICROS_PER_SECOND,
      residentBytes: rss,
      startedAtMs,
      heapUsedBytes: heapUsed,
      eventLoopLagP99Ms,
    };
  };
}
