import { expect, it } from 'vitest';
import { openai } from '../../providers/openai/index.ts';
import { CandidateStop } from '../../src/gateway/stops.ts';
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
