/**
 * What was spent in a window before it was counted here: at the start, and where a limit or a budget is declared later.
 * It is read from the ledger, again and again until that answers. Until then a window counts from zero, so that no
 * request waits for a store.
 */
import type { Clock, Timers } from '../../core/ports.ts';
import type { SpentRow } from './claim.ts';
import type { Measure } from './declared.ts';

/** A window that is counted from now on. */
export interface Counting {
  window: SpentRow;
  measure: Measure;
  sinceMs: number;
}

export interface CatchUpPorts {
  clock: Clock;
  timers: Timers;
  /** 0 to 1. */
  random: () => number;
  /** What was used in these windows before. Rejects where the store does. */
  read: (windows: readonly SpentRow[], untilMs: number) => Promise<SpentRow[]>;
  restore: (rows: readonly SpentRow[], nowMs: number) => void;
  /** Once when it begins to fail, with the reason; once when all is read, without. */
  onTrouble: (cause: unknown) => void;
}

/** Windows so close together are read at once, as of the first: what they share was declared in one change. */
const TOGETHER_MS = 5_000;
/**
 * When those of a running server are read: what waits to be written, and what was running, is in the ledger only later.
 * At the start nothing was.
 */
const READ_AFTER_MS = [0, 3_000, 60_000, 900_000];
const ONCE = READ_AFTER_MS.slice(0, 1);
const RETRY = { firstMs: 1_000, mostMs: 60_000 };

interface Batch {
  sinceMs: number;
  windows: Map<string, { window: SpentRow; measures: Set<Measure> }>;
  readAfterMs: readonly number[];
  /** How often it was read; only before the first time others join it. */
  readings: number;
  isBeingRead: boolean;
}

export class CatchUp {
  readonly #ports: CatchUpPorts;
  #batches: Batch[] = [];
  /** In a row. */
  #failed = 0;
  #running: Promise<void> | undefined;
  #callOff: (() => void) | undefined;
  #isFollowing = false;

  constructor(ports: CatchUpPorts) {
    this.#ports = ports;
  }

  /** Something is counted from zero, because what was spent before could not be read. */
  get isBehind(): boolean {
    return this.#failed > 0 && this.#batches.some(({ readings }) => readings === 0);
  }

  note({ window, measure, sinceMs }: Counting): void {
    const last = this.#batches.at(-1);
    const isOpen = last && last.readings === 0 && !last.isBeingRead && sinceMs - last.sinceMs < TOGETHER_MS;
    const batch = isOpen ? last : this.#opened(sinceMs);
    const { kind, name, span, timeZone = '' } = window;
    const id = `${kind} ${span} ${timeZone} ${name}`;
    // What was read of it for an earlier count says less than is read for this one.
    for (const { windows } of this.#batches) windows.get(id)?.measures.delete(measure);
    const known = batch.windows.get(id);
    if (known) known.measures.add(measure);
    else batch.windows.set(id, { window, measures: new Set([measure]) });
    this.#schedule();
  }

  /** Reads what is due. Never rejects. */
  read(): Promise<void> {
    this.#running ??= this.#readDue().finally(() => {
      this.#running = undefined;
      this.#schedule();
    });
    return this.#running;
  }

  /** For a server: reads by itself from now on. Returns how to stop it. */
  follow(): () => void {
    this.#isFollowing = true;
    this.#schedule();
    return () => {
      this.#isFollowing = false;
      this.#callOff?.();
    };
  }

  #opened(sinceMs: number): Batch {
    const readAfterMs = this.#isFollowing ? READ_AFTER_MS : ONCE;
    const batch: Batch = { sinceMs, windows: new Map(), readAfterMs, readings: 0, isBeingRead: false };
    this.#batches.push(batch);
    return batch;
  }

  #schedule(): void {
    if (!this.#isFollowing || this.#running || this.#batches.length === 0) return;
    const nowMs = this.#ports.clock.now();
    const waitMs = this.#failed > 0 ? this.#retryMs() : Math.min(...this.#batches.map((each) => dueAt(each) - nowMs));
    this.#callOff?.();
    this.#callOff = this.#ports.timers.after(Math.max(0, waitMs), () => void this.read());
  }

  #retryMs(): number {
    const { firstMs, mostMs } = RETRY;
    return Math.min(firstMs * 2 ** (this.#failed - 1), mostMs) * (0.5 + this.#ports.random() / 2);
  }

  async #readDue(): Promise<void> {
    const nowMs = this.#ports.clock.now();
    for (const batch of this.#batches.filter((each) => dueAt(each) <= nowMs)) {
      try {
        await this.#readOne(batch);
      } catch (cause) {
        if (this.#failed++ === 0) this.#ports.onTrouble(cause);
        return;
      }
    }
    if (this.#failed > 0) this.#ports.onTrouble(undefined);
    this.#failed = 0;
  }

  async #readOne(batch: Batch): Promise<void> {
    const { clock, read, restore } = this.#ports;
    batch.isBeingRead = true;
    const windows = [...batch.windows.values()].flatMap(({ window, measures }) => (measures.size > 0 ? window : []));
    const rows = await read(windows, batch.sinceMs);
    restore(
      rows.map((row) => ({ ...row, used: usedOf(row, batch) })),
      clock.now(),
    );
    batch.readings++;
    if (batch.readings === batch.readAfterMs.length) this.#batches = this.#batches.filter((each) => each !== batch);
  }
}

function dueAt({ sinceMs, readAfterMs, readings }: Batch): number {
  return sinceMs + (readAfterMs[readings] ?? 0);
}

/** Others of the same window have been counted for longer, and have it already. */
function usedOf({ kind, name, span, timeZone = '', used }: SpentRow, { windows }: Batch): SpentRow['used'] {
  const measures = windows.get(`${kind} ${span} ${timeZone} ${name}`)?.measures ?? new Set();
  return Object.fromEntries(Object.entries(used).filter(([measure]) => measures.has(measure as Measure)));
}
