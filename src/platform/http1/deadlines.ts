/**
 * One timer for many deadlines. Most are put off long before they are due, so moving one costs a comparison; the
 * timer looks at all of them when the earliest it knew of is due. Never early; late by `GAP_MS` at most.
 */
const GAP_MS = 50;
const MAX_TIMER_MS = 0x7fff_ffff;

export interface Watched {
  /** By `performance.now()`; `Infinity` for never. */
  deadline: number;
  expire(): void;
}

export class Deadlines {
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Infinity;
  /** The last look came too late to mean anything. */
  #stoodStill = false;

  watch(watched: Watched): void {
    this.#watched.add(watched);
  }

  forget(watched: Watched): void {
    this.#watched.delete(watched);
    if (this.#watched.size === 0) this.#disarm();
  }

  /** Due in so many milliseconds. */
  set(watched: Watched, ms: number): void {
    const at = performance.now() + ms;
    watched.deadline = at;
    if (at < this.#dueAt) this.#arm(at, ms);
  }

  #arm(at: number, ms: number): void {
    clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = setTimeout(() => this.#look(), Math.min(Math.ceil(ms), MAX_TIMER_MS));
    this.#timer.unref(); // A socket keeps the process; the timer alone must not.
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#dueAt = Infinity;
  }

  #look(): void {
    const now = performance.now();
    // After a standstill what arrived meanwhile is read first, and puts deadlines off; the second look counts.
    this.#stoodStill = !this.#stoodStill && now - this.#dueAt > GAP_MS;
    this.#disarm();
    if (this.#stoodStill) return this.#arm(now + GAP_MS, GAP_MS);
    let next = Infinity;
    for (const watched of this.#watched) {
      if (watched.deadline <= now) watched.expire();
      else if (watched.deadline < next) next = watched.deadline;
    }
    if (next < this.#dueAt && this.#watched.size > 0) this.#arm(next, Math.max(next - now, GAP_MS));
  }
}
