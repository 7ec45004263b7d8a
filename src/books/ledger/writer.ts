/**
 * Writes the ledger behind the requests: batched, bounded, and never in anybody's way. What does not fit is dropped and
 * counted. It sets a timer only while something waits, and none before the first row.
 */
import type { LedgerStore } from '../../core/ledger.ts';
import { mapped } from '../../core/lists.ts';
import type { Timers } from '../../core/ports.ts';
import type { LedgerEntry } from './rows.ts';

export interface WriterRules {
  /** Waiting and on their way, requests and attempts together. */
  maxRows: number;
  maxBatchRows: number;
  /** The longest that a row waits for company. */
  everyMs: number;
  /** After a failure; doubled by each. */
  retryMs: number;
  maxRetryMs: number;
}

export const WRITER_RULES: WriterRules = {
  maxRows: 10_000,
  maxBatchRows: 1_000,
  everyMs: 1_000,
  retryMs: 1_000,
  maxRetryMs: 30_000,
};

/** `full`: too many waited. `rejected`: the store is well and will not have this row. */
export type DropReason = 'full' | 'rejected';

export interface WriterState {
  waiting: number;
  written: number;
  dropped: Readonly<Record<DropReason, number>>;
  failures: number;
}

export interface WriterPorts {
  store: Pick<LedgerStore, 'ready' | 'ping' | 'write'>;
  timers: Timers;
  /** 0 to 1. */
  random: () => number;
  /** Once when it begins to fail, with the reason; once when it is well again, without. */
  onTrouble?: (cause: unknown) => void;
}

/** Goes to the store as it is until it is there: the store knows a batch by its requests. */
interface Batch {
  entries: readonly LedgerEntry[];
  rows: number;
  tries: number;
}

/** So often a batch is tried as it is before the row that is wrong is looked for. */
const TRIES = 3;

export class LedgerWriter {
  readonly #ports: WriterPorts;
  readonly #rules: WriterRules;
  #queue: LedgerEntry[] = [];
  /** Have failed, the next first. */
  #again: Batch[] = [];
  #rows = 0;
  #written = 0;
  #dropped = { full: 0, rejected: 0 };
  #failures = 0;
  /** In a row. */
  #failed = 0;
  #running: Promise<void> | undefined;
  #callOff: (() => void) | undefined;
  #isOver = false;

  constructor(ports: WriterPorts, rules: WriterRules = WRITER_RULES) {
    this.#ports = ports;
    this.#rules = rules;
  }

  get state(): WriterState {
    return { waiting: this.#rows, written: this.#written, dropped: { ...this.#dropped }, failures: this.#failures };
  }

  /** Never throws, never waits. False: dropped. */
  keep(entry: LedgerEntry): boolean {
    const rows = rowsOf(entry);
    if (this.#rows + rows > this.#rules.maxRows) {
      this.#dropped.full += rows;
      return false;
    }
    this.#rows += rows;
    this.#queue.push(entry);
    return true;
  }

  /** For a server: writes by itself from now on, as long as anything waits. */
  add(entry: LedgerEntry): void {
    if (this.keep(entry)) this.#schedule();
  }

  /**
   * For Workers, where timers and connections die with their request: writes one batch now, in the request that calls.
   * What fails waits for the next request. Never rejects.
   */
  async writeOne(): Promise<boolean> {
    const batch = this.#next();
    return batch ? await this.#write(batch) : false;
  }

  /** Writes what waits. True: all of it; false: the store failed, or the time was over. */
  async flush(withinMs: number): Promise<boolean> {
    this.#callOff?.();
    this.#callOff = undefined;
    await new Promise<void>((resolve) => {
      const callOff = this.#ports.timers.after(withinMs, resolve);
      const over = () => {
        callOff();
        resolve();
      };
      void this.#settle(this.#running).then(over, over);
    });
    return this.#rows === 0;
  }

  /** The last of it: whatever comes now, no timer keeps the process for a store that is closed. */
  end(withinMs: number): Promise<boolean> {
    this.#isOver = true;
    return this.flush(withinMs);
  }

  async #settle(running: Promise<void> | undefined): Promise<void> {
    await running;
    while (this.#rows > 0 && (await this.writeOne()));
  }

  #schedule(): void {
    if (this.#running || this.#isOver) return;
    const { everyMs, maxBatchRows } = this.#rules;
    if (this.#failed === 0 && this.#rows >= maxBatchRows) {
      this.#callOff?.();
      this.#callOff = undefined;
      this.#run();
      return;
    }
    this.#callOff ??= this.#ports.timers.after(this.#failed === 0 ? everyMs : this.#retryMs(), () => {
      this.#callOff = undefined;
      this.#run();
    });
  }

  /** Full batches at once, one after the other; the rest waits for company. */
  #run(): void {
    this.#running ??= this.#writeAll().finally(() => {
      this.#running = undefined;
      if (this.#rows > 0) this.#schedule();
    });
  }

  async #writeAll(): Promise<void> {
    while (await this.writeOne()) {
      if (this.#again.length === 0 && this.#rows < this.#rules.maxBatchRows) return;
    }
  }

  #retryMs(): number {
    const { retryMs, maxRetryMs } = this.#rules;
    return Math.min(retryMs * 2 ** (this.#failed - 1), maxRetryMs) * (0.5 + this.#ports.random() / 2);
  }

  #next(): Batch | undefined {
    const again = this.#again.shift();
    if (again) return again;
    let rows = 0;
    const end = this.#queue.findIndex((entry) => (rows += rowsOf(entry)) > this.#rules.maxBatchRows);
    const entries = this.#queue.splice(0, end === -1 ? this.#queue.length : Math.max(end, 1));
    return entries.length > 0 ? batchOf(entries) : undefined;
  }

  async #write(batch: Batch): Promise<boolean> {
    const { store, onTrouble } = this.#ports;
    try {
      await store.ready();
      await store.write({
        requests: mapped(batch.entries, ({ request }) => request),
        attempts: batch.entries.flatMap(({ attempts }) => attempts),
      });
      this.#rows -= batch.rows;
      this.#written += batch.rows;
      if (this.#failed > 0) onTrouble?.(undefined);
      this.#failed = 0;
      return true;
    } catch (cause) {
      this.#failures++;
      if (this.#failed++ === 0) onTrouble?.(cause);
      batch.tries++;
      await this.#keepForLater(batch);
      return false;
    }
  }

  /** A store that is well and refuses a batch again and again refuses a row of it: halving finds the row. */
  async #keepForLater(batch: Batch): Promise<void> {
    if (batch.tries < TRIES || !(await this.#isWell())) {
      this.#again.unshift(batch);
      return;
    }
    this.#failed = 1; // It need not be spared.
    if (batch.entries.length === 1) {
      this.#rows -= batch.rows;
      this.#dropped.rejected += batch.rows;
    } else {
      const middle = Math.ceil(batch.entries.length / 2);
      const halves = [batch.entries.slice(0, middle), batch.entries.slice(middle)];
      this.#again.unshift(...halves.map((entries) => ({ ...batchOf(entries), tries: TRIES - 1 })));
    }
  }

  async #isWell(): Promise<boolean> {
    try {
      await this.#ports.store.ping();
      return true;
    } catch {
      return false; // Why is told by the write that failed.
    }
  }
}

function batchOf(entries: readonly LedgerEntry[]): Batch {
  return { entries, rows: entries.reduce((sum, entry) => sum + rowsOf(entry), 0), tries: 0 };
}

function rowsOf({ attempts }: LedgerEntry): number {
  return 1 + attempts.length;
}
