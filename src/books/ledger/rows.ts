/** A finished request as rows. What clients can choose is cut to size: it is stored, indexed and shown to people. */
import type { Operation } from '../../core/ability.ts';
import type { Usage } from '../../core/chat.ts';
import type { Deployment, Price } from '../../core/deployment.ts';
import { ERROR_RULES } from '../../core/errors.ts';
import { isErrorKind, wasCalled } from '../../core/outcome.ts';
import type { AttemptRow, Buckets, RequestRow } from '../../core/ledger.ts';
import { mapped } from '../../core/lists.ts';
import type { Attempt, RequestFact } from '../../core/ports.ts';
import { bucketsOf, NO_TOKENS } from './buckets.ts';

/** One request with its attempts. */
export interface LedgerEntry {
  /** For numbers and traces; the ledger has no column for it. */
  operation: Operation;
  request: RequestRow;
  attempts: readonly AttemptRow[];
}

/** PostgreSQL's index rows end at 2,704 bytes, and all of a sum's names are in one. */
const NAME_CHARACTERS = 80;
const MODEL_CHARACTERS = 160;
const TAG_CHARACTERS = 64;
const REASON_CHARACTERS = 400;
const MAX_TAGS = 8;
const MAX_ATTEMPTS = 32;
/** What a server names beyond it is nonsense, and a few such rows would make a sum that no database gives back. */
const MAX_TOKENS = 1e9;

export function entryOf(fact: RequestFact): LedgerEntry {
  const { usage } = fact;
  const attempts = mapped(fact.attempts.slice(0, MAX_ATTEMPTS), (attempt, index) =>
    attemptRow(attempt, index + 1, fact),
  );
  const { deployment, model, provider } = placeOf(fact.deployment, fact);
  const { fresh, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning } = wholeBuckets(usage);
  // Once for every request: no spreads.
  const request: RequestRow = {
    requestId: fact.requestId,
    atMs: whole(fact.startedAtMs),
    tenant: name(fact.tenant),
    key: name(fact.key),
    session: name(fact.session),
    asked: clean(fact.asked, MODEL_CHARACTERS),
    route: name(fact.route),
    deployment,
    model,
    provider,
    tier: name(fact.tier),
    reason: clean(fact.reason, REASON_CHARACTERS),
    priority: fact.priority,
    outcome: name(fact.outcome),
    origin: originOf(fact.outcome),
    finishReason: fact.finishReason ?? '',
    fresh,
    cacheRead,
    cacheWrite5m,
    cacheWrite1h,
    output,
    reasoning,
    costUsd: dollars(fact.costUsd),
    price: usage ? priceText(fact.deployment, fact) : null,
    queuedMs: whole(fact.queuedMs ?? 0),
    firstTokenMs: fact.firstTokenMs === undefined ? null : whole(fact.firstTokenMs),
    totalMs: whole(fact.durationMs),
    calls: attempts.reduce((calls, { called }) => calls + Number(called), 0),
    stream: fact.stream,
    estimated: usage?.usage_estimated === true,
    cacheHit: fact.cacheHit,
    fallback: isFallback(fact),
    continued: fact.continued,
    shadow: fact.shadow,
    tags: fact.tags.length === 0 ? NO_TAGS : tagsOf(fact),
  };
  return { operation: fact.operation, request, attempts };
}

const NO_TAGS: readonly string[] = [];

function tagsOf({ tags }: RequestFact): string[] {
  return [...new Set(tags.slice(0, MAX_TAGS).map((tag) => clean(tag, TAG_CHARACTERS)))].filter(Boolean);
}

function isFallback({ deployment, attempts: [first] }: Pick<RequestFact, 'deployment' | 'attempts'>): boolean {
  return deployment !== undefined && first !== undefined && first.deployment !== deployment;
}

interface Taken {
  buckets: Buckets;
  costUsd: number | null;
  isKnown: boolean;
}

/** What answered in the end took what the parts that broke off did not. */
function takenBy(attempt: Attempt, { usage, costUsd, attempts }: RequestFact): Taken {
  if (attempt.outcome !== 'ok' || attempt.usage || !usage) {
    const isKnown = attempt.usage !== undefined;
    return { buckets: wholeBuckets(attempt.usage), costUsd: dollars(attempt.costUsd), isKnown };
  }
  const parts = attempts.filter((part) => part.usage);
  const buckets = parts.reduce((rest, part) => minus(rest, wholeBuckets(part.usage)), wholeBuckets(usage));
  const rest = parts.reduce((dollarsLeft, part) => dollarsLeft - (part.costUsd ?? NaN), costUsd ?? NaN);
  return { buckets, costUsd: dollars(Math.max(0, rest)), isKnown: true };
}

function minus(from: Buckets, part: Buckets): Buckets {
  return {
    fresh: Math.max(0, from.fresh - part.fresh),
    cacheRead: Math.max(0, from.cacheRead - part.cacheRead),
    cacheWrite5m: Math.max(0, from.cacheWrite5m - part.cacheWrite5m),
    cacheWrite1h: Math.max(0, from.cacheWrite1h - part.cacheWrite1h),
    output: Math.max(0, from.output - part.output),
    reasoning: Math.max(0, from.reasoning - part.reasoning),
  };
}

function attemptRow(attempt: Attempt, number: number, request: RequestFact): AttemptRow {
  const { outcome } = attempt;
  const { buckets, costUsd, isKnown } = takenBy(attempt, request);
  const { deployment, model, provider } = placeOf(attempt.deployment, request);
  return {
    requestId: request.requestId,
    number,
    atMs: whole(attempt.startedAtMs ?? request.startedAtMs),
    tenant: name(request.tenant),
    deployment,
    model,
    provider,
    outcome: name(outcome),
    called: wasCalled(outcome),
    shadow: request.shadow,
    fresh: buckets.fresh,
    cacheRead: buckets.cacheRead,
    cacheWrite5m: buckets.cacheWrite5m,
    cacheWrite1h: buckets.cacheWrite1h,
    output: buckets.output,
    reasoning: buckets.reasoning,
    durationMs: whole(attempt.durationMs),
    costUsd,
    price: isKnown ? priceText(attempt.deployment, request) : null,
  };
}

type Place = Pick<RequestRow, 'deployment' | 'model' | 'provider'>;

const NOWHERE: Place = { deployment: '', model: '', provider: '' };
/** Deployments are few and live long. */
const places = new WeakMap<Deployment, Place>();

function placeOf(id: string | undefined, { deploymentOf }: RequestFact): Place {
  if (id === undefined) return NOWHERE;
  const deployment = deploymentOf(id);
  if (!deployment) return { ...NOWHERE, deployment: clean(id, MODEL_CHARACTERS) };
  const known = places.get(deployment);
  if (known) return known;
  const place = {
    deployment: clean(id, MODEL_CHARACTERS),
    model: clean(deployment.model, MODEL_CHARACTERS),
    provider: name(deployment.endpoint.name),
  };
  places.set(deployment, place);
  return place;
}

function originOf(outcome: string): RequestRow['origin'] {
  return isErrorKind(outcome) ? ERROR_RULES[outcome].origin : '';
}

function wholeBuckets(usage: Usage | undefined): Buckets {
  if (!usage) return NO_TOKENS;
  const { fresh, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning } = bucketsOf(usage);
  return {
    fresh: tokens(fresh),
    cacheRead: tokens(cacheRead),
    cacheWrite5m: tokens(cacheWrite5m),
    cacheWrite1h: tokens(cacheWrite1h),
    output: tokens(output),
    reasoning: tokens(reasoning),
  };
}

/** Prices are few and their objects live long. */
const priceTexts = new WeakMap<Price, string>();

function priceText(id: string | undefined, { deploymentOf }: RequestFact): string | null {
  const price = id === undefined ? undefined : deploymentOf(id)?.price;
  if (!price) return null;
  const known = priceTexts.get(price);
  if (known !== undefined) return known;
  const text = JSON.stringify(price);
  priceTexts.set(price, text);
  return text;
}

function name(text: string): string {
  return clean(text, NAME_CHARACTERS);
}

/** PostgreSQL takes neither NUL nor half a surrogate pair, and one such row would hold up all others. */
function clean(text: string, characters: number): string {
  if (text === '') return text;
  const short = (text.length > characters ? text.slice(0, characters) : text).toWellFormed();
  return short.includes('\0') ? short.replaceAll('\0', '') : short;
}

function whole(value: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(0, Math.round(value)), Number.MAX_SAFE_INTEGER) : 0;
}

function tokens(count: number): number {
  return Math.min(whole(count), MAX_TOKENS);
}

function dollars(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
