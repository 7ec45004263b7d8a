/** Who may still be asked for one request, and in which order. */
import type { Candidate } from '../core/deployment.ts';
import type { GatewayError } from '../core/errors.ts';
import { decide, type Decision, type PlanRules } from './decide.ts';
import type { Step, Stop } from './request.ts';

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

  mayRepeat(stop: Stop): void {
    this.#repeatable = [...this.#repeatable, stop];
  }

  /** Those whose failure may have passed are open again, behind the others. */
  reopen(): void {
    this.#open = [...this.#open, ...this.#repeatable];
    this.#repeatable = [];
  }

  /** What to do after this failure. */
  decide({ stop: { candidate }, again }: Step, error: GatewayError, rules: PlanRules): Decision {
    const reserved = this.#reserved.map((stop) => stop.candidate);
    return decide({ error, candidate, again, reserved }, rules);
  }

  follow(decision: Decision, failed: Stop): void {
    if (decision.next === 'again') this.#open = [failed, ...this.#open]; // Who has to wait for it may go to the others.
    else if (decision.next === 'reserved') this.#unlock(decision.fallback);
    else if (decision.next === 'other' && decision.only) this.#narrow(decision.only);
  }

  /** From now on only those that the rules keep for this failure. */
  #unlock(fallback: Candidate['after']): void {
    this.#open = this.#reserved.filter(({ candidate }) => candidate.after === fallback);
    this.#reserved = this.#reserved.filter(({ candidate }) => candidate.after !== fallback);
    this.#repeatable = [];
  }

  /** From now on only these. */
  #narrow(only: (candidate: Candidate) => boolean): void {
    this.#open = this.#open.filter(({ candidate }) => only(candidate));
    this.#repeatable = this.#repeatable.filter(({ candidate }) => only(candidate));
  }
}

const isReserved = ({ candidate }: Stop) => candidate.after !== undefined;
