/** How a request asks for room, and why it was passed over where there was none. */
import { GatewayError } from '../core/errors.ts';
import type { Excess } from '../core/limits.ts';
import { mapped } from '../core/lists.ts';
import type { PlanRules } from './decide.ts';
import type { Place, Visitor } from './place.ts';
import type { PlanRequest, Pool, Stop } from './request.ts';
import type { Lease, Obstacle, Target } from './target.ts';

/** Nobody of the stops is asked before `notBefore`. */
export function visitorOf(
  request: PlanRequest,
  stops: readonly Stop[],
  notBefore: number,
  now: number,
): Visitor<Lease> {
  const { balance, priority, tenant, cost, rules, client, arrivedAt } = request;
  const lastAt = request.isLive ? lastResortAt(rules, stops, now) : now;
  const places = mapped(stops, (stop) => {
    const isLast = lastAt > now && stop.target.breaks.isFrequent(now);
    return new StopPlace(stop, isLast ? Math.max(notBefore, lastAt) : notBefore);
  });
  const deadlineMs = rules.deadlineAt;
  const untilMs = untilOf(rules, Math.max(now, notBefore));
  let minimumMs = Infinity;
  for (const { durations } of stops) minimumMs = Math.min(minimumMs, durations.usualMs);
  return { places, balance, priority, tenant, cost, deadlineMs, untilMs, minimumMs, client, arrivedAt };
}

/** A deployment whose streams keep breaking off is asked so much later than one that has room meanwhile. */
const SOUNDER_MS = 1_000;
/** Of the time that is left, the most. */
const SOUNDER_SHARE = 0.1;

/** When those that keep breaking off may be asked: at once, unless another has room soon. */
function lastResortAt({ deadlineAt, maxWaitMs }: PlanRules, stops: readonly Stop[], now: number): number {
  if (!stops.some(({ target }) => target.breaks.isFrequent(now))) return now;
  const waitMs = Math.min(SOUNDER_MS, maxWaitMs, (deadlineAt - now) * SOUNDER_SHARE);
  const isSound = ({ target, need }: Stop) => !target.breaks.isFrequent(now) && target.waitMs(need, now) <= waitMs;
  return stops.some(isSound) ? now + waitMs : now;
}

/** Until when it may wait for room. */
export function untilOf({ deadlineAt, maxWaitMs }: PlanRules, now: number): number {
  return Math.min(deadlineAt, now + maxWaitMs);
}

/** A class, because every request makes one for each candidate, and most are never looked at. */
class StopPlace implements Place<Lease> {
  readonly #stop: Stop;
  readonly #notBefore: number;

  constructor(stop: Stop, notBefore: number) {
    this.#stop = stop;
    this.#notBefore = notBefore;
  }

  get resource(): string {
    return this.#stop.target.resource;
  }

  get answerMs(): number {
    return this.#stop.durations.likelyMs;
  }

  waitMs(now: number): number {
    return Math.max(this.#stop.target.waitMs(this.#stop.need, now), this.#notBefore - now);
  }

  take(now: number): Lease {
    return taken(this.#stop, now);
  }

  /** Of those behind others, less than those have in any case. */
  room(now: number): number {
    const { target, candidate } = this.#stop;
    return target.room(now) - (candidate.behind ?? 0);
  }

  isShort(now: number): boolean {
    return this.#stop.target.limitedMs(this.#stop.need, now) > 0;
  }
}

/** When every fuse is open the pool sheds and does not stop: some go all the same, to the first that is not parked. */
export function forced(stops: readonly Stop[], { panic }: Pool, now: number): Lease | undefined {
  for (const { target } of stops) if (target.fuse.waitMs(now) === 0) return undefined;
  const first = stops.find(({ target, need }) => target.parkedMs(now) === 0 && target.limitedMs(need, now) === 0);
  if (!first || !panic.admits(now)) return undefined;
  panic.noteRequest(now);
  return taken(first, now);
}

/** Only where there is room. */
export function taken({ target, need, durations }: Stop, now: number): Lease {
  return target.take(need, now, durations.probeMs);
}

/** Of all visits for the request. */
export function noteStay(request: PlanRequest, { stay }: Visitor<Lease>): void {
  if (!stay) return;
  const { position = stay.position, waitedMs = 0 } = request.stay ?? {};
  request.stay = { position, waitedMs: stay.waitedMs + waitedMs };
}

/** Why those before the one that was chosen could not have it; all of them where none was. */
export function notePassedOver(
  request: PlanRequest,
  stops: readonly Stop[],
  chosen: Lease | undefined,
  now: number,
): void {
  for (const { candidate, target, need } of stops) {
    if (target === chosen?.target) return;
    const why = target.obstacle(need, now) ?? unsound(request, target, chosen, now);
    if (why) request.attempts.push({ deployment: candidate.deployment.id, outcome: why, durationMs: 0 });
  }
}

/** It has room, but a stream went where answers come to their end. */
function unsound(
  { isLive }: PlanRequest,
  { breaks }: Target,
  chosen: Lease | undefined,
  now: number,
): Obstacle | undefined {
  const isSpared = isLive && breaks.isFrequent(now) && chosen?.target.breaks.isFrequent(now) === false;
  return isSpared ? 'breaks_off' : undefined;
}

/** What nobody's having room comes to: that it fits nowhere, what parked them all, that all rest, or that they are full. */
export function whyNone(stops: readonly Stop[], error: GatewayError, now: number): GatewayError[] {
  const tooLarge = stops.map(({ target, need }) => target.exceeded(need));
  if (tooLarge.every((excess) => excess !== undefined)) return tooLarge.slice(0, 1).map(neverFits);
  const parked = stops.flatMap(({ target }) => target.whyParked(now) ?? []);
  if (parked.length === stops.length) return [error, ...parked];
  const isResting = ({ target }: Stop) => target.parkedMs(now) > 0 || target.fuse.waitMs(now) > 0;
  return [error.kind === 'capacity' && stops.every(isResting) ? resting(error) : error];
}

/** Waiting would not help, nor coming back. */
function neverFits({ limit, allowed, needed }: Excess): GatewayError {
  const message = `The request takes about ${needed}, more than its provider's limit ever allows: ${limit} is ${allowed}`;
  return new GatewayError('unsupported', message, { code: 'request_exceeds_limit' });
}

function resting({ retryAfterMs }: GatewayError): GatewayError {
  return new GatewayError('circuit_open', 'Every provider of this model keeps failing', { retryAfterMs });
}
