/**
 * Other rules over the requests of late: each is chosen for twice, by the rules in force and by the others, with
 * everything else the same. What differs is the rules' doing alone.
 */
import { setImmediate } from 'node:timers/promises';
import type { RecentRequest } from '../admin/recent-plans.ts';
import type { RulesTrial, Shift } from '../admin/rules-editor.ts';
import type { RoutingView } from '../routing/view.ts';
import { LoggedRequest } from './log-lines.ts';
import { createRechooser, type Recorded } from './rechoose.ts';
import { type Shift as Counted, Tally } from './tally.ts';

/** Requests of clients go on between as many. */
const AT_ONCE = 25;
const MAX_NAMED = 20;

const UNKNOWN = [
  'It rests on the newest requests that rules chose for and that this router still has in memory, at most 1,000; `signalbox replay` does the same over a log of any length.',
  'Requests for a model by its name are not among them where no rule spoke of models then.',
  "Headers and metadata are known only as far as the rules in force then named them; clients' words are not kept, so learned weights (routing.overlay) are left out.",
  'Other models write answers of other lengths; the recorded lengths are used, in each model’s own tokens, at list prices.',
  "A conversation's later turns, prompt caches, limits and outages are reckoned: everybody is taken to answer at once.",
];

export interface Views {
  before: RoutingView;
  after: RoutingView;
}

export async function tryRules(recent: readonly RecentRequest[], { before, after }: Views): Promise<RulesTrial> {
  const luck = createLuck();
  const choosers = [createRechooser(before, luck.draw), createRechooser(after, luck.draw)] as const;
  const tally = new Tally();
  let spentUsd = 0;
  const lines = recorded(recent);
  for (const [index, line] of lines.entries()) {
    if (index % AT_ONCE === 0) await setImmediate();
    const [was, would] = choosers.map((choose) => {
      luck.begin(index);
      return choose(line);
    });
    if (!was || !would) continue;
    const { tier, deployment, costUsd } = was;
    tally.add({ ...line, deployment: deployment?.id, costUsd, routing: { ...line.routing, tier } }, would);
    if (costUsd !== undefined && would.costUsd !== undefined) spentUsd += line.costUsd ?? costUsd;
  }
  return toldOf(tally, lines, spentUsd);
}

/** Those whose record can be chosen for again, in the order in which they were asked. */
function recorded(recent: readonly RecentRequest[]): Recorded[] {
  const lines = recent.flatMap((each) => {
    const { data } = LoggedRequest.safeParse({ message: 'request', ...each });
    return data?.routing ? [{ ...data, routing: data.routing }] : [];
  });
  return lines.toSorted((a, b) => a.routing.atMs - b.routing.atMs);
}

function toldOf(tally: Tally, lines: readonly Recorded[], spentUsd: number): RulesTrial {
  const { requests, moved, refused, lacksScore, cost, moves, causes } = tally;
  const scoreless = `${lacksScore} requests had no score; for rules that ask for one they count as asks without words.`;
  return {
    requests,
    fromMs: lines[0]?.routing.atMs,
    toMs: lines.at(-1)?.routing.atMs,
    moved,
    refused,
    cost: { ...cost, spentUsd },
    tiers: shiftsOf(tally.tiers),
    deployments: shiftsOf(tally.deployments),
    causes: [...causes]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, MAX_NAMED)
      .map(([cause, count]) => ({ cause, requests: count })),
    moves: [...moves],
    unknown: [...UNKNOWN, ...(lacksScore > 0 ? [scoreless] : [])],
  };
}

function shiftsOf(counts: ReadonlyMap<string, Counted>): Shift[] {
  return [...counts]
    .map(([name, { before, after }]) => ({ name, before, after }))
    .toSorted((a, b) => b.after - a.after || b.before - a.before)
    .slice(0, MAX_NAMED);
}

/** Numbers that are the same for a request whoever draws them, and however many were drawn for the one before. */
function createLuck(): { begin: (request: number) => void; draw: () => number } {
  let state = 0;
  return {
    begin: (request) => void (state = Math.imul(request + 1, 0x9e3779b9)),
    draw() {
      state = (state + 0x6d2b79f5) | 0; // Mulberry32.
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}
