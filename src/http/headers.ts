/** What the router tells about an answer beside the answer. Values are printable ASCII; secrets never come here. */
import type { Deployment } from '../core/deployment.ts';
import type { GatewayError } from '../core/errors.ts';
import type { Attempt } from '../core/ports.ts';
import type { Warning } from '../core/provider.ts';
import type { Outcome, Reply } from '../gateway/gateway.ts';

/** Longest wait that a client's SDK should sit through: some sleep for as long as they are told, others hammer. */
const PATIENCE_MS = 20_000;
const MAX_HEADER = 1_000;

export type HeaderValues = Record<string, string>;

/** Adds what became of the request. */
export function tellOutcome(headers: HeaderValues, outcome: Reply<unknown>, asked: string): void {
  headers['x-signalbox-requested-model'] = printable(asked);
  headers['x-signalbox-attempts'] = attemptsHeader(outcome.attempts);
  if (outcome.candidate) tellAnswer(headers, outcome);
  else headers['x-signalbox-fallback'] = 'true';
}

function tellAnswer(headers: HeaderValues, outcome: Outcome<unknown>): void {
  const { candidate, facts, warnings, stay } = outcome;
  const { deployment, tier } = candidate;
  const { id, model, provider } = namesOf(deployment);
  headers['x-signalbox-deployment'] = id;
  headers['x-signalbox-model'] = model;
  headers['x-signalbox-provider'] = provider;
  headers['x-signalbox-reason'] = printable(candidate.reason);
  if (tier !== undefined) headers['x-signalbox-tier'] = tier;
  if (stay) headers['x-signalbox-queue'] = `position=${stay.position};waited=${Math.round(stay.waitedMs)}ms`;
  if (facts.upstreamId) headers['x-upstream-id'] = printable(facts.upstreamId);
  tellCost(headers, outcome);
  if (deployment.endpoint.settings.practice) headers['x-signalbox-practice'] = 'true';
  if (warnings.length === 0) return;
  const lost = warnings.filter(({ action }) => action !== 'emulated');
  const emulated = warnings.filter(({ action }) => action === 'emulated');
  if (lost.length > 0) headers['x-signalbox-dropped'] = printable(lost.map(toItem).join(', '));
  if (emulated.length > 0) headers['x-signalbox-emulated'] = printable(emulated.map(toItem).join(', '));
}

interface Names {
  id: string;
  model: string;
  provider: string;
}

/** Looked through once, and not for every answer. */
const names = new WeakMap<Deployment, Names>();

function namesOf(deployment: Deployment): Names {
  const known = names.get(deployment);
  if (known) return known;
  const { id, providerModel, endpoint } = deployment;
  const made = { id: printable(id), model: printable(providerModel), provider: printable(endpoint.name) };
  names.set(deployment, made);
  return made;
}

export function attemptsHeader(attempts: readonly Attempt[]): string {
  let items = '';
  for (const { deployment, outcome, durationMs } of attempts)
    items += `${items && ', '}${deployment};${outcome};${Math.round(durationMs)}ms`;
  return printable(items);
}

/** Whether and when the client's SDK should come back. Always whole seconds of at least 1: a date in the past is a storm. */
export function errorHeaders(error: GatewayError, attempts: readonly Attempt[] = []): HeaderValues {
  const { retryAfterMs, retried, rule } = error;
  const headers: HeaderValues = {};
  if (attempts.length > 0) headers['x-signalbox-attempts'] = attemptsHeader(attempts);
  if (retryAfterMs !== undefined && Number.isFinite(retryAfterMs)) {
    headers['retry-after'] = String(Math.max(Math.ceil(retryAfterMs / 1000), 1));
    headers['retry-after-ms'] = String(Math.max(Math.ceil(retryAfterMs), 1));
  }
  headers['x-should-retry'] = String(rule.clientRetry && !retried && (retryAfterMs ?? 0) <= PATIENCE_MS);
  return headers;
}

function toItem({ param, action, note }: Warning): string {
  if (note) return `${param};${action}="${note.replaceAll('"', "'")}"`;
  return action === 'dropped' ? param : `${param};${action}`;
}

function tellCost(headers: HeaderValues, { candidate, costUsd, expectedCostUsd }: Outcome<unknown>): void {
  if (costUsd !== undefined) headers['x-signalbox-cost-usd'] = dollars(costUsd);
  else if (expectedCostUsd !== undefined) headers['x-signalbox-expected-cost-usd'] = dollars(expectedCostUsd);
  else if (!candidate.deployment.price) headers['x-signalbox-price'] = 'unknown';
}

/** Never 1.2e-7, and no more digits than mean something. */
function dollars(usd: number): string {
  return usd.toFixed(9).replace(/\.?0+$/, '');
}

export function printable(value: string): string {
  if (value.length <= MAX_HEADER && !/[^\x20-\x7e]/.test(value)) return value;
  return value.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_HEADER);
}
