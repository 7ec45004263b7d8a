/**
 * The best of a pool by a score that is only about right.
 *
 * - Near-equal ones share the work: two of them are drawn, and the one with more room goes first. So no herd forms.
 * - The leader stays until somebody is clearly better, so that noise moves nobody.
 * - Now and then somebody else goes first, because what nobody asks nobody measures.
 */
import type { Deployment } from '../../core/deployment.ts';
import type { PoolView } from './view.ts';

export interface Contest {
  /** Lower is better; undefined goes last. */
  scoreOf(deployment: Deployment): number | undefined;
  /** Scores within this share of the leader's are as good as it. */
  near: number;
  /** How much better a challenger must be; 0 where scores are no measurements. */
  clearly: number;
  /** Undefined where scores are no measurements. */
  isMeasured?: (deployment: Deployment) => boolean;
}

type View = Pick<PoolView, 'random' | 'roomOf' | 'lead'>;

/** Anybody goes first, however bad: what was slow may be fast by now. */
const EXPLORED = 0.01;
/** Somebody whom nobody has measured goes first. */
const TRIED = 0.1;

export function contest(pool: readonly Deployment[], rules: Contest, view: View): Deployment[] {
  const scored = pool.map((deployment) => ({ deployment, score: rules.scoreOf(deployment) }));
  const known = scored.filter(isScored).toSorted((a, b) => a.score - b.score);
  const others = scored.filter((each) => !isScored(each)).map(({ deployment }) => deployment);
  const order = [...known.map(({ deployment }) => deployment), ...others];
  const lucky = rules.isMeasured && explored(pool, rules.isMeasured, view.random);
  const first = lucky ?? champion(known, rules, view) ?? roomier(pool, rules, view);
  return first ? putFirst(order, first) : order;
}

/** The one first, the others as they were. */
export function putFirst(pool: readonly Deployment[], first: Deployment): Deployment[] {
  return [first, ...pool.filter((deployment) => deployment !== first)];
}

interface Scored {
  deployment: Deployment;
  score: number;
}

function isScored(each: { deployment: Deployment; score: number | undefined }): each is Scored {
  return each.score !== undefined && !Number.isNaN(each.score);
}

function explored(
  pool: readonly Deployment[],
  isMeasured: (deployment: Deployment) => boolean,
  random: () => number,
): Deployment | undefined {
  const lot = random();
  if (lot >= TRIED) return undefined;
  return pick(lot < EXPLORED ? pool : pool.filter((each) => !isMeasured(each)), random);
}

function champion(known: readonly Scored[], { near, clearly }: Contest, view: View): Deployment | undefined {
  const { lead } = view;
  const best = known[0];
  if (!best) return undefined;
  const leading = known.find(({ deployment }) => deployment.id === lead.id);
  const leader = clearly > 0 && leading && best.score >= leading.score * (1 - clearly) ? leading : best;
  // A leader that cannot serve this request has not lost its place.
  if (clearly > 0 && (leading || lead.id === undefined)) lead.id = leader.deployment.id;
  const equals = known.filter(({ score }) => Math.abs(score - leader.score) <= leader.score * near);
  return pickRoomier(
    equals.map(({ deployment }) => deployment),
    view,
  );
}

/** Nobody has a score: measured ones share the work from the start, the others keep the pool's order. */
function roomier(pool: readonly Deployment[], { isMeasured }: Contest, view: View): Deployment | undefined {
  return isMeasured && pickRoomier(pool, view);
}

/** The power of two choices: of two drawn, the one with more room. */
function pickRoomier(equals: readonly Deployment[], { random, roomOf }: View): Deployment | undefined {
  if (equals.length < 2) return equals[0];
  const one = pick(equals, random);
  const other = pick(
    equals.filter((deployment) => deployment !== one),
    random,
  );
  return one && other && roomOf(other) > roomOf(one) ? other : one;
}

function pick(among: readonly Deployment[], random: () => number): Deployment | undefined {
  return among[Math.min(Math.floor(random() * among.length), among.length - 1)];
}
