/** What a finished request does to the numbers. A few microseconds; never throws. */
import type { Operation } from '../../core/ability.ts';
import type { AttemptRow, Buckets, RequestRow } from '../../core/ledger.ts';
import type { LedgerEntry } from '../ledger/rows.ts';
import { Registry } from './registry.ts';
import { sourcesText, type Sources } from './sources.ts';
import { Vocabulary } from './vocabulary.ts';

export interface MetricsOptions {
  /** The names that clients may ask for. */
  models: Iterable<string>;
  deployments: Iterable<string>;
  tenants: Iterable<string>;
  /** What OpenTelemetry calls the provider behind an entry under `providers:`; see `genAiProvider`. */
  providerOf: (entry: string) => string;
  /** Names beyond the configured ones, of each sort: models asked for directly, tenants made while it runs. */
  maxOthers?: number | undefined;
  maxSeries?: number | undefined;
}

const MAX_OTHERS = 200;
/** What providers say to a model's name that a client has made up. */
const MADE_UP = new Set(['misconfigured', 'caller', 'invalid_request']);

const BUCKETS: readonly { bucket: keyof Buckets; label: string }[] = [
  { bucket: 'fresh', label: 'fresh' },
  { bucket: 'cacheRead', label: 'cache_read' },
  { bucket: 'cacheWrite5m', label: 'cache_write_5m' },
  { bucket: 'cacheWrite1h', label: 'cache_write_1h' },
  { bucket: 'output', label: 'output' },
  { bucket: 'reasoning', label: 'reasoning' },
];

export class Metrics {
  readonly #registry: Registry;
  readonly #models: Vocabulary;
  readonly #deployments: Vocabulary;
  readonly #tenants: Vocabulary;
  readonly #providerOf: (entry: string) => string;

  constructor({ models, deployments, tenants, providerOf, maxOthers = MAX_OTHERS, maxSeries }: MetricsOptions) {
    this.#registry = new Registry(maxSeries);
    this.#models = new Vocabulary(models, maxOthers);
    this.#deployments = new Vocabulary(deployments, maxOthers);
    this.#tenants = new Vocabulary(tenants, maxOthers);
    this.#providerOf = providerOf;
  }

  observe({ operation, request, attempts }: LedgerEntry): void {
    for (const attempt of attempts) this.#attempt(attempt, operation);
    this.#spending(request);
    if (request.shadow) this.#registry.count('signalbox_shadow_requests_total', []);
    else this.#request(request, operation);
  }

  /** What Prometheus reads. */
  text(sources: Sources): string {
    return this.#registry.text() + sourcesText(sources);
  }

  #request(request: RequestRow, operation: Operation): void {
    const registry = this.#registry;
    const { outcome, costUsd, queuedMs, priority, cacheHit, fallback } = request;
    const isServed = request.deployment !== '';
    const model = this.#models.word(request.asked, isServed);
    const tenant = this.#tenants.word(request.tenant, isServed);
    registry.count('signalbox_requests_total', [model, outcome]);
    registry.count('signalbox_tenant_requests_total', [tenant, outcome]);
    if (costUsd !== null && costUsd > 0) registry.count('signalbox_tenant_cost_usd_total', [tenant], costUsd);
    const tokens = inputOf(request) + outputOf(request);
    if (tokens > 0) registry.count('signalbox_tenant_tokens_total', [tenant], tokens);
    if (cacheHit) registry.count('signalbox_cache_hits_total', [model]);
    if (fallback) registry.count('signalbox_fallbacks_total', [model]);
    if (queuedMs > 0) registry.observe('signalbox_queue_wait_seconds', [priority], queuedMs / 1_000);
    this.#times(request, model, operation);
  }

  #times(request: RequestRow, model: string, operation: Operation): void {
    const { outcome, firstTokenMs, totalMs } = request;
    const registry = this.#registry;
    const provider = this.#provider(request.provider);
    const error = outcome === 'ok' ? '' : outcome;
    registry.observe('gen_ai_server_request_duration_seconds', [operation, provider, model, error], totalMs / 1_000);
    const input = inputOf(request);
    const output = outputOf(request);
    if (input > 0) registry.observe('gen_ai_client_token_usage', [operation, provider, model, 'input'], input);
    if (output > 0) registry.observe('gen_ai_client_token_usage', [operation, provider, model, 'output'], output);
    if (firstTokenMs === null || error !== '') return;
    const genAi = [operation, provider, model];
    registry.observe('gen_ai_server_time_to_first_token_seconds', genAi, firstTokenMs / 1_000);
    if (output < 2) return;
    const perTokenMs = Math.max(totalMs - firstTokenMs, 0) / (output - 1);
    registry.observe('gen_ai_server_time_per_output_token_seconds', genAi, perTokenMs / 1_000);
  }

  #spending(request: RequestRow): void {
    const { deployment, costUsd } = request;
    if (deployment === '') return;
    const registry = this.#registry;
    const word = this.#deployments.word(deployment, true);
    let hasTokens = false;
    for (const { bucket, label } of BUCKETS) {
      const tokens = request[bucket];
      if (tokens === 0) continue;
      hasTokens = true;
      registry.count('signalbox_tokens_total', [word, label], tokens);
    }
    if (costUsd !== null && costUsd > 0) registry.count('signalbox_cost_usd_total', [word], costUsd);
    if (costUsd === null && hasTokens) registry.count('signalbox_unknown_price_requests_total', [word]);
  }

  #attempt({ deployment, provider, model, outcome, called, durationMs }: AttemptRow, operation: Operation): void {
    const isReal = called && !MADE_UP.has(outcome);
    const word = this.#deployments.word(deployment, isReal);
    this.#registry.count('signalbox_attempts_total', [word, outcome, String(called)]);
    if (!called) return;
    const error = outcome === 'ok' ? '' : outcome;
    const labels = [operation, this.#provider(provider), this.#models.word(model, isReal), error];
    this.#registry.observe('gen_ai_client_operation_duration_seconds', labels, durationMs / 1_000);
  }

  #provider(entry: string): string {
    return entry === '' ? '' : this.#providerOf(entry);
  }
}

function inputOf({ fresh, cacheRead, cacheWrite5m, cacheWrite1h }: Buckets): number {
  return fresh + cacheRead + cacheWrite5m + cacheWrite1h;
}

function outputOf({ output, reasoning }: Buckets): number {
  return output + reasoning;
}
