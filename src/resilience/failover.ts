import type { Candidate } from '../core/deployment.ts';
import type { Departure } from '../core/departure.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import type { Attempt, Circuit, Clock } from '../core/ports.ts';
import type { RestingDeployments } from './rest.ts';

/** Upstream calls for one request, however many deployments there are. */
const MAX_CALLS = 3;

export interface FailoverOptions {
  clock: Clock;
  client: Departure;
  resting: RestingDeployments;
  circuit: (deployment: string) => Circuit;
  /** What became of each candidate, in order. */
  attempts: Attempt[];
}

/** How the attempt before fell short, where that changes how this one asks. */
export type Again = 'as_it_was' | 'without_reasoning' | undefined;

/**
 * Tries candidates in order until one answers. The whole policy is in `ERROR_RULES`: `failover` (go on to the next),
 * `again` (one more call to the same) and `restMs` (leave it alone for a while).
 */
export async function failover<T>(
  candidates: readonly Candidate[],
  attempt: (candidate: Candidate, again: Again) => Promise<T>,
  options: FailoverOptions,
): Promise<T> {
  const errors: GatewayError[] = [];
  let calls = 0;
  for (const candidate of candidates) {
    if (calls >= MAX_CALLS) break;
    let again: Again;
    do {
      const outcome = await tryOne(candidate, again, attempt, options);
      if (outcome.ok) return outcome.value;
      errors.push(outcome.error);
      if (outcome.called) calls++;
      if (options.client.gone || !outcome.error.rule.failover) throw outcome.error;
      again = again ? undefined : outcome.error.rule.again;
    } while (again && calls < MAX_CALLS);
  }
  throw verdict(errors);
}

type Outcome<T> = { ok: true; value: T } | { ok: false; error: GatewayError; called: boolean };

async function tryOne<T>(
  candidate: Candidate,
  again: Again,
  attempt: (candidate: Candidate, again: Again) => Promise<T>,
  { clock, resting, circuit, attempts }: FailoverOptions,
): Promise<Outcome<T>> {
  const { id } = candidate.deployment;
  const startedAt = clock.now();
  const rest = resting.whyResting(id, startedAt);
  if (rest) {
    attempts.push({ deployment: id, outcome: `resting:${rest.kind}`, durationMs: 0 });
    return { ok: false, error: rest, called: false };
  }
  try {
    const value = await circuit(id).run(() => attempt(candidate, again));
    attempts.push({ deployment: id, outcome: 'ok', durationMs: clock.now() - startedAt });
    return { ok: true, value };
  } catch (cause) {
    const error = asGatewayError(cause);
    resting.note(id, error, clock.now());
    attempts.push({ deployment: id, outcome: error.kind, durationMs: clock.now() - startedAt });
    return { ok: false, error, called: error.rule.origin === 'provider' };
  }
}

/**
 * What the client is told when nobody answered: the last thing a provider said, or the first thing no provider can say.
 * When to come back is the earliest time any of them named.
 */
function verdict(errors: readonly GatewayError[]): GatewayError {
  const error = errors.findLast(({ kind }) => kind !== 'unsupported' && kind !== 'circuit_open') ?? errors[0];
  if (!error) return new GatewayError('no_candidate', 'No deployment can serve this request');
  const waits = errors.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  if (waits.length === 0 || !error.rule.clientRetry) return error;
  const { kind, message, param, code, status, cause } = error;
  return new GatewayError(kind, message, { param, code, status, cause, retryAfterMs: Math.min(...waits) });
}
