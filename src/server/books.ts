/** The books of a local server, followed from its start to its end. */
import { forgetOld } from '../books/ledger/retention.ts';
import type { Composed } from '../compose.ts';
import { scopesOf, sourcesOf } from '../compose/readings.ts';
import type { Configuration } from '../config/schema.ts';
import type { Log } from '../platform/log.ts';
import { pruneAll } from '../platform/objects/prune.ts';

const HOUR_MS = 3_600_000;
/** Longer than a batch takes; a dead store is not waited for. */
const LAST_WRITE_MS = 5_000;
/** Longer than a healthy store takes. Without it, a spent budget lets through what comes first. */
const FIRST_READING_MS = 3_000;

export interface RunningBooks {
  /** Writes what waits. */
  stop(): Promise<void>;
}

/** Before the router answers: who may ask, and what was spent. A few seconds at most: everything works without a store. */
export async function beginBooks({ accounting, gateway }: Composed): Promise<void> {
  const { books, catchUp, directory } = accounting;
  await directory.begin();
  if (!catchUp) return;
  const nowMs = gateway.clock.now();
  for (const scope of scopesOf(accounting)) books.spending.windows([scope], nowMs); // From now on they are counted.
  await inTime(catchUp.read(), FIRST_READING_MS);
}

/** From when the router answers until it stops. */
export function followBooks(composed: Composed, configuration: Configuration, log: Log): RunningBooks {
  const { catchUp, directory, stores, writer, tracer, alerts, recorder } = composed.accounting;
  const stops = [directory.follow(), alerts.start(sourcesOf(composed, Infinity))];
  if (catchUp) stops.push(catchUp.follow());
  if (stores) stops.push(every(HOUR_MS, () => forget(composed, configuration, log)));
  return {
    async stop() {
      for (const stop of stops) stop();
      await inTime(composed.runs.stop(), LAST_WRITE_MS);
      recorder.settle();
      await Promise.all([writer?.end(LAST_WRITE_MS), tracer?.flush(LAST_WRITE_MS)]);
    },
  };
}

async function forget({ accounting, gateway }: Composed, { store }: Configuration, log: Log): Promise<void> {
  try {
    if (accounting.stores) await forgetOld(accounting.stores.ledger, store.keepDays, gateway.clock.now());
    if (accounting.stores?.objects) await pruneAll(accounting.stores.objects, gateway.clock.now());
  } catch (cause) {
    log.error({ cause: String(cause) }, 'old rows could not be forgotten');
  }
}

/** Resolves when it is done, or when the time is over and it goes on. */
export function inTime(work: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, ms);
    void work.then(() => {
      clearTimeout(late);
      resolve();
    });
  });
}

function every(ms: number, act: () => Promise<void>): () => void {
  const timer = setInterval(() => void act(), ms);
  timer.unref();
  return () => clearInterval(timer);
}
