import { describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../../src/books/ledger/rows.ts';
import { genAiProvider } from '../../../src/books/metrics/gen-ai.ts';
import { Metrics, type MetricsOptions } from '../../../src/books/metrics/metrics.ts';
import { METRICS, type Metric } from '../../../src/books/metrics/names.ts';
import { Registry } from '../../../src/books/metrics/registry.ts';
import { entryWith } from './entry.ts';
import { pageOf } from './page.ts';

function metricsWith(options: Partial<MetricsOptions> = {}): Metrics {
  return new Metrics({
    models: ['gpt-5.5', 'auto'],
    deployments: ['openai/gpt-5.5', 'anthropic/claude-opus-5-5'],
    tenants: ['acme'],
    providerOf: (entry) => entry,
    ...options,
  });
}

function after(entries: readonly LedgerEntry[], options?: Partial<MetricsOptions>) {
  const metrics = metricsWith(options);
  for (const entry of entries) metrics.observe(entry);
  return pageOf(metrics.text({}));
}

const GEN_AI = 'gen_ai_operation_name="chat",gen_ai_provider_name="openai",gen_ai_request_model="gpt-5.5"';
const BUCKETS = { fresh: 10, cacheRead: 20, cacheWrite5m: 30, cacheWrite1h: 40, output: 5, reasoning: 6 };

const table: { name: string; entry: LedgerEntry; shows: Record<string, number | undefined> }[] = [
  {
    name: 'a request is counted by what was asked and how it ended',
    entry: entryWith({ asked: 'auto' }),
    shows: { 'signalbox_requests_total{model="auto",outcome="ok"}': 1 },
  },
  {
    name: 'every token is in one bucket',
    entry: entryWith(BUCKETS),
    shows: {
      'signalbox_tokens_total{deployment="openai/gpt-5.5",bucket="fresh"}': 10,
      'signalbox_tokens_total{deployment="openai/gpt-5.5",bucket="cache_read"}': 20,
      'signalbox_tokens_total{deployment="openai/gpt-5.5",bucket="cache_write_5m"}': 30,
      'signalbox_tokens_total{deployment="openai/gpt-5.5",bucket="cache_write_1h"}': 40,
      'signalbox_tokens_total{deployment="openai/gpt-5.5",bucket="output"}': 5,
      'signalbox_tokens_total{deployment="openai/gpt-5.5",bucket="reasoning"}': 6,
      'signalbox_tenant_tokens_total{tenant="acme"}': 111,
    },
  },
  {
    name: "OpenTelemetry's input has the cached tokens, its output the reasoning",
    entry: entryWith(BUCKETS),
    shows: {
      [`gen_ai_client_token_usage_sum{${GEN_AI},gen_ai_token_type="input"}`]: 100,
      [`gen_ai_client_token_usage_sum{${GEN_AI},gen_ai_token_type="output"}`]: 11,
    },
  },
  {
    name: 'what is no conversation has an operation of its own',
    entry: { ...entryWith({ fresh: 10 }), operation: 'embeddings' },
    shows: {
      [`gen_ai_client_token_usage_sum{${GEN_AI.replace('chat', 'embeddings')},gen_ai_token_type="input"}`]: 10,
      [`gen_ai_client_operation_duration_seconds_count{${GEN_AI.replace('chat', 'embeddings')},error_type=""}`]: 1,
      [`gen_ai_client_token_usage_sum{${GEN_AI},gen_ai_token_type="input"}`]: undefined,
    },
  },
  {
    name: 'a stream has its times',
    entry: entryWith({ stream: true, firstTokenMs: 300, totalMs: 2_200, output: 20 }),
    shows: {
      [`gen_ai_server_time_to_first_token_seconds_sum{${GEN_AI}}`]: 0.3,
      [`gen_ai_server_time_to_first_token_seconds_bucket{${GEN_AI},le="0.25"}`]: 0,
      [`gen_ai_server_time_to_first_token_seconds_bucket{${GEN_AI},le="0.5"}`]: 1,
      [`gen_ai_server_time_to_first_token_seconds_bucket{${GEN_AI},le="+Inf"}`]: 1,
      [`gen_ai_server_time_per_output_token_seconds_sum{${GEN_AI}}`]: 0.1,
      [`gen_ai_server_request_duration_seconds_sum{${GEN_AI},error_type=""}`]: 2.2,
    },
  },
  {
    name: 'a broken stream has no time to the first token',
    entry: entryWith({ stream: true, firstTokenMs: 300, outcome: 'truncated' }),
    shows: {
      [`gen_ai_server_time_to_first_token_seconds_count{${GEN_AI}}`]: undefined,
      [`gen_ai_server_request_duration_seconds_count{${GEN_AI},error_type="truncated"}`]: 1,
    },
  },
  {
    name: 'an answer whole has no time to the first token',
    entry: entryWith(),
    shows: { [`gen_ai_server_time_to_first_token_seconds_count{${GEN_AI}}`]: undefined },
  },
  {
    name: 'each call is one operation, and what was passed over is none',
    entry: entryWith({}, [
      { outcome: 'limited:requests', called: false, durationMs: 0 },
      { outcome: 'overload', durationMs: 50 },
      { outcome: 'ok', durationMs: 700 },
    ]),
    shows: {
      'signalbox_attempts_total{deployment="openai/gpt-5.5",outcome="limited:requests",called="false"}': 1,
      'signalbox_attempts_total{deployment="openai/gpt-5.5",outcome="overload",called="true"}': 1,
      [`gen_ai_client_operation_duration_seconds_count{${GEN_AI},error_type="overload"}`]: 1,
      [`gen_ai_client_operation_duration_seconds_count{${GEN_AI},error_type=""}`]: 1,
      [`gen_ai_client_operation_duration_seconds_count{${GEN_AI},error_type="limited:requests"}`]: undefined,
    },
  },
  {
    name: 'tokens without a price are loud, and cost nothing',
    entry: entryWith({ costUsd: null }),
    shows: {
      'signalbox_unknown_price_requests_total{deployment="openai/gpt-5.5"}': 1,
      'signalbox_cost_usd_total{deployment="openai/gpt-5.5"}': undefined,
    },
  },
  {
    name: 'what had no tokens needs no price',
    entry: entryWith({ costUsd: null, fresh: 0, output: 0 }),
    shows: { 'signalbox_unknown_price_requests_total{deployment="openai/gpt-5.5"}': undefined },
  },
  {
    name: 'a wait for room has its time',
    entry: entryWith({ queuedMs: 400, priority: 'background' }),
    shows: { 'signalbox_queue_wait_seconds_sum{priority="background"}': 0.4 },
  },
  {
    name: 'a copy costs money, but nobody asked for it',
    entry: entryWith({ shadow: true }),
    shows: {
      signalbox_shadow_requests_total: 1,
      'signalbox_cost_usd_total{deployment="openai/gpt-5.5"}': 0.001,
      'signalbox_tenant_cost_usd_total{tenant="acme"}': undefined,
      'signalbox_requests_total{model="gpt-5.5",outcome="ok"}': undefined,
    },
  },
  {
    name: 'cache hits and fallbacks are counted',
    entry: entryWith({ cacheHit: true, fallback: true }),
    shows: {
      'signalbox_cache_hits_total{model="gpt-5.5"}': 1,
      'signalbox_fallbacks_total{model="gpt-5.5"}': 1,
    },
  },
];

describe('Metrics', () => {
  it.each(table)('$name', ({ entry, shows }) => {
    const page = after([entry]);
    for (const [series, value] of Object.entries(shows)) expect([series, page.get(series)]).toEqual([series, value]);
  });

  it('counts models that clients invent under one name', () => {
    const invented = Array.from({ length: 10_000 }, (_, index) =>
      entryWith({ asked: `m${index}`, tenant: `t${index}`, deployment: '', outcome: 'model_not_found' }, []),
    );
    const page = after(invented);
    expect(page.get('signalbox_requests_total{model="other",outcome="model_not_found"}')).toBe(10_000);
    expect(page.get('signalbox_tenant_requests_total{tenant="other",outcome="model_not_found"}')).toBe(10_000);
    expect(page.size).toBeLessThan(60);
  });

  it.each([
    ['knows a deployment that was down from the start', 'overload', 'openai/new'],
    ['does not know one that the provider has never heard of', 'misconfigured', 'other'],
  ])('%s', (_name, outcome, word) => {
    const page = after([entryWith({ deployment: '', outcome }, [{ deployment: 'openai/new', outcome }])]);
    expect(page.get(`signalbox_attempts_total{deployment="${word}",outcome="${outcome}",called="true"}`)).toBe(1);
  });

  it('takes in names that were served, up to its bound', () => {
    const served = ['a/1', 'a/2', 'a/3'].map((deployment) => entryWith({ deployment }, []));
    const page = after(served, { maxOthers: 2 });
    expect(page.get('signalbox_cost_usd_total{deployment="a/2"}')).toBe(0.001);
    expect(page.get('signalbox_cost_usd_total{deployment="a/3"}')).toBeUndefined();
    expect(page.get('signalbox_cost_usd_total{deployment="other"}')).toBe(0.001);
  });

  it('keeps names that would break a line in their line', () => {
    const text = metricsWith({ tenants: ['a"b\\c\nd'] });
    text.observe(entryWith({ tenant: 'a"b\\c\nd' }, []));
    expect(text.text({})).toContain('signalbox_tenant_requests_total{tenant="a\\"b\\\\c\\nd",outcome="ok"} 1\n');
  });
});

describe('Registry', () => {
  it('folds a series too many into `other`, and counts that', () => {
    const registry = new Registry(2);
    for (const tenant of ['a', 'b', 'c', 'd', 'a']) registry.count('signalbox_tenant_tokens_total', [tenant], 10);
    const page = pageOf(registry.text());
    expect(page.get('signalbox_tenant_tokens_total{tenant="a"}')).toBe(20);
    expect(page.get('signalbox_tenant_tokens_total{tenant="other"}')).toBe(20);
    expect(page.get('signalbox_metrics_folded_total{metric="signalbox_tenant_tokens_total"}')).toBe(2);
    expect(page.has('signalbox_tenant_tokens_total{tenant="c"}')).toBe(false);
  });

  it('puts an amount that is a bound below it, as Prometheus does', () => {
    const registry = new Registry();
    registry.observe('signalbox_queue_wait_seconds', ['normal'], 0.05);
    const page = pageOf(registry.text());
    expect(page.get('signalbox_queue_wait_seconds_bucket{priority="normal",le="0.01"}')).toBe(0);
    expect(page.get('signalbox_queue_wait_seconds_bucket{priority="normal",le="0.05"}')).toBe(1);
  });
});

describe('the table of metrics', () => {
  const all: [string, Metric][] = Object.entries(METRICS);

  it.each(all)('%s is named as Prometheus wants it', (name, { type, buckets }) => {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(buckets !== undefined).toBe(type === 'histogram');
    expect(buckets ?? []).toEqual([...(buckets ?? [])].toSorted((a, b) => a - b));
  });
});

describe("OpenTelemetry's name of a provider", () => {
  it.each([
    ['anthropic', 'https://api.anthropic.com', {}, 'anthropic'],
    ['openai', 'https://api.openai.com/v1', {}, 'openai'],
    ['openai', 'https://house.openai.azure.com/openai', {}, 'azure.ai.openai'],
    ['openai', 'http://127.0.0.1:8000/v1', {}, 'openai'],
    ['gemini', 'https://generativelanguage.googleapis.com', {}, 'gcp.gemini'],
    ['gemini', 'https://aiplatform.googleapis.com', { project: 'p' }, 'gcp.vertex_ai'],
    ['bedrock', 'https://bedrock-runtime.us-east-1.amazonaws.com', {}, 'aws.bedrock'],
  ])('%s at %s', (dialect, baseUrl, settings, name) => {
    expect(genAiProvider({ dialect, baseUrl, settings })).toBe(name);
  });
});
