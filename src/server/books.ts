/** The books of a local server, followed from its start to its end. */
import { forgetOld } from '../books/ledger/retention.ts';
import type { Composed } from '../compose.ts';
import { readBack } from '../compose/read-back.ts';
import { sourcesOf } from '../compose/readings.ts';
import type { Configuration } from '../config/schema.ts';
import type { Log } from '../platform/log.ts';

const HOUR_MS = 3_600_000;
/** Longer than a batch takes; a dead store is not waited for. */
const LAST_WRITE_MS = 5_000;

export interface RunningBooks {
  /** Writes what waits. */
  stop(): Promise<void>;
}

/** From when the router answers until it stops. */
export function followBooks(
  composed: Composed,
  configuration: Configuration,
  { log, startedAtMs }: { log: Log; startedAtMs: number },
): RunningBooks {
  const { directory, stores, writer, tracer, alerts } = composed.accounting;
  if (stores)
    void readBack(composed, startedAtMs).catch((cause: unknown) =>
      log.error({ cause: String(cause) }, 'what was spent before could not be read'),
    );
  const stops = [directory.follow(), alerts.start(sourcesOf(composed))];
  if (stores) stops.push(every(HOUR_MS, () => forget(composed, configuration, log)));
  return {
    async stop() {
      for (const stop of stops) stop();
      await Promise.all([writer?.flush(LAST_WRITE_MS), tracer?.flush(LAST_WRITE_MS)]);
    },
  };
}

async function forget({ accounting, gateway }: Composed, { store }: Configuration, log: Log): Promise<void> {
  try {
    if (accounting.stores) await forgetOld(accounting.stores.ledger, store.keepDays, gateway.clock.now());
  } catch (cause) {
    log.error({ cause: String(cause) }, 'old rows could not be forgotten');
  }
}

function every(ms: number, act: () => Promise<void>): () => void {
  const timer = setInterval(() => void act(), ms);
  timer.unref();
  return () => clearInterval(timer);
}
