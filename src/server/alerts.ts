/** `signalbox alerts test`: one message to every receiver of the configuration. */
import { testReceivers } from '../books/alerts/alerts.ts';
import { receiverOf } from '../books/alerts/receivers.ts';
import { machineTimers } from '../platform/machine-timers.ts';
import { http1Transport } from '../platform/http1/transport.ts';
import type { Loaded } from './configuration.ts';

/** The exit code is 1 where one was not reached. */
export async function testAlerts({ configuration, source }: Loaded, print: (line: string) => void): Promise<number> {
  const { receivers, source: name } = configuration.alerts;
  if (receivers.length === 0) {
    print(`${source}: alerts.receivers: there are none; see docs/alerts.md`);
    return 1;
  }
  const transport = http1Transport();
  try {
    const clock = { now: () => Date.now() };
    const results = await testReceivers(receivers.map(receiverOf), name, { transport, timers: machineTimers, clock });
    for (const { receiver, type, ok, why } of results)
      print(`${receiver} (${type}): ${ok ? 'told' : `failed: ${why}`}`);
    return results.every(({ ok }) => ok) ? 0 : 1;
  } finally {
    await transport.close();
  }
}
