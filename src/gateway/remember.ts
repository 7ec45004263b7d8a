/** What an answer teaches for the next: where its session is, how fast its deployment was, which reasoning belongs to it. */
import type { Usage } from '../core/chat.ts';
import { rememberReasoning } from '../answers/reasoning-memory.ts';
import type { Gateway, Outcome, Plan } from './gateway.ts';
import { lastAsk } from '../routing/ask.ts';
import { recordOf } from '../routing/record.ts';

interface Taught {
  usage: Usage | undefined;
  nowMs: number;
}

/** After an answer that has ended well. */
export function remember(gateway: Gateway, plan: Plan, outcome: Outcome<unknown>, { usage, nowMs }: Taught): void {
  if (plan.isShadow) return;
  rememberReasoning(gateway.reasoning, plan.key, outcome.facts);
  const { memory } = gateway;
  const { deployment, tier } = outcome.candidate;
  const { facts, decision } = plan.choice;
  const isOnTheWay = decision !== undefined && !facts.isHousekeeping && plan.task === undefined;
  if (isOnTheWay) memory.sessions.note(plan.key, facts.session, { deployment, tier, usage }, plan.startedAt);
  noteSpeed(gateway, plan, outcome, { outputTokens: usage?.completion_tokens ?? 0, nowMs });
}

interface Answered {
  outputTokens: number;
  nowMs: number;
}

/** Of a stream the last attempt ends with its first content, of a whole answer with all of it. */
function noteSpeed(
  { memory }: Gateway,
  plan: Plan,
  outcome: Outcome<unknown>,
  { outputTokens, nowMs }: Answered,
): void {
  const toAnswerMs = outcome.attempts.at(-1)?.durationMs ?? 0;
  const { firstTokenMs } = plan;
  const timing =
    firstTokenMs === undefined
      ? { firstTokenMs: undefined, outputTokens, durationMs: toAnswerMs }
      : { firstTokenMs: toAnswerMs, outputTokens, durationMs: toAnswerMs + nowMs - plan.startedAt - firstTokenMs };
  memory.speeds.record(outcome.candidate.deployment.id, timing, nowMs);
}

/** Waits in vain count too: without them a deployment that has become slow would look as fast as ever. */
export function noteWaits({ memory }: Gateway, { attempts }: Plan, nowMs: number): void {
  for (const { deployment, outcome, durationMs } of attempts) {
    if (outcome !== 'timeout' && outcome !== 'stalled') continue;
    memory.speeds.record(deployment, { firstTokenMs: durationMs, outputTokens: 0, durationMs }, nowMs);
  }
}

/** Made only where a line is written: some of its facts cost something to find out. */
export function recordedChoice(gateway: Gateway, plan: Plan): (() => object) | undefined {
  const { choice, ceilings, request, attempts, task } = plan;
  if (!choice.decision || plan.isShadow) return undefined;
  const { recorded } = gateway.routing;
  return () => {
    const last = attempts.at(-1);
    const served = choice.candidates.find(
      ({ deployment }) => last?.outcome === 'ok' && deployment.id === last.deployment,
    );
    const ask = gateway.logsAsks ? lastAsk(request, 1).text : undefined;
    return recordOf(choice, { fields: recorded, ceilings, tier: served?.tier, task, ask });
  };
}
