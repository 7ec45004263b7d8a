import type { RequestFact } from '../core/ports.ts';

/** Some two kilobytes each. */
const MAX_KEPT = 1_000;

/** How the requests of late were chosen. The ledger has no place for it: of older ones it has the reason in words. */
export class RecentPlans {
  readonly #maxKept: number;
  readonly #kept = new Map<string, object>();

  constructor(maxKept = MAX_KEPT) {
    this.#maxKept = maxKept;
  }

  note({ requestId, routing }: Pick<RequestFact, 'requestId' | 'routing'>): void {
    if (!routing) return;
    for (const oldest of this.#kept.size < this.#maxKept ? [] : this.#kept.keys()) {
      this.#kept.delete(oldest);
      break;
    }
    this.#kept.set(requestId, routing());
  }

  find(requestId: string): object | undefined {
    return this.#kept.get(requestId);
  }
}
