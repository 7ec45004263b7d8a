/** What a client is told of a failure (docs/errors.md), and what the official SDKs make of it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import OpenAI5 from 'openai5';
import OpenAI6 from 'openai6';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ERROR_RULES, errorBody, type ErrorDetails, type ErrorKind, GatewayError } from '../../src/core/errors.ts';
import { CHAT_PEN } from '../../src/answers/pen.ts';
import { errorHeaders } from '../../src/http/headers.ts';

const KINDS = Object.keys(ERROR_RULES) as ErrorKind[];
const make = (kind: ErrorKind, details?: ErrorDetails) => new GatewayError(kind, 'Words', details);

describe('a refusal', () => {
  it('tells what became of each deployment', () => {
    const attempts = [
      { deployment: 'a/one', outcome: 'limited:tokens', durationMs: 0 },
      { deployment: 'b/one', outcome: 'rate', durationMs: 12.4 },
    ];
    expect(errorHeaders(make('rate'), attempts)['x-signalbox-attempts']).toBe(
      'a/one;limited:tokens;0ms, b/one;rate;12ms',
    );
    expect(errorHeaders(make('rate'), [])).not.toHaveProperty('x-signalbox-attempts');
  });
});

describe('retry-after', () => {
  it.each([
    ['nobody named a time', undefined, undefined, undefined],
    ['whole seconds', 3_000, '3', '3000'],
    ['parts of seconds, rounded up', 3_001, '4', '3001'],
    ['less than a second is one', 12, '1', '12'],
    ['parts of milliseconds', 0.2, '1', '1'],
    ['a time that is over', 0, '1', '1'],
    ['a time long over: never a date or a negative number', -5_000, '1', '1'],
    ['a month', 30 * 24 * 3_600_000, '2592000', '2592000000'],
    ['never is no time', Infinity, undefined, undefined],
  ])('%s', (_, retryAfterMs, seconds, ms) => {
    const headers = errorHeaders(make('rate', { retryAfterMs }));
    expect([headers['retry-after'], headers['retry-after-ms']]).toEqual([seconds, ms]);
  });
});

describe('x-should-retry', () => {
  const should = (kind: ErrorKind, details?: ErrorDetails) => errorHeaders(make(kind, details))['x-should-retry'];

  it.each([
    ['a limit without a time', 'rate', {}, 'true'],
    ['a limit of twenty seconds', 'rate', { retryAfterMs: 20_000 }, 'true'],
    ['a limit of more', 'rate', { retryAfterMs: 20_001 }, 'false'],
    ['a limit without end', 'rate', { retryAfterMs: Infinity }, 'false'],
    ['overload', 'overload', {}, 'true'],
    ['overload, after the router has tried several', 'overload', { retried: true }, 'false'],
    ['a limit, after the router has tried several', 'rate', { retried: true, retryAfterMs: 1_000 }, 'false'],
    ['an empty account, however soon it fills', 'exhausted', { retryAfterMs: 1_000 }, 'false'],
    ['a dead credential', 'credential', {}, 'false'],
    ['the caller', 'caller', {}, 'false'],
    ['a prompt that is too long', 'context', {}, 'false'],
    ['what the policy forbids', 'policy', {}, 'false'],
  ] as const)('%s', (_, kind, details, expected) => expect(should(kind, details)).toBe(expected));

  it.each(KINDS)('is said of %s, and never yes after the router has tried several', (kind) => {
    expect(should(kind)).toBe(String(ERROR_RULES[kind].clientRetry));
    expect(should(kind, { retried: true })).toBe('false');
  });
});

describe("the router's own credential", () => {
  const error = make('credential', { cause: 'invalid x-api-key sk-ant-operator' });

  it('is never the client’s 401, nor its key’s fault', () => {
    expect(error.status).toBe(502);
    expect(errorBody(error).error).toMatchObject({ code: 'upstream_auth_error', type: 'server_error' });
  });

  it('is not talked about', () => {
    expect(JSON.stringify(errorBody(error))).not.toMatch(/x-api-key|sk-ant|Words/);
  });

  it.each(KINDS.filter((kind) => kind !== 'unauthenticated' && kind !== 'forbidden'))(
    '%s is no 401 and no 403',
    (kind) => {
      expect([401, 403]).not.toContain(ERROR_RULES[kind].status);
    },
  );
});

/** The majors agree on everything used here; their types differ in names only. */
const SDKS: [string, typeof OpenAI][] = [
  ['openai 7', OpenAI],
  ['openai 6', OpenAI6 as unknown as typeof OpenAI],
  ['openai 5', OpenAI5 as unknown as typeof OpenAI],
];

describe.each(SDKS)('%s', (_, Client) => {
  let server: Server;
  let client: OpenAI;
  let calls: number;
  let answer: { error: GatewayError } | { frames: string };

  beforeAll(async () => {
    server = createServer((_request, response) => {
      calls += 1;
      if ('frames' in answer) {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(answer.frames);
        return;
      }
      const headers = { ...errorHeaders(answer.error), 'content-type': 'application/json' };
      response.writeHead(answer.error.status, headers).end(JSON.stringify(errorBody(answer.error)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    client = new Client({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'none', maxRetries: 2 });
  });
  beforeEach(() => {
    calls = 0;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const request = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }] };
  const refused = () => client.chat.completions.create(request).catch((cause: unknown) => cause);

  it.each([
    ['rate', { retryAfterMs: 3_600_000 }, 429, 'rate_limit_exceeded'],
    ['rate', { retryAfterMs: 1, retried: true }, 429, 'rate_limit_exceeded'],
    ['exhausted', { retryAfterMs: 86_400_000 }, 429, 'insufficient_quota'],
    ['exhausted', {}, 429, 'insufficient_quota'],
    ['credential', {}, 502, 'upstream_auth_error'],
    ['overload', { retried: true }, 503, 'upstream_overloaded'],
    ['caller', { status: 409 }, 409, 'invalid_request'],
    ['internal', {}, 500, 'internal_error'],
  ] as const)('asks once and raises at once: %s %o', async (kind, details, status, code) => {
    answer = { error: make(kind, details) };
    expect(await refused()).toMatchObject({ status, code });
    expect(calls).toBe(1);
  });

  it('tries again where there is hope, after the time it was told', async () => {
    answer = { error: make('rate', { retryAfterMs: 40 }) };
    const startedAt = performance.now();
    expect(await refused()).toMatchObject({ status: 429 });
    expect(calls).toBe(3);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(75);
  });

  it('raises the frame of a stream that broke, and keeps what came before', async () => {
    const chunk = { id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'Half' } }] };
    answer = { frames: `data: ${JSON.stringify(chunk)}\n\n${CHAT_PEN.broken(make('truncated'))}` };
    let text = '';
    const read = async () => {
      const stream = await client.chat.completions.create({ ...request, stream: true });
      for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
    };
    await expect(read()).rejects.toMatchObject({ code: 'upstream_stream_truncated' });
    expect(text).toBe('Half');
    expect(calls).toBe(1);
  });
});
