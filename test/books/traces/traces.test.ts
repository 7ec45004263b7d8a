import { describe, expect, it } from 'vitest';
import { exportBody } from '../../../src/books/traces/otlp.ts';
import { spansOf } from '../../../src/books/traces/spans.ts';
import { parseTraceparent } from '../../../src/books/traces/traceparent.ts';
import { entryWith } from '../metrics/entry.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('traceparent', () => {
  const read = { traceId: TRACE, spanId: SPAN, isSampled: true };
  it.each<[string, string | undefined, ReturnType<typeof parseTraceparent>]>([
    ['is read', `00-${TRACE}-${SPAN}-01`, read],
    ['says that nobody samples', `00-${TRACE}-${SPAN}-00`, { ...read, isSampled: false }],
    ['may have flags that are not known yet', `00-${TRACE}-${SPAN}-03`, read],
    ['of a later version may be longer', `01-${TRACE}-${SPAN}-01-more`, read],
    ['of this version may not', `00-${TRACE}-${SPAN}-01-more`, undefined],
    ['of version ff is none', `ff-${TRACE}-${SPAN}-01`, undefined],
    ['with a trace of zeros is none', `00-${'0'.repeat(32)}-${SPAN}-01`, undefined],
    ['with a span of zeros is none', `00-${TRACE}-${'0'.repeat(16)}-01`, undefined],
    ['in capitals is none', `00-${TRACE.toUpperCase()}-${SPAN}-01`, undefined],
    ['too short is none', `00-${TRACE}-${SPAN}`, undefined],
    ['of any length is none', 'x'.repeat(100_000), undefined],
    ['that was not sent is none', undefined, undefined],
  ])('%s', (_name, header, context) => expect(parseTraceparent(header)).toEqual(context));
});

let digit = 0;
const newHex = (digits: number) => String(++digit % 10).repeat(digits);
const providerOf = (entry: string) => ({ bedrock: 'aws.bedrock' })[entry] ?? entry;
const base = { caller: undefined, callers: 'link', providerOf, newHex } as const;
const caller = { traceId: TRACE, spanId: SPAN, isSampled: true };

describe('a request as spans', () => {
  const entry = entryWith(
    { asked: 'auto', queuedMs: 200, totalMs: 2_000, fallback: true, stream: true, firstTokenMs: 900, reasoning: 7 },
    [
      { outcome: 'limited:requests', called: false, deployment: 'gemini/flash' },
      { outcome: 'overload', deployment: 'bedrock/opus', provider: 'bedrock', durationMs: 300 },
      { outcome: 'ok', durationMs: 400 },
    ],
  );
  const [root, ...calls] = spansOf(entry, base);
  const atMs = entry.request.atMs;

  it('has one span for itself, the root of its own trace', () => {
    expect(root).toMatchObject({ name: 'chat auto', kind: 'server', parentSpanId: undefined, startMs: atMs });
    expect(root?.endMs).toBe(atMs + 2_000);
    expect(root?.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'auto',
      'gen_ai.response.model': 'gpt-5.5',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 27,
      'gen_ai.usage.reasoning.output_tokens': 7,
      'signalbox.fallback': true,
      'signalbox.time_to_first_token_ms': 900,
    });
  });

  it('is named after what it is', () => {
    const spans = spansOf({ ...entry, operation: 'audio' }, base);
    expect(spans.map(({ name }) => name)).toEqual(['audio auto', 'audio gpt-5.5', 'audio gpt-5.5']);
    for (const { attributes } of spans) expect(attributes).toMatchObject({ 'gen_ai.operation.name': 'audio' });
  });

  it('has a child for each call, one after the other, the last to the end of the stream', () => {
    expect(calls.map(({ kind, parentSpanId, traceId }) => [kind, parentSpanId, traceId])).toEqual([
      ['client', root?.spanId, root?.traceId],
      ['client', root?.spanId, root?.traceId],
    ]);
    expect(calls.map(({ startMs, endMs }) => [startMs - atMs, endMs - atMs])).toEqual([
      [200, 500],
      [500, 2_000],
    ]);
    expect(calls.map(({ error }) => error)).toEqual(['overload', undefined]);
    expect(calls[0]?.attributes).toMatchObject({ 'gen_ai.provider.name': 'aws.bedrock', 'error.type': 'overload' });
  });

  it('tells of who was passed over', () => {
    expect(root?.events).toMatchObject([
      { name: 'signalbox.passed_over', attributes: { 'signalbox.outcome': 'limited:requests' } },
    ]);
  });

  it('begins calls where their beginning was noted, as with hedges', () => {
    const hedged = entryWith({ totalMs: 900 }, [
      { outcome: 'hedge_lost', atMs: atMs + 10, durationMs: 800 },
      { outcome: 'ok', atMs: atMs + 300, durationMs: 500 },
    ]);
    const [, ...both] = spansOf(hedged, base);
    expect(both.map(({ startMs, endMs }) => [startMs - atMs, endMs - atMs])).toEqual([
      [10, 810],
      [300, 800],
    ]);
  });

  it('is linked to its caller, or its child', () => {
    const [linked] = spansOf(entryWith(), { ...base, caller });
    expect(linked?.links).toEqual([{ traceId: TRACE, spanId: SPAN }]);
    expect(linked?.traceId).not.toBe(TRACE);
    const [child] = spansOf(entryWith(), { ...base, caller, callers: 'parent' });
    expect(child).toMatchObject({ traceId: TRACE, parentSpanId: SPAN });
    expect(child?.links).toBeUndefined();
  });

  it.each([
    ['ok', undefined],
    ['fault', 'fault'],
    ['deadline', 'deadline'],
    ['invalid_request', undefined],
    ['client_gone', undefined],
    ['capacity', undefined],
  ])('that ended with %s is in error: %s', (outcome, error) => {
    const [span] = spansOf(entryWith({ outcome }), base);
    expect(span?.error).toBe(error);
  });
});

describe("OTLP's JSON", () => {
  const spans = spansOf(entryWith({ tags: ['eu'], costUsd: 0.5 }), { ...base, caller });
  const resource = { attributes: { 'service.name': 'signalbox' }, version: '1.0' };
  const body = JSON.parse(exportBody(spans, resource)) as {
    resourceSpans: [{ resource: object; scopeSpans: [{ scope: object; spans: Record<string, unknown>[] }] }];
  };
  const [{ resource: said, scopeSpans }] = body.resourceSpans;
  const [first] = scopeSpans[0].spans;

  it('is what a collector reads', () => {
    expect(said).toEqual({ attributes: [{ key: 'service.name', value: { stringValue: 'signalbox' } }] });
    expect(scopeSpans[0].scope).toEqual({ name: 'signalbox', version: '1.0' });
    expect(first).toMatchObject({ kind: 2, status: {} });
    expect(first?.['traceId']).toMatch(/^[0-9a-f]{32}$/);
    expect(first?.['spanId']).toMatch(/^[0-9a-f]{16}$/);
    expect(first?.['startTimeUnixNano']).toMatch(/^\d{13}000000$/);
  });

  it.each([
    ['signalbox.cost_usd', { doubleValue: 0.5 }],
    ['gen_ai.usage.input_tokens', { intValue: '100' }],
    ['signalbox.stream', { boolValue: false }],
    ['signalbox.tenant', { stringValue: 'acme' }],
    ['signalbox.tags', { arrayValue: { values: [{ stringValue: 'eu' }] } }],
  ])('writes %s with its type', (key, value) => {
    expect(first?.['attributes']).toContainEqual({ key, value });
  });
});
