/** Two hundred at once, through the running server: never over, never stuck after, and who is refused has used nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startUpstream, type Upstream } from '../../support/upstream.ts';
import { type Answer, ask, chat } from '../../chaos/client.ts';
import { type House, idle, startHouse, tokensOf } from './house.ts';

const CROWD = 200;
const ROUNDS = Array.from({ length: 10 }, (_, round) => round);
/** What the provider really bills for each: less than was reserved, as it mostly is. */
const BILLED = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const BILLED_USD = 5 * 0.0001;

interface Limited {
  name: string;
  /** As it is declared. */
  declares: string;
  measure: string;
  most: number;
  /** What one answer takes of it. */
  each: number;
  code: string;
  type: string;
  /** What the refused are told. */
  told: RegExp;
  header: string | undefined;
}

const LIMITS: readonly Limited[] = [
  {
    name: 'a limit of 100 tokens',
    declares: '{ limits: 100 tokens/minute }',
    measure: 'tokens',
    most: 100,
    each: 5,
    code: 'rate_limit_exceeded',
    type: 'rate_limit_error',
    told: /^The limit of tenant 't\d+' is 100 tokens a minute: used or reserved \d+, and this request may need \d+; there is room (in \d+ s|at 20\S+Z)$/,
    header: '100',
  },
  {
    name: 'a budget of a cent',
    declares: '{ budgets: $0.01/day }',
    measure: 'usd',
    most: 0.01,
    each: BILLED_USD,
    code: 'insufficient_quota',
    type: 'insufficient_quota',
    told: /^The budget of tenant 't\d+' is \$0.01 a day: used or reserved \$0.0\d+, and this request may need \$0.0\d+; there is room at 20\d\d-\d\d-\d\dT00:00:00Z$/,
    header: undefined,
  },
  {
    name: 'a concurrency of 3',
    declares: '{ limits: 3 at once }',
    measure: 'concurrency',
    most: 3,
    each: 0,
    code: 'rate_limit_exceeded',
    type: 'rate_limit_error',
    told: /^The limit of tenant 't\d+' is 3 requests at the same time, and as many are running; there is room in 1 s$/,
    header: undefined,
  },
];

const tenantAt = (limit: number, round: number) => `t${limit * ROUNDS.length + round}`;
const secretOf = (tenant: string) => `sk-crowd-${tenant}-0123456789`;
const TENANTS = LIMITS.flatMap(({ declares }, limit) =>
  ROUNDS.map((round) => ({ name: tenantAt(limit, round), declares })),
);

/** What it was asked by whom, and how many of a tenant's at the same time at most. */
class Log {
  readonly answered = new Map<string, number>();
  readonly most = new Map<string, number>();
  readonly #now = new Map<string, number>();

  came(tenant: string): void {
    const now = (this.#now.get(tenant) ?? 0) + 1;
    this.#now.set(tenant, now);
    this.most.set(tenant, Math.max(now, this.most.get(tenant) ?? 0));
  }

  went(tenant: string): void {
    this.#now.set(tenant, (this.#now.get(tenant) ?? 0) - 1);
    this.answered.set(tenant, (this.answered.get(tenant) ?? 0) + 1);
  }
}

let upstream: Upstream;
let house: House;
const log = new Log();

beforeAll(async () => {
  upstream = await startUpstream();
  upstream.respond((outgoing, { body }) => {
    const tenant = String(body['user']);
    log.came(tenant);
    setTimeout(
      () => {
        log.went(tenant);
        const choices = [{ index: 0, message: { role: 'assistant', content: tenant }, finish_reason: 'stop' }];
        outgoing.writeHead(200, { 'content-type': 'application/json' });
        outgoing.end(
          JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model: 'm', choices, usage: BILLED }),
        );
      },
      5 + ((log.answered.get(tenant) ?? 0) % 7) * 3,
    );
  });
  house = await startHouse(`
log: { level: error }
providers: { up: { dialect: openai, baseUrl: "${upstream.url}/v1", apiKey: key-of-nobody } }
models: { one: { deployments: [{ provider: up, model: m, price: { input: 100, output: 100 } }] } }
tenants:
${TENANTS.map(({ name, declares }) => `  ${name}: ${declares}`).join('\n')}
keys:
${TENANTS.map(({ name }) => `  - { name: key-${name}, key: ${secretOf(name)}, tenant: ${name}, limits: "100000 requests/day" }`).join('\n')}
`);
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const asking = (tenant: string, more: object = {}): Promise<Answer> =>
  ask(house.url, chat('one', { user: tenant, max_tokens: 5, ...more }), {
    headers: { authorization: `Bearer ${secretOf(tenant)}` },
  });

/** Asks until it is refused: for how many seconds. */
async function waitOf(tenant: string): Promise<number> {
  for (;;) {
    const { status, headers } = await asking(tenant);
    if (status !== 200) return Number(headers['retry-after']);
  }
}

describe.each(LIMITS.map((limit, index) => ({ ...limit, index })))('$name', (limit) => {
  const { index, measure, most, each, code, type, told, header } = limit;

  it.each(ROUNDS)(`holds against ${CROWD} at once, round %i`, async (round) => {
    const tenant = tenantAt(index, round);
    const answers = await Promise.all(Array.from({ length: CROWD }, () => asking(tenant)));
    await idle(house);
    const served = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 429);
    expect(served.length + refused.length).toBe(CROWD);
    expect(refused.length).toBeGreaterThan(0);
    expect(served.length).toBeGreaterThanOrEqual(3);

    // Never over, by the provider's own log and by the ledger; and the books agree with both.
    const billed = log.answered.get(tenant) ?? 0;
    expect(billed).toBe(served.length);
    expect(billed * each).toBeLessThanOrEqual(most);
    expect(log.most.get(tenant)).toSatisfy((count: number) => (measure === 'concurrency' ? count === most : count > 0));
    const rows = (await house.stories(`key-${tenant}`)).map(({ request }) => request);
    const paid = rows.filter(({ outcome }) => outcome === 'ok');
    expect(rows).toHaveLength(CROWD);
    expect(paid).toHaveLength(billed);
    expect(rows.reduce((sum, row) => sum + tokensOf(row), 0)).toBe(billed * BILLED.total_tokens);
    expect(rows.reduce((sum, row) => sum + (row.costUsd ?? 0), 0)).toBeCloseTo(billed * BILLED_USD, 9);
    const [reading] = house.readings(tenant);
    expect(reading).toMatchObject({ measure, reserved: 0 });
    expect(reading?.used).toBeCloseTo(billed * each, 9);
    expect(house.readings(`key-${tenant}`)).toMatchObject([{ measure: 'requests', used: billed }]); // Refused: not even a request.

    for (const { headers, text } of refused) {
      const { error } = JSON.parse(text) as { error: Record<string, string> };
      expect(error).toMatchObject({ code, type, origin: 'router' });
      expect(error['message']).toMatch(told);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    }
    for (const { headers } of answers) {
      expect(headers['x-ratelimit-limit-requests']).toBe('100000');
      expect(headers['x-ratelimit-limit-tokens']).toBe(header);
      expect(Number(headers['x-ratelimit-remaining-tokens'] ?? 0)).toBeLessThanOrEqual(most);
    }
  });

  it('is never stuck: when it said that there would be room, there is', async () => {
    const tenants = ROUNDS.map((round) => tenantAt(index, round));
    const waits = await Promise.all(tenants.map(async (tenant) => (measure === 'concurrency' ? 0 : waitOf(tenant))));
    house.skip(Math.max(...waits) * 1_000);
    const again = await Promise.all(tenants.map((tenant) => asking(tenant)));
    expect(again.map(({ status }) => status)).toEqual(tenants.map(() => 200));
    await idle(house);
  });
});

it('several answers are reserved for, not one', async () => {
  const tenant = tenantAt(1, 0);
  house.skip(86_400_000); // The budget of a cent begins anew.
  expect((await asking(tenant, { n: 20 })).text).toMatch(/and this request may need \$0\.0[1-9]/);
  expect((await asking(tenant, { n: 2 })).status).toBe(200);
});
