/**
 * A copy of a request to another model, so that an operator can compare: its answer is read, counted and thrown away.
 * The client neither waits nor pays for it. It goes only where there is room that nobody waits for.
 */
import type { ChatRequest } from '../core/chat.ts';
import type { Deployment } from '../core/deployment.ts';
import { Departure } from '../core/departure.ts';
import type { Original } from '../core/wire.ts';
import { WHOLE } from '../attempt/manner.ts';
import { finish, type Gateway, type Plan, tryCandidates } from './gateway.ts';

/** At the same time; beyond that, copies are left out. */
const MAX_SHADOWS = 16;

export class Shadows {
  #running = 0;

  /** Never rejects. */
  async run(gateway: Gateway, plan: Plan, deployment: Deployment): Promise<void> {
    if (this.#running >= MAX_SHADOWS || gateway.dispatcher.room.waiting > 0) return;
    this.#running++;
    try {
      const copy = copyOf(plan, deployment);
      const reply = await tryCandidates(gateway, copy, WHOLE);
      if (reply.candidate) finish(gateway, copy, reply);
    } catch {
      // It is in the log, as every request's failure is.
    } finally {
      this.#running--;
    }
  }
}

/** Whole, at once or not at all, and nobody hangs up on it. */
function copyOf(plan: Plan, deployment: Deployment): Plan {
  const { stream, stream_options: options, ...request } = plan.request;
  return {
    ...plan,
    isShadow: true,
    hold: undefined,
    requestId: `${plan.requestId}-shadow`,
    request,
    original: stream || options ? rewritten(plan.original, request) : ofItsOwn(plan.original),
    priority: 'background',
    rules: { ...plan.rules, maxCalls: 1, hedge: false, maxWaitMs: 0 },
    client: new Departure(),
    attempts: [],
    candidates: [{ deployment, reason: 'shadow' }],
  };
}

/** The request itself may be over first. */
function ofItsOwn(original: Original): Original {
  return { ...original, letGo: undefined, close: undefined };
}

function rewritten(original: Original, request: ChatRequest): Original {
  const { wire, only, headers } = original;
  return { wire, text: JSON.stringify(request), passes: wire === 'chat', only, headers };
}
