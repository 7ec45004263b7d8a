/** What a replay counts: bounded by the names of a configuration and its log, not by the log's length. */
import type { LoggedRequest } from './log-lines.ts';
import type { Rechosen } from './rechoose.ts';

export interface Shift {
  before: number;
  after: number;
}

export interface Move {
  requestId: string;
  from: string;
  to: string;
  reason: string;
  costBeforeUsd: number;
  costAfterUsd: number;
}

const MAX_MOVES = 10;
/** A log may name anything. */
const MAX_NAMES = 2_000;
const NOBODY = '(refused)';
const UNTIERED = '(by name)';

export class Tally {
  requests = 0;
  moved = 0;
  refused = 0;
  lacksScore = 0;
  /** Requests whose cost is known on both sides, and what they cost. */
  readonly cost = { requests: 0, beforeUsd: 0, afterUsd: 0 };
  readonly tiers = new Map<string, Shift>();
  readonly deployments = new Map<string, Shift>();
  /** Moves by what had a say in them: `tool floor: opus -> sonnet`. */
  readonly causes = new Map<string, number>();
  readonly #moves: Move[] = [];

  add(line: LoggedRequest, after: Rechosen): void {
    const from = line.deployment ?? NOBODY;
    const to = after.deployment?.id ?? NOBODY;
    const tierBefore = line.routing?.tier ?? UNTIERED;
    const tierAfter = after.tier ?? (after.deployment ? UNTIERED : NOBODY);
    this.requests++;
    if (!after.deployment) this.refused++;
    if (after.lacksScore) this.lacksScore++;
    count(this.tiers, tierBefore, 'before');
    count(this.tiers, tierAfter, 'after');
    count(this.deployments, from, 'before');
    count(this.deployments, to, 'after');
    if (from !== to) this.#move({ line, after, from, to, tiers: `${tierBefore} -> ${tierAfter}` });
    if (line.costUsd === undefined || after.costUsd === undefined) return;
    this.cost.requests++;
    this.cost.beforeUsd += line.costUsd;
    this.cost.afterUsd += after.costUsd;
  }

  /** Those that change the bill most, the greatest first. */
  get moves(): readonly Move[] {
    return this.#moves.toSorted((a, b) => differenceOf(b) - differenceOf(a)).slice(0, MAX_MOVES);
  }

  #move({ line, after, from, to, tiers }: Moved): void {
    this.moved++;
    const cause = `${after.fired.join(', ') || 'the score'}: ${tiers}`;
    if (this.causes.has(cause) || this.causes.size < MAX_NAMES) {
      this.causes.set(cause, (this.causes.get(cause) ?? 0) + 1);
    }
    if (line.costUsd === undefined || after.costUsd === undefined) return;
    const { requestId, costUsd: costBeforeUsd } = line;
    this.#moves.push({ requestId, from, to, reason: after.reason, costBeforeUsd, costAfterUsd: after.costUsd });
    if (this.#moves.length < 2 * MAX_MOVES) return;
    this.#moves.splice(0, this.#moves.length, ...this.moves);
  }
}

interface Moved {
  line: LoggedRequest;
  after: Rechosen;
  from: string;
  to: string;
  tiers: string;
}

function differenceOf({ costBeforeUsd, costAfterUsd }: Move): number {
  return Math.abs(costAfterUsd - costBeforeUsd);
}

function count(shifts: Map<string, Shift>, name: string, side: keyof Shift): void {
  const shift = shifts.get(name) ?? { before: 0, after: 0 };
  shift[side]++;
  if (shifts.has(name) || shifts.size < MAX_NAMES) shifts.set(name, shift);
}
