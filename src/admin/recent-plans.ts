import type { RequestFact } from '../core/ports.ts';

/** Some two kilobytes each. */
const MAX_KEPT = 1_000;

/** What is kept of a request: how it was chosen, and what came of it, by the names that its line in the log has. */
export interface RecentRequest {
  requestId: string;
  key: string;
  asked: string;
  deployment: string | undefined;
  outcome: string;
  promptTokens: number | undefined;
  completionTokens: number | undefined;
  cachedTokens: number | undefined;
  cacheWriteTokens: number | undefined;
  costUsd: number | undefined;
  firstTokenMs: number | undefined;
  durationMs: number;
  routing: object;
}

/** How the requests of late were chosen. The ledger has no place for it: of older ones it has the reason in words. */
export class RecentPlans {
  readonly #maxKept: number;
  readonly #kept = new Map<string, RecentRequest>();

  constructor(maxKept = MAX_KEPT) {
    this.#maxKept = maxKept;
  }

  note(fact: RequestFact): void {
    const { requestId, routing } = fact;
    if (!routing) return;
    for (const oldest of this.#kept.size < this.#maxKept ? [] : this.#kept.keys()) {
      this.#kept.delete(oldest);
      break;
    }
    this.#kept.set(requestId, keptOf(fact, routing()));
  }

  find(requestId: string): object | undefined {
    return this.#kept.get(requestId)?.routing;
  }

  /** In the order in which they ended. */
  all(): readonly RecentRequest[] {
    return [...this.#kept.values()];
  }
}

/** No more: the fact itself would hold on to the request. */
function keptOf({ requestId, key, asked, deployment, outcome, usage, ...fact }: RequestFact, routing: object) {
  const { prompt_tokens_details: details } = usage ?? {};
  return {
    requestId,
    key,
    asked,
    deployment,
    outcome,
    promptTokens: usage?.prompt_tokens,
    completionTokens: usage?.completion_tokens,
    cachedTokens: details?.cached_tokens,
    cacheWriteTokens: details?.cache_write_tokens,
    costUsd: fact.costUsd,
    firstTokenMs: fact.firstTokenMs,
    durationMs: fact.durationMs,
    routing,
  };
}
