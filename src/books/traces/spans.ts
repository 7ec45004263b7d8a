/**
 * A finished request as spans: one for the request, one for each call to a provider, with the attributes of
 * OpenTelemetry's semantic conventions for generative AI. What users ask and models answer is not among them.
 */
import type { Operation } from '../../core/ability.ts';
import { ERROR_RULES } from '../../core/errors.ts';
import { isErrorKind } from '../../core/outcome.ts';
import type { AttemptRow, Buckets, RequestRow } from '../../core/ledger.ts';
import type { LedgerEntry } from '../ledger/rows.ts';
import type { Attributes, Span } from './otlp.ts';
import type { TraceContext } from './traceparent.ts';

export interface SpanContext {
  caller: TraceContext | undefined;
  /** The caller's span is the parent of ours, or only linked to it: then nobody can write into our traces. */
  callers: 'parent' | 'link';
  providerOf: (entry: string) => string;
  /** So many hexadecimal digits. */
  newHex: (digits: number) => string;
}

export function spansOf({ operation, request, attempts }: LedgerEntry, context: SpanContext): Span[] {
  const { caller, callers, newHex } = context;
  const parent = callers === 'parent' ? caller : undefined;
  const ids = { traceId: parent?.traceId ?? newHex(32), spanId: newHex(16) };
  const { atMs, totalMs, outcome } = request;
  const root: Span = {
    ...ids,
    parentSpanId: parent?.spanId,
    name: nameOf(operation, request.asked),
    kind: 'server',
    startMs: atMs,
    endMs: atMs + totalMs,
    attributes: requestAttributes(operation, request, context.providerOf),
    error: isOurs(outcome) ? outcome : undefined,
    events: passedOver(attempts),
    ...(caller && !parent && { links: [{ traceId: caller.traceId, spanId: caller.spanId }] }),
  };
  return [root, ...callSpans({ operation, request, attempts }, ids, context)];
}

/** A server's span is in error where the server is: not for what the caller did wrong, and not when he left. */
function isOurs(outcome: string): boolean {
  return outcome !== 'ok' && outcome !== 'client_gone' && (!isErrorKind(outcome) || ERROR_RULES[outcome].status >= 500);
}

function nameOf(operation: Operation, model: string): string {
  return model === '' ? operation : `${operation} ${model}`;
}

function requestAttributes(
  operation: Operation,
  request: RequestRow,
  providerOf: SpanContext['providerOf'],
): Attributes {
  const { outcome, finishReason, firstTokenMs, stream } = request;
  return {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': request.provider === '' ? undefined : providerOf(request.provider),
    'gen_ai.request.model': known(request.asked),
    'gen_ai.response.model': known(request.model),
    'gen_ai.response.finish_reasons': finishReason === '' ? undefined : [finishReason],
    'gen_ai.conversation.id': known(request.session),
    ...usageAttributes(request),
    'error.type': outcome === 'ok' ? undefined : outcome,
    'signalbox.request.id': request.requestId,
    'signalbox.tenant': request.tenant,
    'signalbox.key': request.key,
    'signalbox.route': known(request.route),
    'signalbox.tier': known(request.tier),
    'signalbox.reason': known(request.reason),
    'signalbox.priority': known(request.priority),
    'signalbox.deployment': known(request.deployment),
    'signalbox.stream': stream,
    'signalbox.queued_ms': request.queuedMs,
    'signalbox.time_to_first_token_ms': firstTokenMs ?? undefined,
    'signalbox.cost_usd': request.costUsd ?? undefined,
    'signalbox.usage_estimated': request.estimated || undefined,
    'signalbox.cache_hit': request.cacheHit || undefined,
    'signalbox.fallback': request.fallback || undefined,
    'signalbox.continued': request.continued || undefined,
    'signalbox.shadow': request.shadow || undefined,
    'signalbox.tags': request.tags.length > 0 ? request.tags : undefined,
  };
}

function usageAttributes(buckets: Buckets): Attributes {
  const { fresh, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning } = buckets;
  const written = cacheWrite5m + cacheWrite1h;
  const input = fresh + cacheRead + written;
  if (input + output + reasoning === 0) return {};
  return {
    'gen_ai.usage.input_tokens': input,
    'gen_ai.usage.output_tokens': output + reasoning,
    'gen_ai.usage.cache_read.input_tokens': cacheRead || undefined,
    'gen_ai.usage.cache_creation.input_tokens': written || undefined,
    'gen_ai.usage.reasoning.output_tokens': reasoning || undefined,
  };
}

/** Deployments that were not called have no time of their own. */
function passedOver(attempts: readonly AttemptRow[]): Span['events'] {
  return attempts
    .filter(({ called }) => !called)
    .map(({ atMs, deployment, outcome }) => ({
      atMs,
      name: 'signalbox.passed_over',
      attributes: { 'signalbox.deployment': deployment, 'signalbox.outcome': outcome },
    }));
}

function callSpans(
  { operation, request, attempts }: LedgerEntry,
  ids: { traceId: string; spanId: string },
  context: SpanContext,
) {
  const endMs = request.atMs + request.totalMs;
  let freeAtMs = request.atMs + request.queuedMs;
  return attempts
    .filter(({ called }) => called)
    .map((attempt): Span => {
      // Whose beginning nobody noted began with the request; one came after the other.
      const startMs = attempt.atMs === request.atMs ? Math.min(freeAtMs, endMs) : attempt.atMs;
      const isServing = attempt.outcome === 'ok' && attempt.deployment === request.deployment;
      // The time of a stream ends with its first content; the call goes on.
      const ownEndMs = isServing && request.stream ? endMs : startMs + attempt.durationMs;
      freeAtMs = Math.max(freeAtMs, ownEndMs);
      return {
        traceId: ids.traceId,
        spanId: context.newHex(16),
        parentSpanId: ids.spanId,
        name: nameOf(operation, attempt.model),
        kind: 'client',
        startMs,
        endMs: ownEndMs,
        attributes: callAttributes(operation, attempt, context.providerOf),
        error: attempt.outcome === 'ok' ? undefined : attempt.outcome,
      };
    });
}

function callAttributes(operation: Operation, attempt: AttemptRow, providerOf: SpanContext['providerOf']): Attributes {
  const { provider, model, outcome, deployment, number, costUsd } = attempt;
  return {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': provider === '' ? undefined : providerOf(provider),
    'gen_ai.request.model': known(model),
    ...usageAttributes(attempt),
    'error.type': outcome === 'ok' ? undefined : outcome,
    'signalbox.deployment': deployment,
    'signalbox.attempt': number,
    'signalbox.cost_usd': costUsd ?? undefined,
  };
}

function known(text: string): string | undefined {
  return text === '' ? undefined : text;
}
