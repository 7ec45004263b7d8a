/** Eight tenants ask the same at the same time, of providers that fail now and then: everybody gets what is theirs. */
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, ask } from '../../chaos/client.ts';
import { chatFrame, type Received, SSE, startUpstream, type Upstream } from '../../support/upstream.ts';
import { type House, idle, startHouse } from './house.ts';

const TENANTS = Array.from({ length: 8 }, (_, number) => `tenant-${number}`);
const EACH = 60;
const secretOf = (tenant: string) => `sk-${tenant}-0123456789`;
/** Of one tenant alone, and in nothing that the tenants ask. */
const nonceOf = (tenant: string) => `nonce${Buffer.from(tenant).toString('hex')}`;
const ALL_NONCES = new RegExp(TENANTS.map(nonceOf).join('|'), 'g');

/** By turns, so that every tenant meets every one of them. */
const FAULTS: readonly ((outgoing: ServerResponse, said: string, live: boolean) => void)[] = [
  well,
  well,
  (outgoing) => outgoing.writeHead(500).end('{"error":{"message":"broken","type":"server_error"}}'),
  well,
  (outgoing) => outgoing.socket?.destroy(),
  (outgoing, said, live) => setTimeout(() => well(outgoing, said, live), 15),
  (outgoing) => outgoing.writeHead(429, { 'retry-after': '1' }).end('{"error":{"message":"slow down"}}'),
  torn,
  well,
  (outgoing) => outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{"choices":'),
];

function well(outgoing: ServerResponse, said: string, live: boolean): void {
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
  if (live) {
    outgoing.writeHead(200, SSE).write(chatFrame({ role: 'assistant', content: '' }));
    for (const piece of said.split(/(?<= )/)) outgoing.write(chatFrame({ content: piece }));
    outgoing.end(`${chatFrame({}, 'stop')}data: [DONE]\n\n`);
    return;
  }
  const choices = [{ index: 0, message: { role: 'assistant', content: said }, finish_reason: 'stop' }];
  outgoing.writeHead(200, { 'content-type': 'application/json' });
  outgoing.end(JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model: 'm', choices, usage }));
}

/** A stream that breaks off behind its first words; a whole answer in the middle of its text. */
function torn(outgoing: ServerResponse, said: string, live: boolean): void {
  const words = live ? chatFrame({ content: said.slice(0, said.length / 2) }) : '{"id":"x","choices":[{"index":0,"mess';
  outgoing.writeHead(200, live ? SSE : { 'content-type': 'application/json' }).write(words);
  setTimeout(() => outgoing.socket?.destroy(), 10);
}

let upstream: Upstream;
let house: House;
let turn = 0;

beforeAll(async () => {
  upstream = await startUpstream();
  upstream.respond((outgoing, { body }: Received) => {
    const tenant = String(body['user']);
    const said = `Here is what only ${tenant} may read, and nobody else: ${nonceOf(tenant)}. That is all of it.`;
    FAULTS[turn++ % FAULTS.length]?.(outgoing, said, body['stream'] === true);
  });
  const up = `dialect: openai, baseUrl: "${upstream.url}/v1", apiKey: key-of-nobody`;
  house = await startHouse(`
log: { level: error }
stream: { onBreak: continue }
reliability: { retryBudget: { perSecond: 1000 }, circuit: { consecutive: 1000, minimumCalls: 1000 } }
providers: { a: { ${up} }, b: { ${up} }, c: { ${up} } }
models: { one: { deployments: [{ provider: a, model: m }, { provider: b, model: m }, { provider: c, model: m }] } }
tenants: { ${TENANTS.map((tenant) => `${tenant}: {}`).join(', ')} }
keys:
${TENANTS.map((tenant) => `  - { name: key-of-${tenant}, key: ${secretOf(tenant)}, tenant: ${tenant} }`).join('\n')}
`);
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

/** The prompt is everybody's; only the field that the provider knows its users by is not. */
function asking(tenant: string, stream: boolean): Promise<Answer> {
  const body = { model: 'one', messages: [{ role: 'user', content: 'Tell me what is mine' }], stream, user: tenant };
  return ask(house.url, JSON.stringify(body), { headers: { authorization: `Bearer ${secretOf(tenant)}` } });
}

describe('eight tenants with identical prompts', () => {
  const seen = new Map<string, Answer[]>();

  beforeAll(async () => {
    const all = TENANTS.flatMap((tenant) => Array.from({ length: EACH }, (_, number) => ({ tenant, number })));
    const mixed = all.toSorted((one, other) => one.number - other.number); // Everybody’s first, everybody’s second, …
    await Promise.all(
      mixed.map(async ({ tenant, number }) => {
        await new Promise((later) => setTimeout(later, number * 5));
        const answer = await asking(tenant, number % 2 === 0);
        seen.set(tenant, [...(seen.get(tenant) ?? []), answer]);
      }),
    );
    await idle(house);
  });

  it.each(TENANTS)('%s gets its own nonce and no other', (tenant) => {
    const answers = seen.get(tenant) ?? [];
    expect(answers).toHaveLength(EACH);
    const nonces = answers.flatMap(({ text }) => textIn(text).match(ALL_NONCES) ?? []);
    expect(new Set(nonces)).toEqual(new Set([nonceOf(tenant)]));
    // Most get theirs in spite of the faults.
    expect(nonces.length).toBeGreaterThan(EACH / 2);
    const headers = answers.map((answer) => JSON.stringify(answer.headers)).join();
    expect(headers).not.toMatch(ALL_NONCES);
  });

  it.each(TENANTS)('the ledger has the rows of %s under its name', async (tenant) => {
    const rows = (await house.stories(`key-of-${tenant}`)).map(({ request }) => request);
    expect(new Set(rows.map((row) => row.tenant))).toEqual(new Set([tenant]));
    const ids = (seen.get(tenant) ?? []).map(({ headers }) => headers['x-request-id']);
    expect(rows).toHaveLength(EACH);
    expect(new Set<unknown>(rows.map(({ requestId }) => requestId))).toEqual(new Set<unknown>(ids));
  });

  it('the faults were real', async () => {
    const stories = (await Promise.all(TENANTS.map((tenant) => house.stories(`key-of-${tenant}`)))).flat();
    const attempts = stories.flatMap((story) => story.attempts).map(({ outcome }) => outcome);
    expect(new Set(attempts)).toEqual(new Set([...attempts, 'ok', 'fault', 'rate', 'truncated']));
    expect(stories.filter(({ request }) => request.fallback).length).toBeGreaterThan(EACH);
    expect(stories.filter(({ request }) => request.continued).length).toBeGreaterThan(0);
  });
});

/** Of a stream the words of its frames, which nonces may be spread over. */
function textIn(body: string): string {
  if (!body.startsWith('data:') && !body.startsWith(':')) return body;
  const frames = body.split('\n\n').filter((frame) => frame.startsWith('data: {'));
  type Frame = { choices?: { delta?: { content?: string } }[] };
  return frames.map((frame) => (JSON.parse(frame.slice(6)) as Frame).choices?.[0]?.delta?.content ?? '').join('');
}
