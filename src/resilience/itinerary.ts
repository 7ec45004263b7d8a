/** Who may still be asked for one request, and in which order. */
import type { Candidate } from '../core/deployment.ts';
import type { Stop } from './request.ts';

const NONE: readonly Stop[] = [];

export class Itinerary {
  /** Not asked yet, or asked and worth asking again. */
  #open: readonly Stop[];
  /** Kept for a prompt that is too long, or a refusal. */
  #reserved: readonly Stop[];
  /** Failed in a way that may pass; asked again when nobody else is left. */
  #repeatable: readonly Stop[] = NONE;

  constructor(stops: readonly Stop[]) {
    const hasReserved = stops.some(isReserved);
    this.#reserved = hasReserved ? stops.filter(isReserved) : NONE;
    this.#open = hasReserved ? stops.filter((stop) => !isReserved(stop)) : stops;
  }

  get open(): readonly Stop[] {
    return this.#open;
  }

  get reserved(): readonly Candidate[] {
    return this.#reserved.map(({ candidate }) => candidate);
  }

  get hasRepeatable(): boolean {
    return this.#repeatable.length > 0;
  }

  /** It is being asked. */
  close(stop: Stop): void {
    this.#open = this.#open.filter((each) => each !== stop);
    if (this.#reserved.length === 0) return;
    const { id } = stop.candidate.deployment;
    this.#reserved = this.#reserved.filter(({ candidate }) => candidate.deployment.id !== id); // Tried is tried.
  }

  /** It is asked once more, before the others: who has to wait for it may still go to them. */
  again(stop: Stop): void {
    this.#open = [stop, ...this.#open];
  }

  mayRepeat(stop: Stop): void {
    this.#repeatable = [...this.#repeatable, stop];
  }

  /** Those whose failure may have passed are open again, behind the others. */
  reopen(): void {
    this.#open = [...this.#open, ...this.#repeatable];
    this.#repeatable = [];
  }

  /** From now on only those that the rules keep for this failure. */
  unlock(fallback: Candidate['after']): void {
    this.#open = this.#reserved.filter(({ candidate }) => candidate.after === fallback);
    this.#reserved = this.#reserved.filter(({ candidate }) => candidate.after !== fallback);
    this.#repeatable = [];
  }

  /** From now on only these. */
  narrow(only: (candidate: Candidate) => boolean): void {
    this.#open = this.#open.filter(({ candidate }) => only(candidate));
    this.#repeatable = this.#repeatable.filter(({ candidate }) => only(candidate));
  }
}

const isReserved = ({ candidate }: Stop) => candidate.after !== undefined;
