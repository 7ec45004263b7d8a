/** Choosing as a client meets it, through the whole gateway, in this process. */
import { describe, expect, it } from 'vitest';
import { compose, type RoutingDocuments } from '../src/compose.ts';
import { parseConfiguration } from '../src/config/parse.ts';
import { fetchHttp } from '../src/platform/fetch-http.ts';
import { fetchTransport } from '../src/platform/fetch-transport.ts';
import { chatAnswer, chatFrame, SSE } from './support/upstream.ts';

interface Line {
  requestId: string;
  outcome: string;
  deployment?: string;
  costUsd?: number;
  routing?: { tier: string; ask?: string; facts: { headers?: object } };
}
interface Told {
  model: string;
  stream?: boolean;
  [field: string]: unknown;
}
type Answers = (model: string, told: Told) => Response | Promise<Response>;

const YAML = `
providers: { up: { dialect: openai, baseUrl: http://up.test, apiKey: key-of-nobody } }
keys: [{ name: web, key: web-key-0123456789abcdef }, { name: thrifty, key: thrifty-key-0123456789, maxCostUsd: 0.003 }]
log: { level: info }
models:
  haiku: { deployments: [{ provider: up, model: small, price: { input: 1, output: 5 } }] }
  sonnet: { deployments: [{ provider: up, model: middle, price: { input: 3, output: 15 } }] }
  opus: { deployments: [{ provider: up, model: large, price: { input: 5, output: 25 } }] }
`;
const said: Answers = (model) =>
  new Response(chatAnswer(`I am ${model}`), { headers: { 'content-type': 'application/json' } });

function serve(routing: RoutingDocuments = {}, answers: Answers = said, yaml = YAML) {
  const lines: Line[] = [];
  const calls: Told[] = [];
  const unused = () => () => Promise.reject(new Error('not needed'));
  const composed = compose(parseConfiguration(yaml, 'test.yaml', {}), {
    http: fetchHttp,
    transport: fetchTransport(async (request: Request) => {
      const told = (await request.json()) as Told;
      calls.push(told);
      return answers(told.model, told);
    }),
    log: { info: (line) => void lines.push(line as Line), warn: () => {}, error: () => {} },
    credentials: { awsChain: unused, googleToken: unused },
    environment: {},
    source: 'test.yaml',
    practice: false,
    isReady: () => true,
    routing,
    random: () => 0,
  });
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    composed.app.fetch(
      new Request(`http://router.test${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', authorization: 'Bearer web-key-0123456789abcdef', ...headers },
      }),
    );
  const ask = (content: string, more: object = {}, headers: Record<string, string> = {}) =>
    post('/v1/chat/completions', { model: 'auto', messages: [{ role: 'user', content }], ...more }, headers);
  return { ...composed, ask, post, lines, calls };
}

const HARD =
  'Prove step by step that there are infinitely many primes, and design a distributed, fault-tolerant proof checker.';
const EASY = 'What is the capital of France?';
const header = (response: Response, name: string) => response.headers.get(`x-signalbox-${name}`);
const rule = (action: object, when: object = {}) => ({ rules: { rules: [{ name: 'mine', when, do: action }] } });

describe('an answer', () => {
  it('says who gave it, why, in which tier, and what it cost', async () => {
    const response = await serve().ask(HARD);
    expect(header(response, 'tier')).toBe('opus');
    expect(header(response, 'model')).toBe('large');
    expect(header(response, 'provider')).toBe('up');
    expect(header(response, 'reason')).toMatch(/^auto -> opus \(score 0\.\d\d: /);
    expect(header(response, 'cost-usd')).toBe('0.000065'); // 3 tokens at 5 dollars a million, 2 at 25.
  });

  it('that is streamed says what it is expected to cost', async () => {
    const stream = `${chatFrame({ content: 'Yes' })}${chatFrame({}, 'stop')}data: [DONE]\n\n`;
    const response = await serve({}, () => new Response(stream, { headers: SSE })).ask(EASY, { stream: true });
    expect(Number(header(response, 'expected-cost-usd'))).toBeGreaterThan(0);
    expect(header(response, 'cost-usd')).toBeNull();
    expect(await response.text()).toBe(stream);
  });

  it('to a model asked for by name has its tier', async () => {
    const response = await serve().ask(HARD, { model: 'haiku' });
    expect(header(response, 'reason')).toBe('by name');
    expect(header(response, 'tier')).toBe('haiku');
  });
});

describe('a ceiling', () => {
  it('of the key holds for every request of it', async () => {
    const response = await serve().ask(HARD, {}, { authorization: 'Bearer thrifty-key-0123456789' });
    expect(header(response, 'tier')).toBe('haiku');
  });

  it('in the body is no business of the provider', async () => {
    const { ask, calls } = serve();
    const response = await ask(HARD, { max_cost_usd: 0.007 });
    expect(header(response, 'tier')).toBe('sonnet');
    expect(calls).toEqual([{ model: 'middle', messages: [{ role: 'user', content: HARD }] }]);
  });

  it('that nobody keeps is an error which names the field', async () => {
    const response = await serve().ask(HARD, {}, { 'x-signalbox-max-cost-usd': '0.000001' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param: 'max_cost_usd' } });
  });
});

describe('a model without a price', () => {
  const yaml = (unknown: string) => `
prices: { unknown: ${unknown} }
keys: [{ name: web, key: web-key-0123456789abcdef, budgets: $0.000001/day }]
providers: { up: { dialect: openai, baseUrl: http://up.test, apiKey: key-of-nobody } }
models: { local: { deployments: [{ provider: up, model: nobody-knows-this }] } }`;

  it.each([
    ['allow', 200],
    ['block', 429],
    ['ceiling', 429],
  ])('counts as the operator says: %s', async (unknown, status) => {
    const { ask } = serve({}, said, yaml(unknown));
    expect((await ask(EASY, { model: 'local' })).status).toBe(status);
  });
});

describe('a conversation', () => {
  const session = { 'x-signalbox-session': 'one' };

  it('that says "go on" stays in its tier', async () => {
    const { ask } = serve();
    await ask(HARD, {}, session);
    const messages = [
      { role: 'user', content: HARD },
      { role: 'assistant', content: 'First, ' },
      { role: 'user', content: 'Go on' },
    ];
    expect(header(await ask('', { messages }, session), 'tier')).toBe('opus');
  });

  it("is one tenant's own", async () => {
    const { ask } = serve();
    await ask(HARD, {}, session);
    const messages = [
      { role: 'user', content: EASY },
      { role: 'assistant', content: 'Paris' },
      { role: 'user', content: 'Thanks' },
    ];
    const other = { ...session, authorization: 'Bearer thrifty-key-0123456789' };
    expect(header(await ask('', { messages }, other), 'tier')).toBe('haiku');
  });

  it('goes where its answer came from when its deployment fails', async () => {
    let isDown = false;
    const { ask } = serve({}, (model) =>
      isDown && model === 'large'
        ? Response.json({ error: { message: 'no' } }, { status: 500 })
        : (said(model, { model }) as Response),
    );
    await ask(HARD, {}, session);
    isDown = true;
    expect(header(await ask(HARD, {}, session), 'deployment')).toBe('up/middle');
    isDown = false;
    const messages = [
      { role: 'user', content: HARD },
      { role: 'assistant', content: 'First, ' },
      { role: 'user', content: 'Go on' },
    ];
    expect(header(await ask('', { messages }, session), 'deployment')).toBe('up/middle');
  });
});

describe('fallbacks', () => {
  const refuses =
    (code: string): Answers =>
    (model) =>
      model === 'small' ? Response.json({ error: { message: 'no', code } }, { status: 400 }) : said(model, { model });

  it.each([
    ['a prompt that is too long', 'context_length_exceeded', { context: 'opus' }],
    ['a refusal', 'content_policy_violation', { refusal: 'opus' }],
  ])('for %s are asked then', async (_what, code, fallbacks) => {
    const { ask, calls } = serve(rule({ use: 'haiku', fallbacks }), refuses(code));
    const response = await ask(EASY);
    expect(calls.map(({ model }) => model)).toEqual(['small', 'large']);
    expect(header(response, 'attempts')).toMatch(/^up\/small;(context|policy);\d+ms, up\/large;ok;/);
  });

  it('for a prompt that is too long are not asked after a refusal', async () => {
    const { ask, calls } = serve(
      rule({ use: 'haiku', fallbacks: { context: 'opus' } }),
      refuses('content_policy_violation'),
    );
    expect((await ask(EASY)).status).toBe(400);
    expect(calls).toHaveLength(1);
  });
});

describe('a fallback for an outage', () => {
  const yaml = YAML.replace('haiku: {', 'haiku: { balance: headroom,').replace(
    'price: { input: 1, output: 5 } }',
    'price: { input: 1, output: 5 }, limits: { concurrency: 9 } }',
  );

  it('has none of what the model has room for, however the model balances its own', async () => {
    const held = Promise.withResolvers<void>();
    const { ask, calls } = serve(
      rule({ fallbacks: { outage: 'opus' } }, { model: 'haiku' }),
      async (model) => {
        await held.promise;
        return said(model, { model });
      },
      yaml,
    );
    const answers = Array.from({ length: 4 }, async () => ask(EASY, { model: 'haiku' }));
    await new Promise((later) => setTimeout(later, 50));
    held.resolve();
    await Promise.all(answers);
    expect(calls.map(({ model }) => model)).toEqual(['small', 'small', 'small', 'small']);
  });
});

describe('a stream that a model kept for too long a prompt breaks off', () => {
  const broken = (...words: string[]) =>
    new Response(words.map((content) => chatFrame({ content })).join(''), { headers: SSE });
  const whole = (...words: string[]) => `${words.map((content) => chatFrame({ content })).join('')}${END}`;
  const END = `${chatFrame({}, 'stop')}data: [DONE]\n\n`;
  const yaml = `${YAML}\nstream: { onBreak: continue }`;
  const tooLong = () => Response.json({ error: { message: 'no', code: 'context_length_exceeded' } }, { status: 400 });

  it.each([
    ['the same one', 'opus', ['small', 'large', 'large']],
    ['another that is kept for it', ['opus', 'huge'], ['small', 'large', 'vast']],
  ])('is continued by %s', async (_who, context, models) => {
    const huge = yaml.replace('models:', 'models:\n  huge: { deployments: [{ provider: up, model: vast }] }');
    let calls = 0;
    const served = serve(
      rule({ use: ['haiku', 'sonnet'], fallbacks: { context } }),
      (model) => {
        if (model === 'small') return tooLong();
        return calls++ === 0
          ? broken('The storm came ')
          : new Response(whole('The storm came', ' at night.'), { headers: SSE });
      },
      huge,
    );
    const text = await (await served.ask(EASY, { stream: true })).text();
    expect(served.calls.map(({ model }) => model)).toEqual(models);
    expect(text).toContain('at night.');
    expect(text).toContain('[DONE]');
  });
});

describe('a shadow copy', () => {
  const copied = rule({ use: 'haiku', shadow: { use: 'opus' } });

  it('is made, counted apart, and nobody waits for it', async () => {
    const held = Promise.withResolvers<void>();
    const { ask, calls, lines } = serve(copied, async (model) => {
      if (model === 'large') await held.promise;
      return said(model, { model });
    });
    const response = await ask(EASY);
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'I am small' } }] });
    expect(calls.map(({ model }) => model).toSorted()).toEqual(['large', 'small']);
    expect(lines.map(({ deployment }) => deployment)).toEqual(['up/small']);
    held.resolve();
    await expect.poll(() => lines.length).toBe(2);
    expect(lines[1]).toMatchObject({ requestId: `${lines[0]?.requestId}-shadow`, deployment: 'up/large' });
    expect(header(response, 'cost-usd')).toBe('0.000013'); // The client pays for the small one.
  });

  it('of a stream is asked whole', async () => {
    const stream = `${chatFrame({ content: 'Yes' })}${chatFrame({}, 'stop')}data: [DONE]\n\n`;
    const { ask, calls } = serve(copied, (model) =>
      model === 'small' ? new Response(stream, { headers: SSE }) : said(model, { model }),
    );
    await (await ask(EASY, { stream: true })).text();
    expect(calls.find(({ model }) => model === 'large')?.stream).toBeUndefined();
  });

  it("that fails is nobody's trouble", async () => {
    const { ask, lines } = serve(copied, (model) =>
      model === 'large' ? Response.json({ error: { message: 'no' } }, { status: 500 }) : said(model, { model }),
    );
    expect((await ask(EASY)).status).toBe(200);
    await expect.poll(() => lines.map(({ outcome }) => outcome).toSorted()).toEqual(['fault', 'ok']);
  });
});

describe('the rules', () => {
  it('change all at once, and a bad document changes nothing', async () => {
    const { ask, reroute } = serve();
    reroute(rule({ tier: 'opus' }));
    expect(header(await ask(EASY), 'tier')).toBe('opus');
    expect(() => reroute(rule({ tier: 'emperor' }))).toThrow(/no tier is called "emperor"/);
    expect(header(await ask(EASY), 'tier')).toBe('opus');
    reroute({});
    expect(header(await ask(EASY), 'tier')).toBe('haiku');
  });

  it('may reject, with their own words', async () => {
    const { ask, calls } = serve(rule({ reject: 'Ask the platform team first' }, { header: { 'x-team': 'labs' } }));
    const response = await ask(EASY, {}, { 'x-team': 'labs' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { message: 'Ask the platform team first', code: 'rejected_by_rule' },
    });
    expect((await ask(EASY)).status).toBe(200);
    expect(calls).toHaveLength(1);
  });

  it('are told by /v1/route, and nobody is called', async () => {
    const { post, calls } = serve();
    const told = await post('/v1/route', { model: 'auto', messages: [{ role: 'user', content: HARD }] });
    expect(await told.json()).toMatchObject({ tier: 'opus', candidates: [{ deployment: 'up/large' }, {}, {}] });
    expect(calls).toEqual([]);
  });
});

describe('the log', () => {
  it('keeps how it was chosen, and only the headers that a rule names', async () => {
    const { ask, lines } = serve(rule({ tier: 'opus' }, { header: { 'x-team': 'labs' } }));
    await ask(EASY, {}, { 'x-team': 'labs', 'x-other': 'secret' });
    expect(lines[0]?.routing).toMatchObject({ tier: 'opus', facts: { headers: { 'x-team': 'labs' } } });
    expect(JSON.stringify(lines)).not.toMatch(/secret|France/);
  });

  it('and the answer tell the tier that served, where the chosen one failed', async () => {
    const { ask, lines } = serve({}, (model) =>
      model === 'small' ? Response.json({ error: { message: 'no' } }, { status: 500 }) : said(model, { model }),
    );
    const response = await ask(EASY);
    expect(header(response, 'tier')).toBe('sonnet');
    expect(header(response, 'reason')).toBe('auto -> sonnet (after haiku)');
    expect(lines[0]).toMatchObject({ deployment: 'up/middle', routing: { tier: 'sonnet' } });
  });

  it('keeps what was asked only where the operator wants it', async () => {
    const { ask, lines } = serve({}, said, YAML.replace('level: info', 'level: info, asks: true'));
    await ask(EASY);
    expect(lines[0]?.routing?.ask).toBe(EASY);
  });
});
