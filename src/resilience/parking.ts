import { type ErrorKind, GatewayError } from '../core/errors.ts';

export interface ParkingOptions {
  /** How long a scope is parked when the provider names no time; twice as long after each failed probe. */
  probeMs: number;
  maxProbeMs: number;
}

/** A scope was parked that was not, or is back in use. For the operator. */
export type ParkingAlert =
  | { event: 'parked'; scope: string; reason: ErrorKind; untilMs: number }
  | { event: 'back'; scope: string };

/** The one call that finds out whether a scope is back. The first of these counts; a failure is `park`ed as any other. */
export interface Probe {
  /** The scope is back for everybody, at once. */
  succeeded(): void;
  /** Whatever else became of it: the next caller may try. Does nothing once it succeeded or its scope was parked anew. */
  void(): void;
}

interface Parked {
  kind: ErrorKind;
  message: string;
  code: string;
  untilMs: number;
  doublings: number;
  /** The call that is finding out, while there is one, and until when it is waited for. */
  probe: { untilMs: number } | undefined;
}

/** More than any configuration has accounts, keys and deployments. The oldest is forgotten first. */
const MAX_PARKED = 10_000;
/** A probe that was not reported for so long is taken for lost, and another may go. */
const LOST_MS = 60_000;
/** Nobody knows when a probe will be back: those who wait look again after this long. */
const LOOK_AGAIN_MS = 250;

/**
 * What is of no use until somebody mends it or a quota turns: a dead credential, an empty account. A scope (the caller's
 * own words: `credential:anthropic`) is left alone for a minute, doubling to ten, or until a time that the provider
 * printed if that is sooner; then exactly one call may try. A date far away is not waited for blindly: money may be
 * paid in tomorrow, and one refused call in ten minutes costs nobody anything.
 */
export class Parking {
  readonly #options: ParkingOptions;
  /** Must not throw. */
  readonly #onAlert: (alert: ParkingAlert) => void;
  readonly #parked = new Map<string, Parked>();

  constructor(options: ParkingOptions, onAlert: (alert: ParkingAlert) => void) {
    this.#options = options;
    this.#onAlert = onAlert;
  }

  /** Nobody is left alone for longer without a look. */
  get longestMs(): number {
    return this.#options.maxProbeMs;
  }

  /** Nothing is parked, as nearly always. */
  get isEmpty(): boolean {
    return this.#parked.size === 0;
  }

  /** Calls that were on their way when it was parked change nothing. */
  park(scope: string, error: GatewayError, nowMs: number): void {
    const known = this.#parked.get(scope);
    const { kind, message, code } = error;
    if (known && nowMs < known.untilMs) return;
    const doublings = known ? known.doublings + 1 : 0;
    const { probeMs, maxProbeMs } = this.#options;
    const scheduledMs = Math.min(probeMs * 2 ** doublings, maxProbeMs);
    // Sooner than a probe it says nothing: the provider has just refused.
    const printedMs = Math.max(error.retryAfterMs ?? Infinity, probeMs);
    const untilMs = nowMs + Math.min(scheduledMs, printedMs);
    if (!known) this.#makeRoom();
    this.#parked.set(scope, { kind, message, code, untilMs, doublings, probe: undefined });
    if (!known) this.#onAlert({ event: 'parked', scope, reason: kind, untilMs });
  }

  /** Milliseconds until a call may go; 0: now. A guess while a probe is out. */
  waitMs(scope: string, nowMs: number): number {
    const parked = this.#parked.get(scope);
    if (!parked) return 0;
    if (nowMs < parked.untilMs) return parked.untilMs - nowMs;
    return Math.max(Math.min((parked.probe?.untilMs ?? nowMs) - nowMs, LOOK_AGAIN_MS), 0);
  }

  /** For every call that goes, in the turn in which `waitMs` said 0: undefined unless this call is the scope's probe. */
  take(scope: string, nowMs: number): Probe | undefined {
    const parked = this.#parked.get(scope);
    if (!parked || this.waitMs(scope, nowMs) > 0) return undefined;
    const probe = (parked.probe = { untilMs: nowMs + LOST_MS });
    const isLive = () => parked.probe === probe && this.#parked.get(scope) === parked;
    return {
      succeeded: () => {
        if (!isLive()) return;
        this.#parked.delete(scope);
        this.#onAlert({ event: 'back', scope });
      },
      void: () => {
        if (isLive()) parked.probe = undefined;
      },
    };
  }

  /** What the client may be told: the error that parked it, with the time that is left. Undefined where `waitMs` is 0. */
  whyParked(scope: string, nowMs: number): GatewayError | undefined {
    const parked = this.#parked.get(scope);
    const retryAfterMs = this.waitMs(scope, nowMs);
    if (!parked || retryAfterMs === 0) return undefined;
    const { kind, message, code } = parked;
    return new GatewayError(kind, message, { code, retryAfterMs });
  }

  /** Why it was parked, also when its next probe is due, until one succeeds. */
  reason(scope: string): ErrorKind | undefined {
    return this.#parked.get(scope)?.kind;
  }

  #makeRoom(): void {
    if (this.#parked.size < MAX_PARKED) return;
    for (const oldest of this.#parked.keys()) {
      this.#parked.delete(oldest);
      return;
    }
  }
}
