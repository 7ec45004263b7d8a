import { describe, expect, it } from 'vitest';
import { SpeedBook, type Timing } from '../../../src/routing/pool/speed-book.ts';
import { expectedMs } from '../../../src/routing/pool/view.ts';
import { deploymentOf } from './deployments.ts';

const HALF = 60_000;
const book = (maxDeployments = 10) => new SpeedBook({ halfLifeMs: HALF, maxDeployments });
const answer = (firstTokenMs: number, outputTokens = 0, durationMs = firstTokenMs): Timing => ({
  firstTokenMs,
  outputTokens,
  durationMs,
});

describe('SpeedBook', () => {
  it('knows nothing before the first answer', () => {
    expect(book().speedOf('a', 0)).toBeUndefined();
  });

  it('one answer is its speed: 100 tokens in the 2 seconds after the first', () => {
    const speeds = book();
    speeds.record('a', answer(500, 100, 2_500), 0);
    expect(speeds.speedOf('a', 0)).toEqual({ firstTokenMs: 500, tokensPerSecond: 50 });
  });

  it('an answer that is a half-life old counts for half', () => {
    const speeds = book();
    speeds.record('a', answer(1_000), 0);
    speeds.record('a', answer(400), HALF);
    expect(speeds.speedOf('a', HALF)?.firstTokenMs).toBeCloseTo((0.5 * 1_000 + 400) / 1.5, 9);
  });

  it('only fading changes nothing', () => {
    const speeds = book();
    speeds.record('a', answer(1_000, 100, 3_000), 0);
    const before = speeds.speedOf('a', 0);
    const later = speeds.speedOf('a', 3 * HALF);
    expect(later?.firstTokenMs).toBeCloseTo(before?.firstTokenMs ?? 0, 9);
    expect(later?.tokensPerSecond).toBeCloseTo(before?.tokensPerSecond ?? 0, 9);
  });

  it('forgets what is older than five half-lives, so that it is tried again', () => {
    const speeds = book();
    speeds.record('a', answer(1_000), 0);
    expect(speeds.speedOf('a', 5 * HALF)).toBeDefined();
    expect(speeds.speedOf('a', 5 * HALF + 1)).toBeUndefined();
  });

  it('a few tokens tell no rate', () => {
    const speeds = book();
    speeds.record('a', answer(500, 7, 510), 0);
    expect(speeds.speedOf('a', 0)).toEqual({ firstTokenMs: 500, tokensPerSecond: undefined });
  });

  it('of whole answers the rate has the wait in it', () => {
    const speeds = book();
    speeds.record('a', { firstTokenMs: undefined, outputTokens: 100, durationMs: 4_000 }, 0);
    expect(speeds.speedOf('a', 0)).toEqual({ firstTokenMs: 0, tokensPerSecond: 25 });
  });

  it('a whole answer of a few tokens was all wait: nobody is done in no time', () => {
    const speeds = book();
    speeds.record('a', { firstTokenMs: undefined, outputTokens: 3, durationMs: 4_000 }, 0);
    expect(speeds.speedOf('a', 0)).toEqual({ firstTokenMs: 4_000, tokensPerSecond: undefined });
  });

  it('unless streams have shown how long the wait is', () => {
    const speeds = book();
    speeds.record('a', answer(1_000), 0);
    speeds.record('a', { firstTokenMs: undefined, outputTokens: 100, durationMs: 3_000 }, 0);
    expect(speeds.speedOf('a', 0)).toEqual({ firstTokenMs: 1_000, tokensPerSecond: 50 });
  });

  it('a clock that goes back makes nothing heavier', () => {
    const speeds = book();
    speeds.record('a', answer(1_000), HALF);
    speeds.record('a', answer(400), 0);
    expect(speeds.speedOf('a', 0)?.firstTokenMs).toBe(700);
  });

  it('keeps the deployments that were used last, and no more than it may', () => {
    const speeds = book(2);
    for (const id of ['a', 'b', 'a', 'c']) speeds.record(id, answer(100), 0);
    expect(['a', 'b', 'c'].map((id) => speeds.speedOf(id, 0) !== undefined)).toEqual([true, false, true]);
  });
});

describe('expectedMs', () => {
  const speedOf = () => ({ firstTokenMs: 500, tokensPerSecond: 50 });

  it('is the wait and the writing, in the tokens of the model', () => {
    const view = { speedOf, expectedOutputTokens: 100 };
    expect(expectedMs(deploymentOf('x/a'), view)).toBe(2_500);
    expect(expectedMs(deploymentOf('x/a', { tokenFactor: 1.5 }), view)).toBe(3_500);
  });

  it('is unknown where nothing was measured', () => {
    const view = { speedOf: () => undefined, expectedOutputTokens: 100 };
    expect(expectedMs(deploymentOf('x/a'), view)).toBeUndefined();
  });
});
