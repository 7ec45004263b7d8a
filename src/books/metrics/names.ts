/**
 * Every number that Prometheus can read here. `docs/metrics.md`, the dashboard and the alert rules go by this table.
 *
 * `gen_ai_…` are OpenTelemetry's (semantic conventions for generative AI), in the form that its Prometheus exporters
 * give them: dots are underscores, and a unit of seconds stands at the end. Their buckets are those it recommends.
 */
export interface Metric {
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: readonly string[];
  /** Upper bounds, ascending; histograms only. */
  buckets?: readonly number[];
}

/** https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/ */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];
const FIRST_TOKEN = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const PER_TOKEN = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];
const WAIT = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const GEN_AI = ['gen_ai_operation_name', 'gen_ai_provider_name', 'gen_ai_request_model'];
const BUDGET = ['kind', 'name', 'measure', 'span'];

export const METRICS = {
  gen_ai_client_token_usage: {
    type: 'histogram',
    help: 'Tokens of a request, input (cached ones too) and output (reasoning too)',
    labels: [...GEN_AI, 'gen_ai_token_type'],
    buckets: TOKENS,
  },
  gen_ai_client_operation_duration_seconds: {
    type: 'histogram',
    help: 'One call to a provider: to its answer, or to the first content of a stream',
    labels: [...GEN_AI, 'error_type'],
    buckets: SECONDS,
  },
  gen_ai_server_request_duration_seconds: {
    type: 'histogram',
    help: 'A request from its arrival to the last byte of its answer',
    labels: [...GEN_AI, 'error_type'],
    buckets: SECONDS,
  },
  gen_ai_server_time_to_first_token_seconds: {
    type: 'histogram',
    help: 'A stream from the arrival of its request to its first content',
    labels: GEN_AI,
    buckets: FIRST_TOKEN,
  },
  gen_ai_server_time_per_output_token_seconds: {
    type: 'histogram',
    help: 'A stream from its first content to its end, for each token after the first',
    labels: GEN_AI,
    buckets: PER_TOKEN,
  },
  signalbox_requests_total: {
    type: 'counter',
    help: 'Requests that are over, by the model asked for and how they ended (ok, client_gone, or the kind of the error)',
    labels: ['model', 'outcome'],
  },
  signalbox_attempts_total: {
    type: 'counter',
    help: 'What became of each deployment; called="false": it was passed over',
    labels: ['deployment', 'outcome', 'called'],
  },
  signalbox_tokens_total: {
    type: 'counter',
    help: 'Tokens, each in one bucket',
    labels: ['deployment', 'bucket'],
  },
  signalbox_cost_usd_total: { type: 'counter', help: 'US dollars, where the price is known', labels: ['deployment'] },
  signalbox_unknown_price_requests_total: {
    type: 'counter',
    help: 'Requests whose tokens have no price',
    labels: ['deployment'],
  },
  signalbox_shadow_requests_total: {
    type: 'counter',
    help: "Copies for the operator's eyes; they count nowhere else but in attempts, tokens and cost",
    labels: [],
  },
  signalbox_tenant_requests_total: { type: 'counter', help: 'Requests that are over', labels: ['tenant', 'outcome'] },
  signalbox_tenant_tokens_total: { type: 'counter', help: 'Input and output together', labels: ['tenant'] },
  signalbox_tenant_cost_usd_total: {
    type: 'counter',
    help: 'US dollars, where the price is known',
    labels: ['tenant'],
  },
  signalbox_cache_hits_total: { type: 'counter', help: 'Requests answered from the cache', labels: ['model'] },
  signalbox_fallbacks_total: {
    type: 'counter',
    help: 'Requests that another than the first deployment served',
    labels: ['model'],
  },
  signalbox_queue_wait_seconds: {
    type: 'histogram',
    help: 'Waits for room, of requests that had to wait',
    labels: ['priority'],
    buckets: WAIT,
  },
  signalbox_queue_waiting: { type: 'gauge', help: 'Requests that wait for room', labels: ['priority'] },
  signalbox_limiter_room_ratio: {
    type: 'gauge',
    help: "What is left of the scarcest limit, declared or learned from the provider's headers; 1: all",
    labels: ['resource'],
  },
  signalbox_circuit_state: {
    type: 'gauge',
    help: '1 for the state that the circuit is in',
    labels: ['deployment', 'state'],
  },
  signalbox_parked: {
    type: 'gauge',
    help: 'Out of use until mended: credentials, accounts, models',
    labels: ['reason'],
  },
  signalbox_emergency: { type: 'gauge', help: '1: too few providers answer', labels: [] },
  signalbox_retry_budget: { type: 'gauge', help: 'Second calls that are allowed now', labels: ['model'] },
  signalbox_budget_used_ratio: { type: 'gauge', help: 'Spent and reserved; 1: all', labels: BUDGET },
  signalbox_budget_burn_rate: {
    type: 'gauge',
    help: 'Share of the budget that is used by share of its time that has passed; above 1 it will not last',
    labels: BUDGET,
  },
  signalbox_ledger_waiting_rows: { type: 'gauge', help: 'Rows that are not written yet', labels: [] },
  signalbox_ledger_written_rows_total: { type: 'counter', help: 'Rows that the store has', labels: [] },
  signalbox_ledger_dropped_rows_total: { type: 'counter', help: 'Rows that nobody will ever see', labels: ['reason'] },
  signalbox_ledger_failures_total: { type: 'counter', help: 'Writes that the store refused', labels: [] },
  signalbox_spans_sent_total: { type: 'counter', help: 'Spans that the collector took', labels: [] },
  signalbox_spans_dropped_total: { type: 'counter', help: 'Spans that it will never see', labels: ['reason'] },
  signalbox_alerts_firing: { type: 'gauge', help: 'Alerts that are firing', labels: ['rule', 'severity'] },
  signalbox_alert_messages_total: { type: 'counter', help: 'Messages to receivers', labels: ['receiver', 'outcome'] },
  signalbox_metrics_folded_total: {
    type: 'counter',
    help: 'Observations whose series would have been one too many; they are counted under "other"',
    labels: ['metric'],
  },
  process_cpu_seconds_total: { type: 'counter', help: 'CPU time of the process', labels: [] },
  process_resident_memory_bytes: { type: 'gauge', help: 'Resident memory', labels: [] },
  process_start_time_seconds: { type: 'gauge', help: 'Start of the process, seconds since 1970', labels: [] },
  nodejs_heap_size_used_bytes: { type: 'gauge', help: "Used bytes of V8's heap", labels: [] },
  nodejs_eventloop_lag_p99_seconds: {
    type: 'gauge',
    help: 'p99 of the event loop lag since the last scrape',
    labels: [],
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;

/** The names of one type. */
export type NamesOf<Type extends Metric['type']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['type'] extends Type ? Name : never;
}[MetricName];
