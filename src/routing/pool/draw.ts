/**
 * Orders by lot: every deployment draws a number, and `-ln(number) / weight` puts them in order. The first is then each
 * one with a chance of its weight's share, and so on with the rest (Efraimidis and Spirakis, 2006). With random numbers
 * that is `weighted`; with numbers made of the session's key it is `sticky` (weighted rendezvous hashing): every process
 * comes to the same order, and a deployment more or less moves only its own sessions.
 */
import type { Deployment } from '../../core/deployment.ts';
import { hash53 } from '../facts/hash.ts';

/** What weights nothing comes last, in the pool's own order. */
export function byDraw(
  pool: readonly Deployment[],
  weights: readonly number[],
  draw: (deployment: Deployment) => number,
): Deployment[] {
  return pool
    .map((deployment, index) => ({ deployment, late: latenessOf(draw(deployment), weights[index] ?? 0) }))
    .toSorted((a, b) => (a.late === b.late ? 0 : a.late - b.late))
    .map(({ deployment }) => deployment);
}

function latenessOf(drawn: number, weight: number): number {
  return weight > 0 ? -Math.log(Math.max(drawn, Number.MIN_VALUE)) / weight : Infinity;
}

/** The same text always draws the same number, from 0 to 1. */
export function drawnBy(text: string): number {
  return (hash53(text) + 0.5) / 2 ** 53;
}
