/** What an endpoint says, again and again while somebody looks. What was known stays shown, and says how old it is. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, type Refusal } from './api.ts';
import { Follower } from './follower.ts';
import type { Subject } from './live.ts';
import { fromOf, type Since } from './time.ts';

export interface Asked<T> {
  data: T | undefined;
  /** Why the last try failed; what is shown may be old then. */
  problem: Refusal | undefined;
  /** Of `data`. */
  atMs: number | undefined;
  /** Something else was asked for, and is not here yet. */
  isChanging: boolean;
  /** Changes are told; otherwise it is asked again and again. */
  isLive: boolean;
  again: () => void;
}

export interface PollOptions {
  everyMs?: number | undefined;
  /** Whose change makes another answer: while those are told, nothing is asked in vain. */
  on?: readonly Subject[] | undefined;
  /** The least time between two questions while changes are told; without it `everyMs`. */
  liveMs?: number | undefined;
  /** Becomes `from`, reckoned anew each time. */
  since?: Since | undefined;
}

const NOTHING: readonly Subject[] = [];

interface Known<T> {
  path: string | undefined;
  data?: T;
  problem?: Refusal | undefined;
  atMs?: number;
}

export function usePoll<T>(
  path: string | undefined,
  { everyMs, since, on = NOTHING, liveMs }: PollOptions = {},
): Asked<T> {
  const wanted = path === undefined ? undefined : `${path} ${since ?? ''}`;
  const [known, setKnown] = useState<Known<T>>({ path: undefined });
  const again = useRef(() => {});
  const [isLive, setLive] = useState(false);
  useEffect(() => {
    if (path === undefined) return undefined;
    const follower = new Follower({
      everyMs,
      on,
      liveMs: liveMs ?? everyMs ?? 0,
      read: (signal) => ask<T>(since ? addFrom(path, since) : path, { signal }),
      onLive: setLive,
      onData: (data) => setKnown({ path: wanted, data, atMs: Date.now() }),
      onProblem: (problem) =>
        setKnown((before) => (before.path === wanted ? { ...before, problem } : { path: wanted, problem })),
    });
    again.current = () => follower.ask();
    return () => follower.stop();
  }, [wanted, everyMs, on.join()]);
  return {
    data: known.data,
    problem: known.problem,
    atMs: known.atMs,
    isChanging: known.path !== wanted,
    isLive,
    again: () => again.current(),
  };
}

function addFrom(path: string, since: Since): string {
  const from = `from=${encodeURIComponent(fromOf(since, Date.now()))}`;
  return `${path}${path.includes('?') ? '&' : '?'}${from}`;
}
