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
  /** Top-level fields of the body, each exactly. */
  fields?: Record<string, unknown>;
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
  const exchange = (row: Row) => translate(table, row);
  const body = (row: Row) => JSON.parse(exchange(row).body) as Record<string, unknown>;
  const rows = table.requests;

  it.each(having(rows, 'body'))('says exactly: $name', (row) => expect(body(row)).toEqual(row.body));
  it.each(having(rows, 'has'))('says: $name', (row) => expect(body(row)).toMatchObject(row.has));
  it.each(having(rows, 'fields'))('says in its fields: $name', (row) => {
    const whole = body(row);
    expect(Object.fromEntries(Object.keys(row.fields).map((name) => [name, whole[name]]))).toEqual(row.fields);
  });
  it.each(having(rows, 'lacks'))('leaves fields out: $name', (row) => expect(among(body(row), row.lacks)).toEqual([]));
  it.each(having(rows, 'path'))('knocks at the right door: $name', (row) => expect(exchange(row).path).toBe(row.path));
  it.each(having(rows, 'headers'))('sends headers: $name', (row) =>
    expect(exchange(row).headers).toMatchObject(row.headers),
  );
  it.each(having(rows, 'lacksHeaders'))('sends no such headers: $name', (row) =>
    expect(among(exchange(row).headers, row.lacksHeaders)).toEqual([]),
  );
  it.each(having(rows, 'emulate'))('leaves to the router: $name', (row) =>
    expect(exchange(row).emulate).toEqual(row.emulate),
  );
  it.each(having(rows, 'warnings'))('warns: $name', (row) =>
    expect(brief(exchange(row).warnings)).toEqual(row.warnings.map((words) => words.join(' ')).sort()),
  );
  it.each([...rows])('is pure and printable: $name', (row) => {
    const first = exchange(row);
    expect(exchange(row).body).toBe(first.body);
    expect(first.path).toMatch(/^\//);
    for (const { note } of first.warnings) expect(note ?? 'none').toMatch(/^[\x20-\x7e]+$/);
  });
  it.each([...table.unsupported])('refuses: $name', (row) => {
    expect(caught(() => exchange(row))).toMatchObject({ kind: row.kind ?? 'unsupported', param: row.param });
  });
}

function testAnswers(table: ProviderTable): void {
  const streams = table.answers.flatMap(({ stream, ...row }) =>
    stream === undefined ? [] : [{ ...row, how: 'a stream', bytes: toBytes(stream) }],
  );
  const all: (AnswerRow & { how: string; read: Read })[] = [
    ...having(table.answers, 'whole').map((row) => ({
      ...row,
      how: 'a whole answer',
      read: (sink: AnswerSink) => readWhole(table, row, sink),
    })),
    ...streams.map((row) => ({ ...row, read: (sink: AnswerSink) => readStream(table, row, [row.bytes], sink) })),
  ];
  it.each(all)('hears from $how: $name', (row) => expect(told(collect(row.read), row)).toEqual(expected(row)));
  it.each(all)('passes $how on as chunks: $name', (row) => expect(toldInChunks(row)).toEqual(expectedInChunks(row)));
  it.each(streams)('hears from a stream in any pieces: $name', (row) => {
    const read = (pieces: readonly Uint8Array[]) => snapshot(collect((sink) => readStream(table, row, pieces, sink)));
    const inOnePiece = read([row.bytes]);
    for (const pieces of cuts(row.bytes)) expect(read(pieces)).toBe(inOnePiece);
  });
  it.each(streams)('takes no part of a stream for the whole: $name', (row) => {
    const { kinds, answers } = readPrefixes(table, row, row.bytes);
    const whole = collect((sink) => readStream(table, row, [row.bytes], sink));
    expect(kinds).toContain('truncated');
    expect(answers.filter((answer) => answer !== uncounted(whole))).toEqual([]);
  });
}

function testFinishReasons(table: ProviderTable): void {
  const rows = table.finishReasons.flatMap((words) =>
    Object.entries(words.words).flatMap(([native, ours]) => [
      ...(words.whole ? [{ name: native, ours, whole: words.whole(native) }] : []),
      ...(words.stream ? [{ name: native, ours, stream: words.stream(native) }] : []),
    ]),
  );
  const ends = rows.flatMap(({ ours, ...row }) => (typeof ours === 'string' ? [{ ...row, ours }] : []));
  const errors = rows.flatMap(({ ours, ...row }) => (typeof ours === 'string' ? [] : [{ ...row, kind: ours.error }]));
  it.each(ends)('ends with $name as $ours', (row) => {
    const collector = collect((sink) => readEither(table, row, sink));
    expect(collector.choice(0).finishReason).toBe(row.ours);
    expect(collector.facts.nativeFinishReason).toBe(row.name);
  });
  it.each(errors)('throws $kind at the end $name', (row) => {
    expect(caught(() => collect((sink) => readEither(table, row, sink))).kind).toBe(row.kind);
  });
}

/** Every provider meets these at a proxy's hands. */
const NO_ANSWERS = ['', '   ', '<html><body>Bad gateway</body></html>', '{"cut":"of', 'null', '[]', '"text"', '{}'];

function testBroken(table: ProviderTable): void {
  const rows: BrokenRow[] = [
    ...NO_ANSWERS.map((whole): BrokenRow => ({ name: `a 200 with ${whole || 'nothing'}`, whole, kind: 'fault' })),
    { name: 'a stream without a byte', stream: '', kind: 'truncated' },
    ...table.broken,
  ];
  it.each(rows)('throws $kind: $name', (row) => {
    const { kind, retryAfterMs } = row;
    const error = caught(() => collect((sink) => readEither(table, row, sink)));
    expect(error).toMatchObject({ kind, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    expect(error.message).toMatch(row.message ?? /./);
  });
}

const STATUSES = [400, 401, 403, 404, 408, 409, 413, 418, 422, 429, 500, 502, 503, 504, 520, 529];

function testErrors(table: ProviderTable): void {
  it.each([...table.errors])('takes as $kind: $name', (row) => {
    const error = classify(table.provider, row);
    expect(error).toMatchObject({
      kind: row.kind,
      ...(row.clientStatus !== undefined && { status: row.clientStatus }),
      ...(row.code !== undefined && { code: row.code }),
      ...(row.param !== undefined && { param: row.param }),
    });
    expect(error.message).toMatch(row.message ?? /./);
  });
  it.each(having(table.errors, 'retryAfterMs'))('knows how long to stay away: $name', (row) => {
    expect(classify(table.provider, row).retryAfterMs).toBe(row.retryAfterMs);
  });
  const strange = STATUSES.flatMap((status) => NO_ANSWERS.map((body) => ({ status, body })));
  it.each(strange)('makes something of a $status with "$body"', (row) => {
    expect(classify(table.provider, row).message).not.toBe('');
  });
  it.each(strange.filter(({ status }) => status >= 500 || status === 429))(
    'goes on after a $status with "$body"',
    (row) => {
      expect(classify(table.provider, row).rule.failover).toBe(true);
    },
  );
  it.each(strange.filter(({ status }) => status === 401 || status === 403))(
    'blames the credential for a $status with "$body"',
    (row) => expect(classify(table.provider, row).kind).toBe('credential'),
  );
}

function testAuthorize(provider: Provider, rows: readonly AuthorizeRow[]): void {
  it.each([...rows])('authorizes: $name', async (row) => {
    const { endpoint } = makeCall({}, { dialect: provider.name });
    const headers = { 'content-type': 'application/json' };
    const request: OutgoingRequest = { url: 'https://provider.test/path', headers, body: '{"a":1}' };
    const signed = await provider.authorize(request, { ...endpoint, ...row.endpoint }, Date.UTC(2026, 10, 22));
    const wanted = Object.entries(row.headers).map(([name, value]) => [name, expect.stringMatching(exactly(value))]);
    expect(signed).toMatchObject({ ...request, headers: { ...headers, ...Object.fromEntries(wanted) } });
    expect(among(signed.headers, row.lacksHeaders ?? [])).toEqual([]);
  });
}

type Read = (sink: AnswerSink) => void;

/** The rows that say something about one field, even that it is undefined. */
function having<T extends object, F extends keyof T>(rows: readonly T[], field: F): (T & Required<Pick<T, F>>)[] {
  return rows.filter((row): row is T & Required<Pick<T, F>> => field in row);
}

function among<Name extends string>(object: object, names: readonly Name[]): Name[] {
  return names.filter((name) => name in object);
}

function exactly(value: string | RegExp): RegExp {
  return typeof value === 'string' ? new RegExp(`^${RegExp.escape(value)}$`) : value;
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

const STAMP = { newId: () => 'chatcmpl-test', createdSeconds: 1, model: 'asked' };

/** What a row need not speak about. */
const FACTS = ['native', 'upstreamId', 'usage', 'model', 'serviceTier'] as const;

function told(collector: AnswerCollector, row: AnswerRow): Partial<AnswerRow> {
  const { choices, usage, model, service_tier: serviceTier } = collector.answer(STAMP);
  const { nativeFinishReason: native, upstreamId } = collector.facts;
  const facts = { native, upstreamId, usage, model, serviceTier };
  return {
    choices: choices.length,
    message: { ...choices[0]?.message },
    ...(choices[0] && { finish: choices[0].finish_reason }),
    ...Object.fromEntries(among(row, FACTS).map((name) => [name, facts[name]])),
  };
}

function expected(row: AnswerRow): Partial<AnswerRow> {
  return {
    choices: row.choices ?? 1,
    message: { role: 'assistant', refusal: null, ...row.message },
    finish: row.finish,
    ...Object.fromEntries(among(row, FACTS).map((name) => [name, row[name]])),
  };
}

function snapshot(collector: AnswerCollector): string {
  return JSON.stringify([collector.answer(STAMP), collector.facts]);
}

/** Some providers count last, after the end was said. */
function uncounted(collector: AnswerCollector): string {
  return JSON.stringify(collector.answer(STAMP).choices);
}

/** The chunks, added up as a client adds them: the same answer. */
function toldInChunks({ read, usage }: AnswerRow & { read: Read }) {
  const writer = new ChunkWriter({ ...STAMP, includeUsage: true });
  read(writer);
  writer.close();
  const frames = writer.take().split('\n\n').filter(Boolean);
  const last = frames.pop();
  const chunks = frames.map((frame) => JSON.parse(frame.slice('data: '.length)) as ChatChunk);
  return { ...addUp(chunks), last, usage: usage && chunks.at(-1)?.usage };
}

function expectedInChunks({ message, finish, usage }: AnswerRow) {
  const { content, refusal, tool_calls: calls, ...rest } = message;
  return {
    message: { content: content ?? '', refusal: refusal ?? '', ...rest },
    calls: calls ?? [],
    finish,
    last: 'data: [DONE]',
    usage,
  };
}

type Delta = ChatChunk['choices'][number]['delta'] & {
  reasoning_content?: string;
  reasoning_details?: unknown[];
  annotations?: unknown[];
  citations?: unknown[];
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
    if (delta.citations) message.citations = delta.citations;
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
function readPrefixes(table: ProviderTable, row: Row, bytes: Uint8Array) {
  const kinds = new Set<ErrorKind>();
  const answers: string[] = [];
  for (let length = 0; length < bytes.length; length++) {
    const collector = new AnswerCollector();
    const error = thrown(() => readStream(table, row, [bytes.subarray(0, length)], collector));
    if (error) kinds.add(error.kind);
    else answers.push(uncounted(collector));
  }
  return { kinds, answers };
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
  const error = thrown(act);
  if (!error) throw new Error('nothing was thrown');
  return error;
}

/** Anything but a `GatewayError` is a bug and fails the test. */
function thrown(act: () => unknown): GatewayError | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  return undefined;
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
