/**
 * What every provider promises, as one suite: a provider's test is a table of its wire, `testProvider` is the proof.
 *
 * Each row is proved in every way it can be asked: whole answers and streams must come to the same message, a stream
 * may be cut anywhere, and no prefix of a stream may pass for an answer.
 */
import { describe, expect, it } from 'vitest';
import { ChunkWriter } from '../../src/answers/chunk-writer.ts';
import { AnswerCollector } from '../../src/answers/collector.ts';
import type { AnswerSink } from '../../src/core/answer.ts';
import type { ChatChunk, ChatRequest, FinishReason, Usage } from '../../src/core/chat.ts';
import type { Endpoint } from '../../src/core/deployment.ts';
import { GatewayError, type ErrorKind } from '../../src/core/errors.ts';
import type { Emulation, Exchange, OutgoingRequest, Provider, Warning } from '../../src/core/provider.ts';
import { makeCall, type CallOptions } from '../support/call.ts';
import { watch } from './watched-sink.ts';

/** Text is UTF-8 on the wire; a value is sent as its JSON. */
export type Wire = string | Uint8Array;

interface Row {
  /** The sentence that the row proves. */
  name: string;
  request?: Partial<ChatRequest>;
  /** Laid over the table's own `options`. */
  options?: CallOptions;
}

export interface RequestRow extends Row {
  /** The body's JSON, exactly. */
  body?: unknown;
  /** The body's JSON in part: arrays whole, objects by the fields named. */
  has?: Record<string, unknown>;
  /** Top-level fields of the body that must not be there. */
  lacks?: readonly string[];
  path?: string;
  headers?: Record<string, string>;
  lacksHeaders?: readonly string[];
  /** Exactly; without it nothing is said about emulation. */
  emulate?: Emulation | undefined;
  /** Exactly, in any order and without notes; without it nothing is said about warnings. */
  warnings?: readonly [param: string, action: Warning['action']][];
}

export interface UnsupportedRow extends Row {
  param: string;
  kind?: ErrorKind;
}

export interface AnswerRow extends Row {
  /** The whole answer: text, or a value that is sent as JSON. */
  whole?: unknown;
  /** The same answer streamed. */
  stream?: Wire;
  /** The first choice's message, exactly; `role` and `refusal: null` need not be said. */
  message: Record<string, unknown>;
  finish: FinishReason;
  /** The provider's own word, as the books keep it. */
  native?: string;
  usage?: Usage | undefined;
  model?: string;
  upstreamId?: string;
  serviceTier?: string;
  /** How many choices; 1 without it. */
  choices?: number;
}

export interface BrokenRow extends Row {
  whole?: unknown;
  stream?: Wire;
  kind: ErrorKind;
  message?: RegExp;
  retryAfterMs?: number;
}

export interface ErrorRow {
  name: string;
  status: number;
  headers?: Record<string, string>;
  body: unknown;
  kind: ErrorKind;
  /** The status that the client sees, where it is not the kind's own. */
  clientStatus?: number;
  code?: string;
  param?: string;
  retryAfterMs?: number | undefined;
  message?: RegExp;
}

export interface AuthorizeRow {
  name: string;
  endpoint: Partial<Endpoint>;
  headers: Record<string, string | RegExp>;
  lacksHeaders?: readonly string[];
}

export interface FinishTable {
  whole?(native: string): unknown;
  stream?(native: string): Wire;
  /** Provider's word → ours, or the kind of error that it is. */
  words: Record<string, FinishReason | { error: ErrorKind }>;
}

export interface ProviderTable {
  provider: Provider;
  /** For every row: model, capabilities, settings. */
  options?: CallOptions;
  requests: readonly RequestRow[];
  unsupported: readonly UnsupportedRow[];
  answers: readonly AnswerRow[];
  finishReasons: readonly FinishTable[];
  /** 2xx that is no answer, and streams that fail on their way. */
  broken: readonly BrokenRow[];
  errors: readonly ErrorRow[];
  authorize?: readonly AuthorizeRow[];
}

export function testProvider(table: ProviderTable): void {
  describe(`the ${table.provider.name} provider`, () => {
    testRequests(table);
    testAnswers(table);
    testFinishReasons(table);
    testBroken(table);
    testErrors(table);
    if (table.authorize) testAuthorize(table.provider, table.authorize);
  });
}

function testRequests(table: ProviderTable): void {
  describe.each(table.requests.map((row) => ({ ...row })))('asks: $name', (row) => {
    const exchange = () => translate(table, row);
    it('says what is expected', () => {
      const { body, path, headers, emulate, warnings } = exchange();
      const said = JSON.parse(body) as Record<string, unknown>;
      if ('body' in row) expect(said).toEqual(row.body);
      if (row.has) expect(said).toMatchObject(row.has);
      for (const field of row.lacks ?? []) expect(said).not.toHaveProperty(field);
      if (row.path) expect(path).toBe(row.path);
      if (row.headers) expect(headers).toMatchObject(row.headers);
      for (const header of row.lacksHeaders ?? []) expect(headers).not.toHaveProperty(header);
      if ('emulate' in row) expect(emulate).toEqual(row.emulate);
      if (row.warnings)
        expect(brief(warnings)).toEqual(row.warnings.map(([param, action]) => `${param} ${action}`).sort());
    });
    it('is pure', () => {
      const first = exchange();
      const second = exchange();
      expect(second.body).toBe(first.body);
      expect(first.path.startsWith('/')).toBe(true);
      for (const { note } of first.warnings) expect(note ?? 'none').toMatch(/^[\x20-\x7e]+$/);
    });
  });
  it.each(table.unsupported.map((row) => ({ ...row })))('refuses: $name', (row) => {
    const refusal = caught(() => translate(table, row));
    expect(refusal).toMatchObject({ kind: row.kind ?? 'unsupported', param: row.param });
  });
}

function testAnswers(table: ProviderTable): void {
  describe.each(table.answers.map((row) => ({ ...row })))('hears: $name', (row) => {
    if ('whole' in row) {
      it('from a whole answer', () =>
        expectAnswer(
          row,
          collect((sink) => readWhole(table, row, sink)),
        ));
      it('and writes it as chunks', () => expectChunks(row, (sink) => readWhole(table, row, sink)));
    }
    const { stream } = row;
    if (stream === undefined) return;
    it('from a stream', () =>
      expectAnswer(
        row,
        collect((sink) => readStream(table, row, [toBytes(stream)], sink)),
      ));
    it('and passes it on as chunks', () =>
      expectChunks(row, (sink) => readStream(table, row, [toBytes(stream)], sink)));
    it('from a stream in any pieces', () => {
      for (const pieces of cuts(toBytes(stream)))
        expectAnswer(
          row,
          collect((sink) => readStream(table, row, pieces, sink)),
        );
    });
    it('never from a part of it', () => expectNoPrefixPasses(table, row, toBytes(stream)));
  });
}

function testFinishReasons(table: ProviderTable): void {
  const rows = table.finishReasons.flatMap((words) =>
    Object.entries(words.words).flatMap(([native, ours]) => [
      ...(words.whole ? [{ native, ours, whole: words.whole(native) }] : []),
      ...(words.stream ? [{ native, ours, stream: words.stream(native) }] : []),
    ]),
  );
  it.each(rows)('ends with $native as $ours', (row) => {
    const read = (sink: AnswerSink) => readEither(table, { name: row.native, ...row }, sink);
    if (typeof row.ours === 'object') {
      expect(caught(() => collect(read)).kind).toBe(row.ours.error);
      return;
    }
    const collector = collect(read);
    expect(collector.choice(0).finishReason).toBe(row.ours);
    expect(collector.facts.nativeFinishReason).toBe(row.native);
  });
}

/** Every provider meets these at a proxy's hands. */
const NO_ANSWERS = ['', '   ', '<html><body>Bad gateway</body></html>', '{"cut":"of', 'null', '[]', '"text"', '{}'];

function testBroken(table: ProviderTable): void {
  const anyones = NO_ANSWERS.map((whole): BrokenRow => ({
    name: `a 200 with ${whole || 'nothing'}`,
    whole,
    kind: 'fault',
  }));
  const silence: BrokenRow = { name: 'a stream without a byte', stream: '', kind: 'truncated' };
  it.each([...anyones, silence, ...table.broken].map((row) => ({ ...row })))('throws $kind: $name', (row) => {
    const error = caught(() => collect((sink) => readEither(table, row, sink)));
    expect(error.kind).toBe(row.kind);
    if (row.message) expect(error.message).toMatch(row.message);
    if (row.retryAfterMs !== undefined) expect(error.retryAfterMs).toBe(row.retryAfterMs);
  });
}

function testErrors(table: ProviderTable): void {
  it.each(table.errors.map((row) => ({ ...row })))('takes as $kind: $name', (row) => {
    const error = classify(table.provider, row);
    expect(error.kind).toBe(row.kind);
    if (row.clientStatus !== undefined) expect(error.status).toBe(row.clientStatus);
    if (row.code !== undefined) expect(error.code).toBe(row.code);
    if (row.param !== undefined) expect(error.param).toBe(row.param);
    if ('retryAfterMs' in row) expect(error.retryAfterMs).toBe(row.retryAfterMs);
    if (row.message) expect(error.message).toMatch(row.message);
    expect(error.message).not.toBe('');
  });
  const statuses = [300, 302, 400, 401, 403, 404, 408, 409, 413, 418, 422, 429, 500, 502, 503, 504, 520, 529];
  it.each(statuses)('knows what to make of any %i', (status) => {
    for (const body of NO_ANSWERS) {
      const error = classify(table.provider, { status, body });
      expect(error).toBeInstanceOf(GatewayError);
      if (status >= 500) expect(error.rule.failover).toBe(true);
      if (status === 401 || status === 403) expect(error.kind).toBe('credential');
      if (status === 429) expect(error.rule.failover).toBe(true);
    }
  });
}

function testAuthorize(provider: Provider, rows: readonly AuthorizeRow[]): void {
  it.each(rows.map((row) => ({ ...row })))('authorizes: $name', async (row) => {
    const { endpoint } = makeCall({}, { dialect: provider.name });
    const request: OutgoingRequest = {
      url: 'https://provider.test/path',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    };
    const signed = await provider.authorize(request, { ...endpoint, ...row.endpoint }, Date.UTC(2026, 10, 22));
    expect(signed.url).toBe(request.url);
    expect(signed.body).toBe(request.body);
    expect(signed.headers['content-type']).toBe('application/json');
    for (const [name, value] of Object.entries(row.headers)) {
      if (typeof value === 'string') expect(signed.headers[name]).toBe(value);
      else expect(signed.headers[name]).toMatch(value);
    }
    for (const name of row.lacksHeaders ?? []) expect(signed.headers).not.toHaveProperty(name);
  });
}

function translate(table: ProviderTable, row: Row): Exchange {
  const options = {
    dialect: table.provider.name,
    ...table.options,
    ...row.options,
    capabilities: { ...table.options?.capabilities, ...row.options?.capabilities },
    settings: { ...table.options?.settings, ...row.options?.settings },
  };
  return table.provider.translate(frozen(makeCall(row.request ?? {}, options)));
}

function readWhole(table: ProviderTable, row: Row & { whole?: unknown }, sink: AnswerSink): void {
  translate(table, row).readAnswer(toText(row.whole), watch(sink));
}

function readStream(table: ProviderTable, row: Row, pieces: readonly Uint8Array[], sink: AnswerSink): void {
  const request = { ...row.request, stream: true };
  const reader = translate(table, { ...row, request }).openStream(watch(sink));
  for (const piece of pieces) reader.push(piece);
  reader.end();
}

function readEither(
  table: ProviderTable,
  row: BrokenRow | (Row & { whole?: unknown; stream?: Wire }),
  sink: AnswerSink,
): void {
  if (row.stream === undefined) readWhole(table, row, sink);
  else readStream(table, row, [toBytes(row.stream)], sink);
}

/** What a provider says an answer to these statuses means. Also for tests of a provider's own. */
export function classify(provider: Provider, row: Pick<ErrorRow, 'status' | 'headers' | 'body'>): GatewayError {
  const headers = new Headers(row.headers);
  return provider.classify({
    status: row.status,
    header: (name) => headers.get(name) ?? undefined,
    body: toText(row.body),
  });
}

export function collect(read: (sink: AnswerSink) => void): AnswerCollector {
  const collector = new AnswerCollector();
  read(collector);
  return collector;
}

const STAMP = { id: 'chatcmpl-test', createdSeconds: 1, model: 'asked' };

function expectAnswer(row: AnswerRow, collector: AnswerCollector): void {
  const answer = collector.answer(STAMP);
  expect(answer.choices).toHaveLength(row.choices ?? 1);
  expect(answer.choices[0]?.message).toEqual({ role: 'assistant', refusal: null, ...row.message });
  expect(answer.choices[0]?.finish_reason).toBe(row.finish);
  if ('usage' in row) expect(answer.usage).toEqual(row.usage);
  if (row.native !== undefined) expect(collector.facts.nativeFinishReason).toBe(row.native);
  if (row.model !== undefined) expect(answer.model).toBe(row.model);
  if (row.upstreamId !== undefined) expect(collector.facts.upstreamId).toBe(row.upstreamId);
  if (row.serviceTier !== undefined) expect(answer.service_tier).toBe(row.serviceTier);
}

/** The chunks, added up as a client adds them, are the same answer. */
function expectChunks(row: AnswerRow, read: (sink: AnswerSink) => void): void {
  const writer = new ChunkWriter({ ...STAMP, includeUsage: true });
  read(writer);
  writer.close();
  const frames = writer.take().split('\n\n').filter(Boolean);
  expect(frames.pop()).toBe('data: [DONE]');
  const chunks = frames.map((frame) => JSON.parse(frame.slice('data: '.length)) as ChatChunk);
  const { message, finish, calls } = addUp(chunks);
  expect(finish).toBe(row.finish);
  const { content, refusal, tool_calls: expected, ...rest } = row.message;
  expect(message).toEqual({ content: content ?? '', refusal: refusal ?? '', ...rest });
  expect(calls).toEqual(expected ?? []);
  if ('usage' in row && row.usage) expect(chunks.at(-1)?.usage).toEqual(row.usage);
}

type Delta = ChatChunk['choices'][number]['delta'] & {
  reasoning_content?: string;
  reasoning_details?: unknown[];
  annotations?: unknown[];
  images?: unknown[];
};

function addUp(chunks: readonly ChatChunk[]) {
  const message: Record<string, unknown> & { content: string; refusal: string } = { content: '', refusal: '' };
  const calls: { function?: { arguments: string }; custom?: { input: string } }[] = [];
  let finish: string | null = null;
  for (const choice of chunks.flatMap((chunk) => chunk.choices).filter(({ index }) => index === 0)) {
    const delta = choice.delta as Delta;
    message.content += delta.content ?? '';
    message.refusal += delta.refusal ?? '';
    if (delta.reasoning_content)
      message.reasoning_content = ((message.reasoning_content as string) ?? '') + delta.reasoning_content;
    if (delta.reasoning_details) message.reasoning_details = delta.reasoning_details;
    if (delta.annotations) message.annotations = [...((message.annotations as unknown[]) ?? []), ...delta.annotations];
    if (delta.images) message.images = [...((message.images as unknown[]) ?? []), ...delta.images];
    for (const { index, ...part } of delta.tool_calls ?? []) {
      const custom = (part as { custom?: { input: string } }).custom;
      const call = calls[index];
      if (!call) calls[index] = structuredClone(part) as (typeof calls)[number];
      else if (call.custom) call.custom.input += custom?.input ?? '';
      else if (call.function) call.function.arguments += part.function?.arguments ?? '';
    }
    finish = choice.finish_reason ?? finish;
  }
  return { message, finish, calls };
}

/** A connection may close anywhere: what came until then is an error or, once the end was said, the answer. */
function expectNoPrefixPasses(table: ProviderTable, row: AnswerRow, bytes: Uint8Array): void {
  const kinds = new Set<ErrorKind>();
  for (let length = 0; length < bytes.length; length++) {
    const collector = new AnswerCollector();
    try {
      readStream(table, row, [bytes.subarray(0, length)], collector);
    } catch (error) {
      expect(error).toBeInstanceOf(GatewayError);
      kinds.add((error as GatewayError).kind);
      continue;
    }
    const { usage: _, ...rest } = row; // Some providers count last, after the end was said.
    expectAnswer(rest, collector);
  }
  expect(kinds).toContain('truncated');
}

/** Once cut at every byte, once byte by byte. */
function* cuts(bytes: Uint8Array): Generator<Uint8Array[]> {
  for (let at = 1; at < bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
  yield Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
}

function brief(warnings: readonly Warning[]): string[] {
  return warnings.map(({ param, action }) => `${param} ${action}`).sort();
}

function caught(act: () => unknown): GatewayError {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
    return error as GatewayError;
  }
  throw new Error('nothing was thrown');
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function toBytes(wire: Wire): Uint8Array {
  return typeof wire === 'string' ? new TextEncoder().encode(wire) : wire;
}

/** A provider that changes what it was given breaks the next attempt; here it breaks at once. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (value.constructor !== Object && !Array.isArray(value)) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

/** Server-sent events as a provider writes them: `event:` only where it is named. */
export function sse(...events: (string | Record<string, unknown> | [event: string, data: unknown])[]): string {
  return events
    .map((event) => {
      if (Array.isArray(event)) return `event: ${event[0]}\ndata: ${JSON.stringify(event[1])}\n\n`;
      return `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`;
    })
    .join('');
}
