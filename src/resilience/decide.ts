/** What to do after an attempt has failed. Pure: the whole policy is `ERROR_RULES` and the rules of the model. */
import type { Candidate } from '../core/deployment.ts';
import type { ErrorKind, GatewayError } from '../core/errors.ts';
import type { Amounts } from '../core/limits.ts';

/** What the operator and the client allow one request. */
export interface PlanRules {
  /** When everything must be over; milliseconds since 1970. */
  deadlineAt: number;
  /** Calls to providers. */
  maxCalls: number;
  /** No further attempt once those before may have cost so much; US dollars. */
  maxCostUsd: number | undefined;
  /** The prompt is too long for one: may one with a larger window be asked? */
  onContext: 'fail' | 'larger';
  /** A provider refuses to answer: may another be asked? */
  onRefusal: 'return' | 'other';
  /** Longest wait for room; milliseconds. */
  maxWaitMs: number;
  hedge: boolean;
}

/** How the attempt before fell short, where that changes how this one asks. */
export type Again = 'as_it_was' | 'without_reasoning' | undefined;

export type Decision =
  | { next: 'stop' }
  /** The same deployment once more. */
  | { next: 'again'; how: Again }
  /** Another deployment; `only` says which will do. */
  | { next: 'other'; only?: (candidate: Candidate) => boolean }
  /** Those that the rules keep for this failure. */
  | { next: 'reserved'; fallback: Candidate['after'] };

export interface Failure {
  error: GatewayError;
  candidate: Candidate;
  /** How this attempt was asked. */
  again: Again;
  /** Those that are kept for one kind of failure. */
  reserved: readonly Candidate[];
}

const STOP: Decision = { next: 'stop' };
const OTHER: Decision = { next: 'other' };
/** Failures for which the rules may name other models. */
const FALLBACKS: Partial<Record<ErrorKind, Candidate['after']>> = { context: 'context', policy: 'refusal' };

export function decide({ error, candidate, again, reserved }: Failure, rules: PlanRules): Decision {
  const { rule, kind } = error;
  const fallback = FALLBACKS[kind];
  if (fallback && reserved.some(({ after }) => after === fallback)) return { next: 'reserved', fallback };
  if (kind === 'context' && rules.onContext === 'larger') return larger(candidate);
  if (kind === 'policy' && rules.onRefusal === 'other') {
    const { endpoint } = candidate.deployment;
    return { next: 'other', only: (other) => other.deployment.endpoint.account !== endpoint.account };
  }
  if (!rule.failover) return STOP;
  if (rule.again && !again) return { next: 'again', how: rule.again };
  return OTHER;
}

function larger({ deployment }: Candidate): Decision {
  const tooSmall = deployment.capabilities.contextTokens;
  return { next: 'other', only: (other) => other.deployment.capabilities.contextTokens > tooSmall };
}

/** Did this failure cost a call to a provider? Walking from one dead credential to the next is no retry. */
export function isCall({ rule, kind }: Pick<GatewayError, 'rule' | 'kind'>): boolean {
  return rule.origin === 'provider' && kind !== 'credential' && kind !== 'exhausted';
}

/** Would only be said again; of the last two, the model has been asked twice. */
const LASTING = new Set<ErrorKind>(['misconfigured', 'schema_mismatch', 'tool_choice_unsatisfied']);

/** May the same deployment be asked again, when there is no other left? */
export function mayRepeat(error: GatewayError): boolean {
  return error.rule.failover && !error.rule.again && isCall(error) && !LASTING.has(error.kind);
}

/** Full jitter before the same deployment is asked again. */
const REPEAT_AFTER_MS = { least: 50, most: 500 };

/** `random`: 0 to 1. */
export function repeatAfterMs(random: number): number {
  const { least, most } = REPEAT_AFTER_MS;
  return least + random * (most - least);
}

/** The provider had taken the request in; what it read counts, though nobody got an answer. */
const READ = new Set<ErrorKind>([
  'timeout',
  'stalled',
  'truncated',
  'malformed',
  'schema_mismatch',
  'tool_choice_unsatisfied',
]);
/** What a refused call has taken of the limits, and one that was never made. */
const REFUSED = { requests: 1 };
const NOTHING = {};

/** What a failed call has taken of the limits, of all that it might have needed. */
export function takenBy(error: GatewayError, { requests = 0, input = 0 }: Amounts): Amounts {
  if (READ.has(error.kind)) return { requests, input, tokens: input };
  return isCall(error) ? REFUSED : NOTHING;
}
