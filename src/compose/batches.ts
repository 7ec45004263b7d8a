/** Files and batches: what they need of everything else. */
import { BATCH_RULES } from '../batches/terms.ts';
import { Batches } from '../batches/batches.ts';
import type { LiveDirectory } from '../books/tenants/live-directory.ts';
import type { BatchesSettings } from '../config/batches.ts';
import { ANYONE, type Caller } from '../core/caller.ts';
import type { KeepDays, ObjectStore } from '../core/objects.ts';
import { CHAT } from '../doors/chat/door.ts';
import { COMPLETIONS } from '../doors/completions/door.ts';
import type { Door } from '../doors/door.ts';
import { RESPONSES } from '../doors/responses/door.ts';
import type { BodyLimits } from '../doors/json.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Log } from '../platform/log.ts';
import type { Accounting } from './accounting.ts';

export interface BatchParts {
  gateway: Gateway;
  objects: ObjectStore;
  accounting: Pick<Accounting, 'directory' | 'recorder' | 'writer'>;
  limits: BodyLimits;
  keepDays: KeepDays;
  log: Log;
}

/** Where lines may come in, by their URL. */
const DOORS: ReadonlyMap<string, Door> = new Map<string, Door>([
  ['/v1/chat/completions', CHAT],
  ['/v1/responses', RESPONSES],
  ['/v1/completions', COMPLETIONS],
]);
const DAY_MS = 86_400_000;
/** The rows of a part of a batch, and others' that wait. */
const LONGEST_WRITE_MS = 10_000;

export function batchesOf(settings: BatchesSettings, parts: BatchParts): Batches {
  const { gateway, objects, accounting, limits, keepDays, log } = parts;
  const { directory, recorder, writer } = accounting;
  const { pollSeconds, run: runs, ...bounds } = settings;
  const keepMs = Math.min(keepDays.files, keepDays.batches) * DAY_MS;
  const { clock, timers, newId } = gateway;
  return new Batches({
    store: objects,
    gateway,
    doors: DOORS,
    limits,
    callerOf: (caller) => callerNow(directory, caller, clock.now()),
    async booked() {
      recorder.settle();
      return (await writer?.flush(LONGEST_WRITE_MS)) ?? true;
    },
    clock,
    timers,
    newId,
    onTrouble: (batch, cause) =>
      log.error({ batch, cause: cause instanceof Error ? cause.stack : String(cause) }, 'a batch cannot go on'),
    rules: { ...BATCH_RULES, ...bounds, pollMs: pollSeconds * 1_000, runs, keepMs },
  });
}

/** The key may be revoked, or others may have been made since; without any nobody needed one. */
function callerNow(live: LiveDirectory, { id }: Caller, nowMs: number): Caller | undefined {
  if (live.isOpen) return ANYONE;
  const { directory } = live;
  for (const { hash } of directory.keys.get(id)?.secrets ?? []) {
    const known = directory.find(hash);
    if (known && known.revokedAtMs === undefined && (known.expiresAtMs ?? Infinity) > nowMs) return known.caller;
  }
  return undefined;
}
