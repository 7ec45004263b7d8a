/**
 * Every secret of a configuration is a canary. At the level `debug`, with providers, collectors and receivers that quote
 * whatever they are sent, none of them is in anything that is written or told.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourcesOf } from '../../../src/compose/readings.ts';
import { ask } from '../../chaos/client.ts';
import { type Served, servePractice } from '../../practice/serve.ts';
import { type Received, SSE, startUpstream, type Upstream } from '../../support/upstream.ts';
import { type House, idle, startHouse } from './house.ts';

/** As keys look that have no look of their own; `sk-` is what those of OpenAI and Anthropic have. */
const canary = (name: string, prefix = '') => `${prefix}canary${Buffer.from(name).toString('hex')}0123456789abcdef`;
const CANARIES = {
  openai: canary('openai', 'sk-'),
  openaiSecond: canary('openai second', 'sk-'),
  anthropic: canary('anthropic', 'sk-ant-'),
  gemini: canary('gemini', 'AIza'),
  awsId: canary('aws id', 'AKIA').toUpperCase().slice(0, 20),
  awsSecret: canary('aws secret'),
  plain: canary('plain'),
  header: canary('header'),
  client: canary('client'),
  otherClient: canary('other client', 'sk-'),
  expired: canary('expired'),
  unknown: canary('unknown'),
  slack: canary('slack'),
  discord: canary('discord'),
  webhook: canary('webhook'),
  webhookSecret: canary('webhook secret'),
  pagerduty: canary('pagerduty'),
  opsgenie: canary('opsgenie'),
  collector: canary('collector'),
  collectorHeader: canary('collector header'),
};
type Name = keyof typeof CANARIES;
const ALL = Object.entries(CANARIES) as [Name, string][];

/** What is found in these bytes, by its name. */
function found(text: string, except: readonly Name[] = []): Name[] {
  return ALL.filter(([name, value]) => !except.includes(name) && text.toLowerCase().includes(value.toLowerCase())).map(
    ([name]) => name,
  );
}

/** Quotes all that it was sent, as a provider's error message. */
function quoting({ path, headers }: Received): string {
  const sent = [
    headers['authorization'],
    headers['x-api-key'],
    headers['x-goog-api-key'],
    headers['x-team-secret'],
    path,
  ];
  return `You sent ${sent.filter(Boolean).join(' and ').replace('Bearer ', '')}, which is wrong`;
}

const STATUSES = [400, 401, 403, 404, 413, 429, 500, 503, 529];
const FORMS: readonly ((told: string) => string)[] = [
  (message) => JSON.stringify({ error: { message, type: 'server_error', code: null, param: null } }),
  (message) => JSON.stringify({ type: 'error', error: { type: 'api_error', message } }),
  (message) => JSON.stringify({ error: { code: 500, message, status: 'INTERNAL' } }),
  (message) => `<html>${message}</html>`,
];
const PLACES = ['openai', 'anthropic', 'gemini'];

let practice: Served;
let mirror: Upstream;
/** Where alerts and traces go. */
let sink: Upstream;
let house: House;
/** Heads and bodies of everything that clients got. */
const told: string[] = [];

beforeAll(async () => {
  [practice, mirror, sink] = await Promise.all([servePractice(), startUpstream(), startUpstream()]);
  let turn = 0;
  mirror.respond((outgoing, request) => {
    const message = quoting(request);
    const number = turn++;
    const live = request.body['stream'] === true || request.path.includes('stream');
    if (number % 5 === 4) {
      if (!live)
        return void outgoing.writeHead(200, { 'content-type': 'application/json' }).end(`{"choices": ${message}`);
      outgoing.writeHead(200, SSE).write(`data: {"choices":[{"index":0,"delta":{"content":"Well"}}]}\n\n`);
      return void outgoing.end(`data: ${FORMS[number % 3]?.(message)}\n\n`);
    }
    const status = STATUSES[number % STATUSES.length] ?? 500;
    outgoing.writeHead(status, { 'content-type': 'application/json', 'x-told': message });
    outgoing.end(FORMS[Math.floor(number / STATUSES.length) % FORMS.length]?.(message));
  });
  let posts = 0;
  sink.respond((outgoing, { path, headers }) => {
    const text = `${path} ${JSON.stringify(headers)}`;
    outgoing.writeHead(posts++ % 2 === 0 ? 400 : 200, { 'content-type': 'text/plain', 'x-told': text }).end(text);
  });
  const c = CANARIES;
  house = await startHouse(`
log: { level: debug }
reliability: { queue: { maxWaitMs: 50 }, retryBudget: { perSecond: 1000 }, deadlineMs: 3000 }
stream: { onBreak: continue }
telemetry: { otlp: { endpoint: "${sink.url}/${c.collector}", headers: { x-collector: ${c.collectorHeader} } } }
alerts:
  minimumCalls: 3
  groupMs: 1
  receivers:
    - { name: slack, type: slack, url: "${sink.url}/slack/${c.slack}" }
    - { name: discord, type: discord, url: "${sink.url}/discord/${c.discord}" }
    - { name: webhook, type: webhook, url: "${sink.url}/webhook/${c.webhook}", secret: ${c.webhookSecret} }
    - { name: pagerduty, type: pagerduty, url: "${sink.url}/pagerduty", routingKey: ${c.pagerduty} }
    - { name: opsgenie, type: opsgenie, url: "${sink.url}/opsgenie", apiKey: ${c.opsgenie} }
providers:
  openai: { baseUrl: "${mirror.url}/v1", apiKeys: [${c.openai}, ${c.openaiSecond}], headers: { x-team-secret: ${c.header} } }
  plain: { dialect: openai, baseUrl: "${mirror.url}/v1", apiKey: ${c.plain} }
  anthropic: { baseUrl: "${mirror.url}", apiKey: ${c.anthropic} }
  gemini: { baseUrl: "${mirror.url}", apiKey: ${c.gemini} }
  bedrock: { baseUrl: "${practice.url}/bedrock", accessKeyId: ${c.awsId}, secretAccessKey: ${c.awsSecret}, region: us-east-1 }
  practiced: { dialect: openai, baseUrl: "${practice.url}/openai/v1", apiKey: ${c.openai} }
models:
  plain: { deployments: [{ provider: plain, model: gpt-5.4 }] }
  openai: { deployments: [{ provider: openai, model: gpt-5.4 }] }
  anthropic: { deployments: [{ provider: anthropic, model: claude-haiku-4-5 }] }
  gemini: { deployments: [{ provider: gemini, model: gemini-2.5-flash }] }
  bedrock: { deployments: [{ provider: bedrock, model: anthropic.claude-haiku-4-5-20251001-v1:0 }] }
  practiced: { deployments: [{ provider: practiced, model: gpt-5.4 }] }
  all: { deployments: [${PLACES.map((provider) => `{ provider: ${provider}, model: m }`).join(', ')}, { provider: practiced, model: m }] }
tenants: { acme: { limits: 100000 requests/day } }
keys:
  - { name: client, key: ${c.client}, tenant: acme, budgets: '$1/day' }
  - { name: other, key: ${c.otherClient}, limits: 1 at once }
  - { name: expired, key: ${c.expired}, expiresAt: 2020-01-01 }
`);
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
  await Promise.all([mirror[Symbol.asyncDispose](), sink[Symbol.asyncDispose](), practice.close()]);
});

async function asks(model: string, key: string, more: object = {}, content = 'Hello'): Promise<void> {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content }], max_tokens: 20, ...more });
  const { headers, text } = await ask(house.url, body, {
    headers: { authorization: `Bearer ${key}`, 'x-api-key': key },
  });
  told.push(JSON.stringify(headers) + text);
}

const TROUBLES = [
  '',
  'status=401',
  'status=403',
  'status=400',
  'status=500',
  'error',
  'cut',
  'empty',
  'html',
  'refuse',
];

describe('with canaries for secrets', () => {
  beforeAll(async () => {
    const { client, otherClient, expired, unknown } = CANARIES;
    for (let round = 0; round < 12; round++) {
      for (const model of [...PLACES, 'plain', 'all']) {
        await Promise.all([asks(model, client), asks(model, client, { stream: true })]);
        house.skip(120_000); // What rests or is parked is asked again.
      }
    }
    for (const trouble of TROUBLES) {
      const content = `Hello [practice: ${trouble}] [practice: fast]`;
      for (const stream of [false, true])
        await Promise.all(['bedrock', 'practiced'].map((model) => asks(model, client, { stream }, content)));
      house.skip(120_000);
    }
    await Promise.all(Array.from({ length: 5 }, () => asks('practiced', otherClient)));
    for (const key of [expired, unknown]) await asks('all', key);
    await asks('all', client, { messages: 'none' });
    await asks('none', client);
    await idle(house);
    await house.accounting.tracer?.flush(5_000);
    for (let look = 0; look < 4; look++) {
      await house.accounting.alerts.look(sourcesOf(house));
      house.skip(10_000);
    }
    await asks('practiced', client);
    await house.accounting.tracer?.flush(5_000);
    await house.stories('client');
  });

  it('everything happened', () => {
    expect(told.length).toBeGreaterThan(100);
    expect(mirror.received.length).toBeGreaterThan(50);
    const paths = sink.received.map(({ path }) => path.split('/')[1]);
    expect(new Set(paths)).toEqual(
      new Set([CANARIES.collector, 'slack', 'discord', 'webhook', 'pagerduty', 'opsgenie']),
    );
    expect(found(mirror.received.map(quoting).join())).toEqual([
      'openai',
      'openaiSecond',
      'anthropic',
      'gemini',
      'plain',
      'header',
    ]);
  });

  it('no client is told any', () => {
    expect(told.filter((text) => found(text).length > 0).map((text) => text.slice(-400))).toEqual([]);
  });

  it('the log has none', () => {
    const lines = house.logged().split('\n');
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.filter((line) => found(line).length > 0)).toEqual([]);
  });

  it('the metrics have none', () => {
    const text = house.accounting.metrics.text(sourcesOf(house));
    expect(text).toContain('signalbox_requests_total');
    expect(found(text)).toEqual([]);
  });

  it('no file of the ledger has any', () => {
    const files = readdirSync(house.folder);
    expect(files).toContain('books.db');
    const bytes = files.map((name) => readFileSync(join(house.folder, name), 'latin1')).join('');
    expect(bytes).toContain('acme');
    expect(found(bytes)).toEqual([]);
  });

  it('traces and alerts have none but their own receiver’s', () => {
    for (const { path, headers, body } of sink.received) {
      const [, place = ''] = path.split('/');
      const own: Record<string, readonly Name[]> = {
        [CANARIES.collector]: ['collector', 'collectorHeader'],
        slack: ['slack'],
        discord: ['discord'],
        webhook: ['webhook'],
        pagerduty: ['pagerduty'],
        opsgenie: ['opsgenie'],
      };
      expect(found(`${path} ${JSON.stringify(headers)} ${JSON.stringify(body)}`, own[place])).toEqual([]);
      expect(found(JSON.stringify(body), place === 'pagerduty' ? ['pagerduty'] : [])).toEqual([]);
    }
  });
});
