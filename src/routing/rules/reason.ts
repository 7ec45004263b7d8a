import type { Complexity } from '../score/scorer.ts';
import type { Draft } from './draft.ts';

export interface Chosen {
  rank: number;
  /** What is tried lies between these. */
  bar: number;
  ceiling: number;
  /** Where it was before the bounds, and before it was raised. */
  raised: number;
  start: number;
}

interface Told {
  asked: string;
  draft: Draft;
  tier: string | undefined;
  chosen: Chosen | undefined;
  complexity: Complexity | undefined;
}

/** `auto -> opus (score 0.83: reasoning 0.4, code 0.3)`, `auto -> haiku (housekeeping)`. */
export function reasonOf({ asked, draft, tier, chosen, complexity }: Told): string {
  const { canary, pool, reject } = draft;
  const name = printable(asked);
  if (reject !== undefined) return `${name} rejected`;
  if (canary)
    return `${name} -> ${printable(String(canary.use))} (canary of ${canary.name === 'the route' ? '' : 'rule '}'${canary.name}')`;
  if (pool) return `${name} -> ${printable(String(pool.use))} (${pool.by})`;
  if (!chosen) return 'by name';
  return `${name} -> ${tier} (${origin(draft, complexity)}${moves(draft, chosen)})`;
}

function origin({ tier }: Draft, complexity: Complexity | undefined): string {
  if (!tier) return complexity ? scored(complexity) : 'score';
  if (tier.kind === 'pinned') return 'pinned';
  return tier.kind === 'inherited' ? `${tier.by}: as before` : tier.by;
}

const SHOWN = 3;
const SMALL = 0.005;

function scored({ score, contributions }: Complexity): string {
  const shown = contributions.slice(0, SHOWN).filter(({ value }) => Math.abs(value) >= SMALL);
  const parts = shown.map(({ name, value }) => `${name} ${Number(value.toFixed(2))}`);
  return `score ${score.toFixed(2)}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}

/** What became of it on the way. */
function moves({ raise, floor, ceiling }: Draft, { rank, raised, start }: Chosen): string {
  let text = '';
  if (raise && raised !== start) text += `, ${raised > start ? 'up' : 'down'} by ${raise.by}`;
  if (floor && rank > raised) text += `, floor of ${floor.by}`;
  if (ceiling && rank < raised) text += `, ceiling of ${ceiling.by}`;
  return text;
}

const LONGEST = 100;

/** What the client or a rule wrote ends up in a header. */
function printable(text: string): string {
  return text.slice(0, LONGEST).replaceAll(/[^\x20-\x7e]/g, '?');
}
