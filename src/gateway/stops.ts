/** A request's candidates as places it may go to: what it would take there, and what it would cost. */
import type { ChatRequest, Usage } from '../core/chat.ts';
import type { Candidate, Capabilities, Estimate } from '../core/deployment.ts';
import { GatewayError } from '../core/errors.ts';
import type { Amounts } from '../core/limits.ts';
import { mapped } from '../core/lists.ts';
import type { Provider } from '../core/provider.ts';
import type { Gateway, Plan } from './gateway.ts';
import type { Durations } from '../resilience/durations.ts';
import type { Pace } from '../resilience/first-token.ts';
import type { PlanRequest, Pool, Stop } from '../resilience/request.ts';
import type { Target } from '../resilience/target.ts';
import { costUsd } from '../routing/cost.ts';

const LEAST_OUTPUT_TOKENS = 1;

interface Circumstances {
  target: Target;
  provider: Provider;
  request: ChatRequest;
  estimate: Estimate;
}

/** Looked at only when it comes to it: `auto` has a dozen candidates, and the first nearly always has room. */
export class CandidateStop implements Stop {
  readonly candidate: Candidate;
  readonly target: Target;
  readonly #provider: Provider;
  readonly #request: ChatRequest;
  readonly #estimate: Estimate;
  #need: Amounts | undefined;

  constructor(candidate: Candidate, { target, provider, request, estimate }: Circumstances) {
    this.candidate = candidate;
    this.target = target;
    this.#provider = provider;
    this.#request = request;
    this.#estimate = estimate;
  }

  get need(): Amounts {
    return (this.#need ??= this.#needed());
  }

  get durations(): Durations {
    const { whole, first } = this.target.durations;
    return this.#request.stream === true ? first : whole;
  }

  get pace(): Pace {
    return paceOf(this.#request, this.candidate.deployment.capabilities);
  }

  /** What all its answers may cost at most; undefined where the price is unknown. */
  get costUsd(): number | undefined {
    const { price } = this.candidate.deployment;
    return price && costUsd(usageOf(this.#estimate), price) * (this.#request.n ?? 1);
  }

  /** How long an answer will be is a guess: by that alone nothing is more than a limit allows. */
  #needed(): Amounts {
    const need = this.#reserved(this.target.outputTokens(this.#limit ?? this.#estimate.outputTokens));
    return this.target.exceeded(need) ? this.#reserved(LEAST_OUTPUT_TOKENS) : need;
  }

  #reserved(outputTokens: number): Amounts {
    return this.#provider.reserve({
      inputTokens: this.#estimate.inputTokens,
      outputTokens,
      maxOutputTokens: this.#limit,
      outputCap: this.candidate.deployment.capabilities.outputTokens,
    });
  }

  get #limit(): number | undefined {
    return this.#request.max_completion_tokens ?? this.#request.max_tokens ?? undefined;
  }
}

/** An estimate as if it had been counted. */
export function usageOf({ inputTokens, outputTokens, media }: Estimate): Usage {
  const usage: Usage = {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
  if (media) usage.media = media;
  return usage;
}

/** Styles of reasoning that begin unless the request says no. */
const THINKS_UNASKED = new Set([
  'effort',
  'disableable',
  'between_tools',
  'always',
  'thinking_budget',
  'thinking_level',
]);

function paceOf({ reasoning_effort: effort }: ChatRequest, { reasoning }: Capabilities): Pace {
  if (reasoning === 'none' || effort === 'none') return reasoning === 'always' ? 'reasoning' : 'plain';
  return effort || THINKS_UNASKED.has(reasoning) ? 'reasoning' : 'plain';
}

/** Tokens that count as much as a request does, for fairness between tenants. */
const TOKENS_PER_REQUEST = 500;

/** The request as the plan sees it. */
export function journeyOf(gateway: Gateway, plan: Plan): PlanRequest {
  const { attempts, client, request, rules, priority, key, deadlineAt, startedAt, estimate } = plan;
  return {
    stops: stopsOf(gateway, plan),
    pool: poolOf(gateway, request.model),
    rules: { ...rules, hedge: rules.hedge && request.stream === true, deadlineAt },
    balance: rules.balance,
    isLive: request.stream === true,
    priority,
    tenant: key,
    cost: 1 + (estimate.inputTokens + estimate.outputTokens) / TOKENS_PER_REQUEST,
    arrivedAt: startedAt,
    client,
    attempts,
    stay: undefined,
  };
}

/** What requests for this name share. */
export function poolOf({ dispatcher, routing }: Gateway, model: string): Pool {
  return dispatcher.pool(model, !routing.models.has(model) && !routing.rules.routes.has(model));
}

function stopsOf(gateway: Gateway, { candidates, request, estimate }: Plan): CandidateStop[] {
  return mapped(candidates, (candidate) => {
    const target = gateway.dispatcher.target(candidate.deployment);
    return new CandidateStop(candidate, { target, provider: providerOf(gateway, candidate), request, estimate });
  });
}

/** The dialect that the candidate speaks. */
export function providerOf({ providers }: Gateway, { deployment }: Candidate): Provider {
  const { dialect } = deployment.endpoint;
  const provider = providers.get(dialect);
  if (provider) return provider;
  throw new GatewayError('internal', `No dialect is called "${dialect}"`);
}
