import type { Configuration } from '../config/schema.ts';
import type { Gateway, ModelRules } from '../gateway/gateway.ts';

/** Made once for every name of the configuration; other names go by the defaults. */
export function rulesOf({ reliability, models: declared }: Configuration): Gateway['rulesOf'] {
  const { deadlineMs, maxCalls, maxCostUsd, hedge, queue } = reliability;
  const usual: ModelRules = {
    deadlineMs,
    maxCalls,
    maxCostUsd,
    hedge,
    maxWaitMs: queue.maxWaitMs,
    balance: 'ordered',
    onContext: 'fail',
    onRefusal: 'return',
  };
  const rules = new Map(
    Object.entries(declared).map(([name, model]) => [
      name,
      {
        ...usual,
        balance: model.balance,
        onContext: model.onContext,
        onRefusal: model.onRefusal,
        maxCalls: model.maxCalls ?? maxCalls,
        hedge: model.hedge ?? hedge,
      },
    ]),
  );
  return (name) => rules.get(name) ?? usual;
}
