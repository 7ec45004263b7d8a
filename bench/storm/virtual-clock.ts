/** Time that moves only when nothing else can: a `Clock` and `Timers` for a whole gateway in one process. */
import type { Clock, Timers } from '../../src/core/ports.ts';

interface Entry {
  atMs: number;
  /** Of two at the same moment, the one that was asked for first. */
  turn: number;
  act: (() => void) | undefined;
}

export class VirtualClock implements Clock, Timers {
  readonly #epochMs: number;
  /** A binary heap, the soonest first. */
  readonly #heap: Entry[] = [];
  #elapsedMs = 0;
  #turns = 0;

  constructor(epochMs: number) {
    this.#epochMs = epochMs;
  }

  readonly now = (): number => this.#epochMs + this.#elapsedMs;

  /** Since the start, in milliseconds. */
  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  readonly after = (ms: number, act: () => void): (() => void) => {
    const entry: Entry = { atMs: this.#elapsedMs + Math.max(0, ms), turn: this.#turns++, act };
    this.#push(entry);
    return () => void (entry.act = undefined);
  };

  /** Acts on everything that is asked for, also on what is asked for meanwhile, until nothing is left. */
  async run(): Promise<void> {
    await settled();
    for (let entry = this.#pop(); entry; entry = this.#pop()) {
      if (!entry.act) continue;
      this.#elapsedMs = entry.atMs;
      entry.act();
      await settled();
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (!parent || isBefore(parent, entry)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (last && heap.length > 0) this.#sink(last);
    return first;
  }

  /** Puts an entry in at the top and lets it down to its place. */
  #sink(entry: Entry): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
      const sooner = left && right && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
      const child = heap[sooner];
      if (!child || isBefore(entry, child)) break;
      heap[at] = child;
      at = sooner;
    }
    heap[at] = entry;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.turn < b.turn);
}

/**
 * Every promise that can be kept has been: Node empties its queue of microtasks, however long their chains, before
 * it comes to an immediate. What waits for the disk or a thread would not be done, and the gateway has none of that.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
