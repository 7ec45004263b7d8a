import type { Reliability } from '../config/reliability.ts';
import type { Clock, Timers } from '../core/ports.ts';
import type { Provider } from '../core/provider.ts';
import { Limiters } from '../limits/limiters.ts';
import { opossumFuse } from '../platform/opossum-circuit.ts';
import { type Alert, Dispatcher } from '../resilience/dispatcher.ts';

interface DispatchPorts {
  clock: Clock;
  timers: Timers;
  random: () => number;
  onAlert: (alert: Alert) => void;
}

/** Circuits and limits are built on first use, because Workers forbid the clock before. */
export function dispatcherOf(
  reliability: Reliability,
  byName: ReadonlyMap<string, Provider>,
  ports: DispatchPorts,
): { dispatcher: Dispatcher; limiters: Limiters } {
  const { probeMs, maxProbeMs, retryBudget, firstTokenMs, maxFirstTokenMs, reasoningFirstTokenMs } = reliability;
  const { clock, random } = ports;
  const limiters = new Limiters({ timeZoneOf: (dialect) => byName.get(dialect)?.quotaTimeZone });
  const dispatcher = new Dispatcher(
    {
      ...ports,
      fuse: () => opossumFuse(clock, random, reliability.circuit),
      limits: (deployment) => limiters.of(deployment, clock.now()),
    },
    {
      parking: { probeMs, maxProbeMs },
      retryBudget,
      firstToken: { floorMs: firstTokenMs, capMs: maxFirstTokenMs, reasoningFloorMs: reasoningFirstTokenMs },
      emergency: reliability.emergency,
      queue: reliability.queue,
    },
  );
  return { dispatcher, limiters };
}
