/** The story of a request that is no conversation: chosen, held, carried out and booked as `gateway.ts` does it. */
import type { ChatRequest } from '../core/chat.ts';
import type { Estimate } from '../core/deployment.ts';
import { asGatewayError } from '../core/errors.ts';
import type { Original } from '../core/wire.ts';
import { CHAT_PEN } from '../answers/pen.ts';
import type { Manner } from '../attempt/manner.ts';
import { attemptTask, type TaskBody, type TaskOrder } from '../attempt/task.ts';
import { refusedFact } from './fact.ts';
import { finish, type Gateway, type Inbound, type Outcome, type Plan, planOf, tryCandidates } from './gateway.ts';

export type { TaskBody } from '../attempt/task.ts';

/** A parsed, authenticated task; `src/http/routes/tasks.ts` makes it. */
export interface TaskInbound extends Omit<Inbound, 'request' | 'original' | 'lost' | 'pen'> {
  order: TaskOrder;
  /** Of the longest of its texts. */
  longestTokens: number;
}

/** The books close when the answer is there, or when the stream that it is has ended. */
export async function perform(gateway: Gateway, inbound: TaskInbound): Promise<Outcome<TaskBody>> {
  const plan = prepare(gateway, inbound);
  const outcome = await tryCandidates(gateway, plan, mannerOf(inbound.order));
  if (!outcome.candidate) throw asGatewayError(new Error('A task has no words to stand in'));
  const { content } = outcome.body;
  if (typeof content === 'string') {
    finish(gateway, plan, outcome);
    return outcome;
  }
  plan.firstTokenMs = gateway.clock.now() - plan.startedAt;
  outcome.expectedCostUsd = plan.choice.costOf(outcome.candidate.deployment);
  content.whenOver((failure) => finish(gateway, plan, outcome, failure));
  return outcome;
}

function mannerOf(order: TaskOrder): Manner<TaskBody> {
  return {
    attempt: (work) => attemptTask(work, order),
    discard({ body: { content } }) {
      if (typeof content !== 'string') void content.return().catch(() => {}); // It was not wanted, so its end is nobody's trouble.
    },
    /** `standIn` never lets it come to this: words are no answer to a task. */
    say: (content) => ({ contentType: 'text/plain', content }),
  };
}

function prepare(gateway: Gateway, inbound: TaskInbound): Plan {
  const whole = withRequest(inbound);
  try {
    return taskPlan(gateway, whole, inbound);
  } catch (cause) {
    gateway.recorder.record(refusedFact(gateway, whole, asGatewayError(cause), inbound.order.task.kind));
    throw cause;
  }
}

/** For rules and limits, which know conversations: one without a word. */
function withRequest(inbound: TaskInbound): Inbound {
  const { task } = inbound.order;
  const request: ChatRequest = { model: task.model, messages: [], stream: task.stream !== undefined };
  return { ...inbound, request, original: NOTHING, lost: [], pen: CHAT_PEN };
}

const NOTHING: Original = { wire: 'chat', text: '', passes: false };

/** A copy would be asked for a conversation; and a second call beside the first costs what it costs. */
function taskPlan(gateway: Gateway, inbound: Inbound, { order: { task }, longestTokens }: TaskInbound): Plan {
  const { kind, expected } = task;
  const estimate: Estimate = {
    inputTokens: expected.prompt_tokens,
    outputTokens: expected.completion_tokens,
    media: expected.media,
  };
  const plan = planOf(gateway, inbound, { estimate, need: { kind, longestTokens } });
  const { choice, rules } = plan;
  return { ...plan, task: kind, choice: { ...choice, shadow: undefined }, rules: { ...rules, hedge: false } };
}
