import type { ErrorDetails } from '../../src/core/errors.ts';
import type { Refusal } from '../../src/core/provider.ts';
import { durationMs, retryAfterMs, spokenMs } from '../shared/wait.ts';
import type { Complaint } from './complaint.ts';

type Dimension = ErrorDetails['dimension'];

/** OpenAI's and Azure's names of a limit. A day's limit is here a limit like another: it refills all the time. */
const SENTENCES: readonly { says: RegExp; dimension: Dimension }[] = [
  { says: /concurren|parallel requests/i, dimension: 'concurrency' },
  { says: /\(TP[MD]\)|tokens per|token rate limit/i, dimension: 'tokens' },
  { says: /\(RP[MDS]\)|requests per|call rate limit/i, dimension: 'requests' },
];

/** Which limit it was: by its type, by its sentence, or because it alone has nothing left. */
export function dimensionOf({ type, message }: Complaint, refusal: Refusal): Dimension {
  if (type === 'requests' || type === 'tokens') return type;
  const said = SENTENCES.find(({ says }) => says.test(message))?.dimension;
  const [empty, ...others] = usedUp(refusal);
  return said ?? (others.length === 0 ? empty : undefined);
}

/** How long: as the header has it, else as the sentence has it, else until what is used up is full again. */
export function throttledMs(refusal: Refusal, message: string): number | undefined {
  return retryAfterMs(refusal) ?? spokenMs(message) ?? resetMs(refusal);
}

function resetMs(refusal: Refusal): number | undefined {
  const waits = usedUp(refusal).flatMap((name) => toMs(refusal.header(`x-ratelimit-reset-${name}`)) ?? []);
  return waits.length > 0 ? Math.max(...waits) : undefined;
}

/** Azure's -1 means that it does not know. */
function usedUp({ header }: Refusal): ('requests' | 'tokens')[] {
  return (['requests', 'tokens'] as const).filter((name) => header(`x-ratelimit-remaining-${name}`)?.trim() === '0');
}

/** OpenAI: `6m0s`, `12ms`, `7.66s`. Azure: seconds without a unit. */
function toMs(reset: string | undefined): number | undefined {
  return durationMs(/^\d+$/.test(reset ?? '') ? `${reset}s` : reset);
}
