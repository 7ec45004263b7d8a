/** Whether a session stays where it is or goes where the rules and the strategy want it. */
import type { Deployment } from '../../core/deployment.ts';
import { isWarm, issuerOf, sessionCostUsd } from './prompt-cache.ts';
import type { Session } from './sessions.ts';

export interface Crossroads {
  session: Session;
  /** Where the session is; undefined where that cannot serve this request, or is gone. */
  pinned: Deployment | undefined;
  wanted: Deployment;
  /** How many tiers `wanted` is above the session's; below zero: beneath. */
  climb: number;
  facts: {
    inToolLoop: boolean;
    isStalled: boolean;
    /** Of the common baseline. */
    inputTokens: number;
    /** Where the session does not know it better. */
    outputTokens: number;
  };
  nowMs: number;
}

export interface KeepOrMove {
  keep: boolean;
  /** Short ASCII, for `x-signalbox-reason` and for explaining. */
  reason: string;
  /** What was signed before is void where it goes: the reasoning of earlier turns has to be left out. */
  voidsReasoning: boolean;
}

/**
 * Moving down pays when what the request costs there, prefix written anew, is less than what it costs here, prefix read:
 * `out(here) - out(there) > write(there) * prefix - read(here) * prefix + fresh(there) - fresh(here)`, each in dollars
 * with the model's own tokens. It counts this turn alone: on the next one the session may be wanted back.
 */
export function keepOrMove(crossroads: Crossroads): KeepOrMove {
  const { session, pinned, wanted, climb, facts, nowMs } = crossroads;
  if (!pinned) return move(crossroads, 'its deployment cannot serve this');
  if (pinned.id === wanted.id) return keep('wanted where it is');
  if (issuerOf(pinned) === issuerOf(wanted)) return move(crossroads, 'the same model and account');
  if (facts.inToolLoop) {
    if (facts.isStalled && climb > 0) return move(crossroads, 'the agent is stalled');
    return keep('in a tool loop');
  }
  if (climb > 0) return move(crossroads, 'a higher tier is wanted');
  if (!isWarm(pinned, session, nowMs)) return move(crossroads, 'no prompt cache to lose');
  const here = costAt(pinned, crossroads);
  const there = costAt(wanted, crossroads);
  if (here === undefined || there === undefined) return keep('its prompt cache is warm, and a price is unknown');
  const gain = here - there;
  if (gain > 0) return move(crossroads, `saves $${dollars(gain)}, prompt cache included`);
  return keep(`its prompt cache is warm: moving costs $${dollars(-gain)} more`);
}

function keep(reason: string): KeepOrMove {
  return { keep: true, reason: `stays: ${reason}`, voidsReasoning: false };
}

function move({ session, wanted }: Crossroads, reason: string): KeepOrMove {
  return { keep: false, reason: `moves: ${reason}`, voidsReasoning: session.issuer !== issuerOf(wanted) };
}

function costAt(deployment: Deployment, { session, facts, nowMs }: Crossroads): number | undefined {
  const expectedOutputTokens = session.outputTokens ?? facts.outputTokens;
  return sessionCostUsd(deployment, { inputTokens: facts.inputTokens, expectedOutputTokens, session }, nowMs);
}

function dollars(usd: number): string {
  return usd.toFixed(usd >= 1 ? 2 : 6);
}
