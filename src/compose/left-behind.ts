/** What clients leave with the router and come back for: responses that run without them, files, batches. */
import type { Batches } from '../batches/batches.ts';
import type { Configuration } from '../config/schema.ts';
import type { GatewayError } from '../core/errors.ts';
import type { ObjectStore } from '../core/objects.ts';
import { answer, type Gateway } from '../gateway/gateway.ts';
import { BackgroundRuns } from '../http/responses/runs.ts';
import type { Log } from '../platform/log.ts';
import type { Accounting } from './accounting.ts';
import { batchesOf } from './batches.ts';

export interface LeftBehind {
  objects: ObjectStore;
  runs: BackgroundRuns;
  batches: Batches;
}

interface Parts {
  objects: ObjectStore;
  accounting: Accounting;
  log: Log;
  onLost: (error: GatewayError, requestId: string) => void;
}

export function leftBehind(configuration: Configuration, gateway: Gateway, parts: Parts): LeftBehind {
  const { objects, accounting, log, onLost } = parts;
  const { clock, timers } = gateway;
  const { keepDays } = configuration.store.objects;
  const archive = { objects, keepDays, clock };
  const runs = new BackgroundRuns({ archive, answer: (inbound) => answer(gateway, inbound), timers, onLost });
  const limits = configuration.server;
  const batches = batchesOf(configuration.batches, { gateway, objects, accounting, limits, keepDays, log });
  return { objects, runs, batches };
}
