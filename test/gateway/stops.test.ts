import { expect, it } from 'vitest';
import { anthropic } from '../../providers/anthropic/index.ts';
import { openai } from '../../providers/openai/index.ts';
import { CandidateStop } from '../../src/gateway/stops.ts';
import { Limiter } from '../../src/limits/limiter.ts';
import { Parking } from '../../src/resilience/parking.ts';
import { Target } from '../../src/resilience/target.ts';
import { TestPool } from '../resilience/pool.ts';
import { makeCall } from '../support/call.ts';

it.each([
  { name: 'a stream for its first content', stream: true, kind: 'first' },
  { name: 'everything else for the whole answer', stream: false, kind: 'whole' },
] as const)('$name is compared with what others like it took', ({ stream, kind }) => {
  const { candidate, target } = new TestPool({ a: {} }).member('a').stop;
  const { request } = makeCall({ stream });
  const estimate = { inputTokens: 1, outputTokens: 1 };
  const stop = new CandidateStop(candidate, { target, provider: openai, request, estimate });
  expect(stop.durations).toBe(target.durations[kind]);
});

const GUESS = { inputTokens: 100, outputTokens: 1_024 };

it.each([
  {
    name: 'what OpenAI would set aside without a limit',
    provider: openai,
    declared: { tokensPerMinute: 1_000 },
    body: {},
    need: { tokens: 101 },
  },
  {
    name: 'the length of answers of late',
    provider: anthropic,
    declared: { outputTokensPerMinute: 4_000 },
    body: { max_tokens: 32_000 },
    need: { output: 1 },
  },
  {
    name: 'and not the limit that the client set where that is set aside',
    provider: openai,
    declared: { tokensPerMinute: 1_000 },
    body: { max_tokens: 901 },
    need: { tokens: 1_001 },
  },
  {
    name: 'and not a prompt that is too long',
    provider: anthropic,
    declared: { inputTokensPerMinute: 99 },
    body: {},
    need: { input: 100 },
  },
  {
    name: 'and nothing where it fits',
    provider: anthropic,
    declared: { outputTokensPerMinute: 5_000 },
    body: { max_tokens: 32_000 },
    need: { output: 5_000 },
  },
])('a guess is left out that would be more than a limit ever allows: $name', ({ provider, declared, body, need }) => {
  const { candidate, target: other } = new TestPool({ a: {} }).member('a').stop;
  const { deployment } = candidate;
  const { fuse, times } = other;
  const limits = new Limiter({ resource: 'r', declared }, 0);
  const parking = new Parking({ probeMs: 1_000, maxProbeMs: 1_000 }, () => {});
  const target = new Target({ deployment, fuse, limits, parking, times, random: () => 0 });
  for (let answers = 0; answers < 400; answers++) target.noteOutput(5_000);
  const { request } = makeCall(body);
  const { max_tokens: outputTokens = GUESS.outputTokens } = body as { max_tokens?: number };
  const stop = new CandidateStop(candidate, { target, provider, request, estimate: { ...GUESS, outputTokens } });
  expect(stop.need).toMatchObject(need);
});

it('several answers may cost as often as much', () => {
  const { candidate, target } = new TestPool({ a: {} }).member('a').stop;
  const priced = { ...candidate, deployment: { ...candidate.deployment, price: { input: 1, output: 10 } } };
  const { request } = makeCall({ n: 3 });
  const stop = new CandidateStop(priced, { target, provider: openai, request, estimate: GUESS });
  expect(stop.costUsd).toBeCloseTo(3 * 0.01034);
});
