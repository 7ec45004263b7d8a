import { GatewayError } from '../core/errors.ts';

/** Deployments at most; more than any configuration has. */
const MAX_RESTING = 10_000;

/**
 * Which deployments rest, and why: they were throttled, are not ready, or have a dead credential or an empty account.
 * A later, longer rest extends a shorter one, never the other way round.
 */
export class RestingDeployments {
  readonly #resting = new Map<string, { untilMs: number; error: GatewayError }>();

  /** The error that sent it to rest, with the time that is left; undefined if it may be tried. */
  whyResting(deployment: string, nowMs: number): GatewayError | undefined {
    const rest = this.#resting.get(deployment);
    if (!rest) return undefined;
    const retryAfterMs = rest.untilMs - nowMs;
    if (retryAfterMs <= 0) {
      this.#resting.delete(deployment);
      return undefined;
    }
    const { kind, message, code } = rest.error;
    return new GatewayError(kind, message, { code, retryAfterMs });
  }

  note(deployment: string, error: GatewayError, nowMs: number): void {
    const { restMs } = error.rule;
    if (restMs === undefined || this.#resting.size >= MAX_RESTING) return;
    const untilMs = nowMs + (error.retryAfterMs ?? restMs);
    const known = this.#resting.get(deployment);
    if (!known || known.untilMs < untilMs) this.#resting.set(deployment, { untilMs, error });
  }
}
