import { describe, expect, it } from 'vitest';
import type { Usage } from '../../../src/core/chat.ts';
import type { Deployment, PromptCache } from '../../../src/core/deployment.ts';
import { isWarm, sessionCostUsd } from '../../../src/routing/sessions/prompt-cache.ts';
import { type Session, Sessions } from '../../../src/routing/sessions/sessions.ts';
import { deploymentOf } from '../pool/deployments.ts';

const MINUTE = 60_000;
const marked: PromptCache = { automatic: false, lifetimeMs: 5 * MINUTE, minimumTokens: 1_000 };
const automatic: PromptCache = { ...marked, automatic: true };
const opus = deploymentOf('anthropic/opus', { promptCache: marked, tokenFactor: 1.5 });
const gpt = deploymentOf('openai/gpt', { promptCache: automatic });
const local = deploymentOf('here/llama');

function usageOf(prompt: number, completion: number, rest: Partial<Usage> = {}): Usage {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion, ...rest };
}
const cached = (read: number, written: number): Partial<Usage> => ({
  prompt_tokens_details: { cached_tokens: read, cache_write_tokens: written },
});

/** The session after these answers, a minute apart. */
function after(...answers: [Deployment, Usage | undefined][]): Session {
  const sessions = new Sessions(10);
  for (const [index, [deployment, usage]] of answers.entries()) {
    sessions.note('app', 's', { deployment, tier: 'opus', usage }, index * MINUTE);
  }
  const session = sessions.find('app', 's', answers.length * MINUTE);
  if (!session) throw new Error('There is no session');
  return session;
}

describe('Sessions', () => {
  it('remembers where a conversation was answered', () => {
    expect(after([opus, undefined])).toEqual({
      deploymentId: 'anthropic/opus',
      model: 'opus',
      tier: 'opus',
      issuer: 'test anthropic opus',
      lastAtMs: 0,
      prefixTokens: 0,
      cacheLifetimeMs: undefined,
      outputTokens: undefined,
      moves: 0,
    });
  });

  it.each<{ name: string; answers: [Deployment, Usage | undefined][]; prefix: number }>([
    {
      name: 'what was read and written is the prefix, in common tokens',
      answers: [[opus, usageOf(9_000, 1, cached(3_000, 4_500))]],
      prefix: 5_000,
    },
    {
      name: 'the split alone tells what was written',
      answers: [[opus, usageOf(9_000, 1, { cache_creation: { ephemeral_5m: 3_000, ephemeral_1h: 1_500 } })]],
      prefix: 3_000,
    },
    { name: 'who marks nothing has nothing kept', answers: [[opus, usageOf(9_000, 1)]], prefix: 0 },
    { name: 'an automatic cache has the whole prompt', answers: [[gpt, usageOf(9_000, 1)]], prefix: 9_000 },
    { name: 'but no short one', answers: [[gpt, usageOf(999, 1)]], prefix: 0 },
    { name: 'a server without a cache keeps nothing', answers: [[local, usageOf(9_000, 1, cached(9, 9))]], prefix: 0 },
    {
      name: 'an answer that nobody has counted leaves the prefix as it was',
      answers: [
        [gpt, usageOf(9_000, 1)],
        [gpt, undefined],
      ],
      prefix: 9_000,
    },
    {
      name: 'but not at another deployment',
      answers: [
        [gpt, usageOf(9_000, 1)],
        [opus, undefined],
      ],
      prefix: 0,
    },
  ])('$name', ({ answers, prefix }) => {
    expect(after(...answers).prefixTokens).toBe(prefix);
  });

  it('a session is where its last answer came from, so a failure pins it anew', () => {
    expect(after([opus, undefined], [gpt, undefined], [gpt, undefined], [opus, undefined])).toMatchObject({
      deploymentId: 'anthropic/opus',
      moves: 2,
    });
  });

  it('the usual answer is a mean of late, in common tokens, wherever they came from', () => {
    expect(after([gpt, usageOf(1, 100)]).outputTokens).toBe(100);
    expect(after([gpt, usageOf(1, 100)], [opus, usageOf(1, 300)]).outputTokens).toBeCloseTo(130, 9);
    expect(after([gpt, usageOf(1, 100)], [gpt, undefined]).outputTokens).toBe(100);
  });

  it('a prompt written for an hour is believed for an hour, also when it is only read later', () => {
    const written = usageOf(9_000, 1, { cache_creation: { ephemeral_5m: 0, ephemeral_1h: 9_000 } });
    expect(after([opus, written], [opus, usageOf(9_000, 1, cached(9_000, 0))]).cacheLifetimeMs).toBe(60 * MINUTE);
    expect(after([opus, written], [gpt, usageOf(9_000, 1)]).cacheLifetimeMs).toBeUndefined();
  });

  it('tenants are apart, whatever they call their sessions', () => {
    const sessions = new Sessions(10);
    sessions.note('a', 'bc', { deployment: gpt, tier: undefined, usage: undefined }, 0);
    sessions.note('ab', 'c', { deployment: opus, tier: undefined, usage: undefined }, 0);
    expect(sessions.find('a', 'bc', 0)?.model).toBe('gpt');
    expect(sessions.find('c', 'ab', 0)).toBeUndefined();
  });

  it('names that differ at the end only, after a hundred thousand letters, are two', () => {
    const sessions = new Sessions(10);
    const long = 'x'.repeat(100_000);
    sessions.note('a', `${long}1`, { deployment: gpt, tier: undefined, usage: undefined }, 0);
    expect(sessions.find('a', `${long}1`, 0)?.model).toBe('gpt');
    expect(sessions.find('a', `${long}2`, 0)).toBeUndefined();
  });

  it('keeps the sessions that were used last, and no more than it may', () => {
    const sessions = new Sessions(100);
    const note = (name: string) => sessions.note('a', name, { deployment: gpt, tier: undefined, usage: undefined }, 0);
    note('first');
    for (let index = 0; index < 99; index++) note(`session ${index}`);
    sessions.find('a', 'first', 0);
    for (let index = 0; index < 50; index++) note(`later ${index}`);
    expect(sessions.size).toBe(100);
    expect(sessions.find('a', 'first', 0)).toBeDefined();
    expect(sessions.find('a', 'session 1', 0)).toBeUndefined();
  });

  it('a session of yesterday is over', () => {
    const sessions = new Sessions(10);
    sessions.note('a', 's', { deployment: gpt, tier: undefined, usage: undefined }, 0);
    expect(sessions.find('a', 's', 24 * 60 * MINUTE - 1)).toBeDefined();
    expect(sessions.find('a', 's', 24 * 60 * MINUTE)).toBeUndefined();
    expect(sessions.size).toBe(0);
  });
});

describe('isWarm', () => {
  const session = after([opus, usageOf(9_000, 1, cached(9_000, 0))]);
  const twin = deploymentOf('anthropic/opus', { id: 'anthropic#2/opus', promptCache: marked, tokenFactor: 1.5 });
  it.each<{ name: string; deployment?: Deployment; changed?: Partial<Session>; atMs?: number; warm: boolean }>([
    { name: 'until the lifetime is over', atMs: 5 * MINUTE - 1, warm: true },
    { name: 'no longer', atMs: 5 * MINUTE, warm: false },
    {
      name: 'for an hour, if that was asked for',
      changed: { cacheLifetimeMs: 60 * MINUTE },
      atMs: 59 * MINUTE,
      warm: true,
    },
    { name: 'with another credential of the same account', deployment: twin, warm: true },
    { name: 'not elsewhere', deployment: gpt, warm: false },
    { name: 'not with nothing kept', changed: { prefixTokens: 0 }, warm: false },
    { name: 'not with less than the least, in tokens of the model', changed: { prefixTokens: 600 }, warm: false },
    { name: 'with just enough of them', changed: { prefixTokens: 667 }, warm: true },
  ])('$name', ({ deployment = opus, changed, atMs = 0, warm }) => {
    expect(isWarm(deployment, { ...session, ...changed }, atMs)).toBe(warm);
  });
});

describe('sessionCostUsd', () => {
  const price = { input: 1, output: 0, cacheRead: 0.1, cacheWrite5m: 1.25 };
  const priced = (deployment: Deployment) => ({ ...deployment, price, tokenFactor: 1 });
  const session = { ...after([gpt, usageOf(8_000, 1)]), issuer: 'test openai gpt' };
  const micros = (deployment: Deployment, inputTokens: number, of?: Session) => {
    const work = { inputTokens, expectedOutputTokens: 0, session: of };
    return (sessionCostUsd(priced(deployment), work, 0) ?? 0) * 1e6;
  };

  it.each<{ name: string; deployment: Deployment; inputTokens: number; session?: Session; micros: number }>([
    { name: 'a first turn at an automatic cache is written', deployment: gpt, inputTokens: 8_000, micros: 10_000 },
    { name: 'a short one is not', deployment: gpt, inputTokens: 900, micros: 900 },
    {
      name: 'a first turn elsewhere is not either: nobody knows of marks',
      deployment: opus,
      inputTokens: 8_000,
      micros: 8_000,
    },
    { name: 'a later one reads and writes', deployment: gpt, inputTokens: 9_000, session, micros: 800 + 1_250 },
    {
      name: 'who has marked nothing so far will write nothing',
      deployment: opus,
      inputTokens: 9_000,
      session: { ...session, prefixTokens: 0 },
      micros: 9_000,
    },
    { name: 'elsewhere it writes all of it anew', deployment: opus, inputTokens: 9_000, session, micros: 11_250 },
    { name: 'a server without a cache just reads', deployment: local, inputTokens: 9_000, session, micros: 9_000 },
    {
      name: 'a shortened conversation reads no more than it has',
      deployment: gpt,
      inputTokens: 5_000,
      session,
      micros: 500,
    },
  ])('$name', ({ deployment, inputTokens, session: of, micros: expected }) => {
    expect(micros(deployment, inputTokens, of)).toBeCloseTo(expected, 6);
  });
});
