/** The story of one request: `prepare`, `tryCandidates`, `finish`. Read this file and you have read the gateway. */
import type { AnswerFacts } from './core/answer.ts';
import type { ChatRequest } from './core/chat.ts';
import type { Candidate, Estimate } from './core/deployment.ts';
import type { Departure } from './core/departure.ts';
import { asGatewayError, GatewayError } from './core/errors.ts';
import type { Attempt, Cache, Circuit, Clock, Recorder, Transport } from './core/ports.ts';
import type { Call, Provider, Warning } from './core/provider.ts';
import { mayLackReasoning, recallReasoning, rememberReasoning } from './answers/reasoning-memory.ts';
import { guessUsage } from './answers/usage.ts';
import { attemptLive, type Frames } from './attempt/live.ts';
import type { Timeouts, Work } from './attempt/send.ts';
import { attemptWhole } from './attempt/whole.ts';
import { type Again, failover } from './resilience/failover.ts';
import type { RestingDeployments } from './resilience/rest.ts';
import { choose, type RoutingView } from './routing/choose.ts';
import { costUsd } from './routing/cost.ts';
import { estimate } from './routing/estimate.ts';

/** Everything a request needs from outside; built once, in `compose.ts`. */
export interface Gateway {
  providers: ReadonlyMap<string, Provider>;
  routing: RoutingView;
  circuit: (deployment: string) => Circuit;
  resting: RestingDeployments;
  transport: Transport;
  reasoning: Cache;
  recorder: Recorder;
  clock: Clock;
  timeouts: Timeouts;
  /** `prefix` and so many random characters of base 62. */
  newId: (prefix: string, length: number) => string;
}

/** A parsed, authenticated request; `src/http/` makes it. */
export interface Inbound {
  request: ChatRequest;
  /** The client's own JSON text. */
  original: string;
  /** Name of the client key; tenants are apart by it. */
  key: string;
  requestId: string;
  /** `x-signalbox-strict`: nothing may be dropped or changed. */
  strict: boolean;
  /** When the client leaves, everything done for it stops. */
  client: Departure;
}

/** An answer and where it came from. */
export interface Outcome<Body> {
  body: Body;
  facts: AnswerFacts;
  candidate: Candidate;
  warnings: readonly Warning[];
  attempts: readonly Attempt[];
}

/** One request, answered whole: the body is the JSON text of a chat completion. */
export async function answer(gateway: Gateway, inbound: Inbound): Promise<Outcome<string>> {
  const plan = prepare(gateway, inbound);
  if (mayLackReasoning(plan.request)) await recall(gateway, plan);
  const outcome = await tryCandidates(gateway, plan, attemptWhole);
  finish(gateway, plan, outcome);
  return outcome;
}

/** The same, answered as it is written. The books close when the stream does. */
export async function answerStream(gateway: Gateway, inbound: Inbound): Promise<Outcome<Frames>> {
  const plan = prepare(gateway, inbound);
  if (mayLackReasoning(plan.request)) await recall(gateway, plan);
  const outcome = await tryCandidates(gateway, plan, async (work) => {
    const { frames, ...rest } = await attemptLive(work);
    return { ...rest, body: frames };
  });
  plan.firstTokenMs = gateway.clock.now() - plan.startedAt;
  return { ...outcome, body: closing(gateway, plan, outcome) };
}

interface Plan extends Inbound {
  startedAt: number;
  firstTokenMs?: number;
  estimate: Estimate;
  candidates: readonly Candidate[];
  attempts: Attempt[];
}

function prepare(gateway: Gateway, inbound: Inbound): Plan {
  const startedAt = gateway.clock.now();
  const guess = estimate(inbound.request, inbound.original.length);
  const candidates = choose(inbound.request, guess, gateway.routing);
  return { ...inbound, startedAt, estimate: guess, candidates, attempts: [] };
}

/** Gives the turns back what their client has dropped. The client's own request stays as it is. */
async function recall({ reasoning }: Gateway, plan: Plan): Promise<void> {
  plan.request = await recallReasoning(reasoning, plan.key, plan.request);
}

interface Answered<Body> {
  body: Body;
  facts: AnswerFacts;
  warnings: readonly Warning[];
}

async function tryCandidates<Body>(
  gateway: Gateway,
  plan: Plan,
  attempt: (work: Work) => Promise<Answered<Body>>,
): Promise<Outcome<Body>> {
  const { attempts, client } = plan;
  const { clock, resting, circuit } = gateway;
  try {
    return await failover(
      plan.candidates,
      async (candidate, again) => ({
        ...(await attempt(workOf(gateway, plan, candidate, again))),
        candidate,
        attempts,
      }),
      { clock, resting, circuit, client, attempts },
    );
  } catch (cause) {
    finish(gateway, plan, undefined, asGatewayError(cause));
    throw cause;
  }
}

function workOf(gateway: Gateway, plan: Plan, candidate: Candidate, again: Again): Work {
  const { clock, transport, timeouts, newId } = gateway;
  const { request, original, client, strict } = plan;
  const { endpoint, providerModel, capabilities } = candidate.deployment;
  const provider = gateway.providers.get(endpoint.dialect);
  if (!provider) throw new GatewayError('internal', `No dialect is called "${endpoint.dialect}"`);
  const call: Call = {
    request,
    original,
    endpoint,
    providerModel,
    capabilities,
    newId: () => newId('call_', 24),
    omitReasoning: again === 'without_reasoning',
  };
  const stamp = {
    id: () => newId('chatcmpl-', 29),
    createdSeconds: Math.floor(plan.startedAt / 1000),
    model: providerModel,
    legacyFunctions: Boolean(request.functions && !request.tools),
  };
  const includeUsage = request.stream_options?.include_usage === true;
  const promptTokens = plan.estimate.inputTokens;
  return { call, provider, transport, clock, client, timeouts, stamp, includeUsage, strict, promptTokens };
}

/** Passes the frames on and closes the books however it ends: answered, failed, or left by the client. */
async function* closing(gateway: Gateway, plan: Plan, outcome: Outcome<Frames>): Frames {
  let failure: GatewayError | undefined;
  let isOver = false;
  try {
    for await (const frame of outcome.body) yield frame;
    isOver = true;
  } catch (cause) {
    failure = asGatewayError(cause);
    throw failure;
  } finally {
    // Clients hang up at `[DONE]`: one that has the end of the answer has not left.
    if (!isOver && !failure && !outcome.facts.finishReason) {
      failure = new GatewayError('client_gone', 'The client closed the connection');
    }
    if (failure?.rule.trips)
      await gateway
        .circuit(outcome.candidate.deployment.id)
        .run(failing(failure))
        .catch(() => {});
    finish(gateway, plan, outcome, failure);
  }
}

/** For the circuit's count: a failure after the commit point is a failure of the deployment all the same. */
function failing(failure: GatewayError): () => Promise<never> {
  return () => Promise.reject(failure);
}

/** Remembers and writes the books. Never awaited by the client, never throws. */
function finish(gateway: Gateway, plan: Plan, outcome: Outcome<unknown> | undefined, failure?: GatewayError): void {
  const facts = outcome?.facts;
  const deployment = outcome?.candidate.deployment;
  if (facts && !failure) rememberReasoning(gateway.reasoning, plan.key, facts);
  const usage = facts && (facts.usage ?? guessUsage(plan.estimate.inputTokens, facts.characters));
  const now = gateway.clock.now();
  gateway.recorder.record({
    requestId: plan.requestId,
    key: plan.key,
    asked: plan.request.model,
    deployment: deployment?.id,
    outcome: failure?.kind ?? 'ok',
    stream: plan.request.stream === true,
    finishReason: facts?.finishReason,
    usage,
    costUsd: usage && deployment?.price && costUsd(usage, deployment.price),
    firstTokenMs: plan.firstTokenMs,
    durationMs: now - plan.startedAt,
    attempts: plan.attempts,
    failure,
  });
}
