import { asGatewayError, type GatewayError } from '../core/errors.ts';
import type { Timers } from '../core/ports.ts';
import type { PlanRequest, Step, Stop } from './request.ts';

/** How one attempt ended. */
export type Ran<T> = { step: Step; value: T } | { step: Step; error: GatewayError };

function run<T>(step: Step, attempt: (step: Step) => Promise<T>): Promise<Ran<T>> {
  return attempt(step).then(
    (value) => ({ step, value }),
    (cause: unknown) => ({ step, error: asGatewayError(cause) }),
  );
}

export interface Hedge<T> {
  attempt: (step: Step) => Promise<T>;
  timers: Timers;
  /** How long the first has to itself; milliseconds. */
  afterMs: number;
  /** An answer that came after it had lost. */
  discard: (value: T) => void;
  plan: HedgePlan;
}

interface HedgePlan {
  /** The second attempt, where there is room that nobody waits for, already under its lease; undefined: there must be none. */
  secondStep(first: Step): Step | undefined;
  /** This one failed while the other runs on: whether that may mend it. If so, the call is over. */
  isOutlived(step: Step, error: GatewayError): boolean;
  /** This one lost: the other answered, or said what ends the request. */
  lost(step: Step): void;
}

/** Where there is room, the retry budget has one more call, and the client's budgets can pay both: both may be billed. */
export function secondStop(
  first: Step,
  open: readonly Stop[],
  { client, rules, pool, purse }: PlanRequest,
  now: number,
): Stop | undefined {
  if (client.gone || now >= rules.deadlineAt) return undefined;
  if ((first.stop.costUsd ?? 0) >= (rules.maxCostUsd ?? Infinity)) return undefined;
  const hasRoom = ({ target, need }: Stop) => target.waitMs(need, now) === 0;
  const stop = open.find((each) => hasRoom(each) && !purse?.lacks(each, first.stop));
  if (!stop || !pool.budget.withdraw(now)) return undefined;
  purse?.take(stop, first.stop);
  return stop;
}

/**
 * Two attempts at once where the first is late. The first to have content wins and the other is called off; a failure
 * that another deployment may mend waits for the other, every other failure ends both. Never throws, and what it gives
 * is the only thing that is still held.
 */
export function hedged<T>(first: Step, hedge: Hedge<T>): Promise<Ran<T>> {
  const { attempt, timers, afterMs, plan } = hedge;
  const running = new Set<Step>();
  let isOver = false;
  return new Promise((resolve) => {
    const start = (step: Step): void => {
      running.add(step);
      void run(step, attempt).then(ended);
    };
    const ended = (ran: Ran<T>): void => {
      running.delete(ran.step);
      if (isOver) return 'value' in ran ? hedge.discard(ran.value) : undefined;
      if ('error' in ran && running.size > 0 && plan.isOutlived(ran.step, ran.error)) return undefined;
      isOver = true;
      callOff();
      for (const step of running) {
        plan.lost(step);
        step.client.leave();
      }
      resolve(ran);
    };
    start({ ...first, client: first.client.child() });
    const callOff = timers.after(afterMs, () => {
      const second = plan.secondStep(first);
      if (second) start(second);
    });
  });
}
