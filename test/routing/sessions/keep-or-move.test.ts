import { describe, expect, it } from 'vitest';
import type { Deployment, PromptCache } from '../../../src/core/deployment.ts';
import { type Crossroads, keepOrMove } from '../../../src/routing/sessions/keep-or-move.ts';
import { issuerOf } from '../../../src/routing/sessions/prompt-cache.ts';
import type { Session } from '../../../src/routing/sessions/sessions.ts';
import { deploymentOf } from '../pool/deployments.ts';

const MINUTE = 60_000;
const promptCache: PromptCache = { automatic: false, lifetimeMs: 5 * MINUTE, minimumTokens: 1_000 };
/** The prices of routing.md's example: reading costs a tenth, writing a quarter more. */
const opus = deploymentOf('anthropic/opus', {
  promptCache,
  price: { input: 5, output: 25, cacheRead: 0.5, cacheWrite5m: 6.25 },
});
const haiku = deploymentOf('anthropic/haiku', {
  promptCache,
  price: { input: 1, output: 5, cacheRead: 0.1, cacheWrite5m: 1.25 },
});
const unpriced = deploymentOf('other/new', { promptCache });
const secondKey = deploymentOf('anthropic/opus', { ...opus, id: 'anthropic#2/opus' });

function sessionAt(deployment: Deployment, parts: Partial<Session> = {}): Session {
  return {
    deploymentId: deployment.id,
    model: deployment.model,
    tier: 'opus',
    issuer: issuerOf(deployment),
    lastAtMs: 0,
    prefixTokens: 100_000,
    cacheLifetimeMs: undefined,
    outputTokens: 500,
    moves: 0,
    ...parts,
  };
}

interface Row {
  name: string;
  from?: Deployment;
  cannotServe?: boolean;
  to?: Deployment;
  climb?: number;
  session?: Partial<Session>;
  facts?: Partial<Crossroads['facts']>;
  atMs?: number;
  says: string | RegExp;
}

function at({ from = opus, cannotServe, to = haiku, climb = -1, session, facts, atMs = MINUTE }: Row) {
  return keepOrMove({
    session: sessionAt(from, session),
    pinned: cannotServe ? undefined : from,
    wanted: to,
    climb,
    facts: { inToolLoop: false, isStalled: false, inputTokens: 100_000, outputTokens: 500, ...facts },
    nowMs: atMs,
  });
}

const table: Row[] = [
  { name: 'it stays where it is wanted', to: opus, climb: 0, says: 'stays: wanted where it is' },
  { name: 'it moves up freely', from: haiku, to: opus, climb: 1, says: 'moves: a higher tier is wanted' },
  {
    name: 'it stays in a tool loop, even when it could go up',
    from: haiku,
    to: opus,
    climb: 1,
    facts: { inToolLoop: true },
    says: 'stays: in a tool loop',
  },
  {
    name: 'and when its cache is gone',
    facts: { inToolLoop: true },
    atMs: 60 * MINUTE,
    says: 'stays: in a tool loop',
  },
  {
    name: 'a stalled agent goes up all the same',
    from: haiku,
    to: opus,
    climb: 1,
    facts: { inToolLoop: true, isStalled: true },
    says: 'moves: the agent is stalled',
  },
  {
    name: 'but never down',
    facts: { inToolLoop: true, isStalled: true, outputTokens: 90_000 },
    session: { outputTokens: undefined },
    says: 'stays: in a tool loop',
  },
  {
    name: 'it moves in the middle of a tool loop when where it is cannot serve it',
    cannotServe: true,
    facts: { inToolLoop: true },
    says: 'moves: its deployment cannot serve this',
  },
  {
    name: 'another credential of the account has the same cache and signatures',
    to: secondKey,
    climb: 0,
    facts: { inToolLoop: true },
    says: 'moves: the same model and account',
  },
  {
    name: '3,750 tokens of output do not pay for leaving a prefix of 100,000',
    session: { outputTokens: 3_750 },
    says: 'stays: its prompt cache is warm: moving costs $0.000000 more',
  },
  {
    name: 'one more does',
    session: { outputTokens: 3_751 },
    says: 'moves: saves $0.000020, prompt cache included',
  },
  {
    name: 'what is fresh is dearer here, too: 10,000 written at 6.25 instead of 1.25',
    session: { outputTokens: 1_251 },
    facts: { inputTokens: 110_000 },
    says: /^moves: saves/,
  },
  {
    name: 'and just not enough before that',
    session: { outputTokens: 1_250 },
    facts: { inputTokens: 110_000 },
    says: /^stays: its prompt cache/,
  },
  {
    name: 'a model that makes more tokens of the same text is dearer than it looks',
    to: { ...haiku, tokenFactor: 1.5 },
    session: { outputTokens: 5_000 },
    says: /^stays: its prompt cache/,
  },
  {
    name: 'without an answer yet the request tells how long it will be',
    session: { outputTokens: undefined },
    facts: { outputTokens: 4_000 },
    says: /^moves: saves/,
  },
  { name: 'without a cache there is nothing to lose', atMs: 5 * MINUTE, says: 'moves: no prompt cache to lose' },
  { name: 'nor with nothing in it', session: { prefixTokens: 0 }, says: 'moves: no prompt cache to lose' },
  {
    name: 'an unknown price never pays while the cache lives',
    to: unpriced,
    says: 'stays: its prompt cache is warm, and a price is unknown',
  },
  { name: 'afterwards nobody asks', to: unpriced, atMs: 5 * MINUTE, says: 'moves: no prompt cache to lose' },
  {
    name: 'a deployment of the same tier has to pay for the cache as well',
    to: { ...opus, id: 'bedrock/opus', providerModel: 'us.opus' },
    climb: 0,
    says: /^stays: its prompt cache is warm: moving costs \$0\.575000 more/,
  },
];

const exactly = (words: string) => new RegExp(`^${words.replaceAll(/[.$]/g, '\\$&')}$`);

describe('keepOrMove', () => {
  it.each(table)('$name', (row) => {
    const { keep, reason } = at(row);
    expect(reason).toMatch(typeof row.says === 'string' ? exactly(row.says) : row.says);
    expect(keep).toBe(reason.startsWith('stays'));
  });

  it('signed reasoning is void with another model or another account, and only there', () => {
    const voids = (row: Partial<Row>) =>
      at({ name: '', says: '', session: { prefixTokens: 0 }, ...row }).voidsReasoning;
    expect(voids({ to: haiku })).toBe(true);
    expect(voids({ to: { ...opus, id: 'b/opus', endpoint: { ...opus.endpoint, account: 'b' } } })).toBe(true);
    expect(voids({ to: secondKey })).toBe(false);
    expect(voids({ to: secondKey, cannotServe: true })).toBe(false);
    expect(voids({ to: opus })).toBe(false);
  });

  it('reasons are short ASCII: they go into a header', () => {
    for (const row of table) expect(at(row).reason).toMatch(/^[ -~]{1,90}$/);
  });
});
