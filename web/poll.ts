/** What an endpoint says, again and again while somebody looks. What was known stays shown, and says how old it is. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, Refusal } from './api.ts';
import { fromOf, type Since } from './time.ts';

export interface Asked<T> {
  data: T | undefined;
  /** Why the last try failed; what is shown may be old then. */
  problem: Refusal | undefined;
  /** Of `data`. */
  atMs: number | undefined;
  /** Something else was asked for, and is not here yet. */
  isChanging: boolean;
  again: () => void;
}

export interface PollOptions {
  everyMs?: number | undefined;
  /** Becomes `from`, reckoned anew each time. */
  since?: Since | undefined;
}

const LONGEST_WAIT_MS = 30_000;

interface Known<T> {
  path: string | undefined;
  data?: T;
  problem?: Refusal | undefined;
  atMs?: number;
}

export function usePoll<T>(path: string | undefined, { everyMs, since }: PollOptions = {}): Asked<T> {
  const wanted = path === undefined ? undefined : `${path} ${since ?? ''}`;
  const [known, setKnown] = useState<Known<T>>({ path: undefined });
  const again = useRef(() => {});
  useEffect(() => {
    if (path === undefined) return undefined;
    const stop = follow({
      everyMs,
      read: (signal) => ask<T>(since ? addFrom(path, since) : path, { signal }),
      onData: (data) => setKnown({ path: wanted, data, atMs: Date.now() }),
      onProblem: (problem) =>
        setKnown((before) => (before.path === wanted ? { ...before, problem } : { path: wanted, problem })),
    });
    again.current = stop.again;
    return stop.stop;
  }, [wanted, everyMs]);
  return {
    data: known.data,
    problem: known.problem,
    atMs: known.atMs,
    isChanging: known.path !== wanted,
    again: () => again.current(),
  };
}

interface Following<T> {
  everyMs: number | undefined;
  read: (signal: AbortSignal) => Promise<T>;
  onData: (data: T) => void;
  onProblem: (problem: Refusal) => void;
}

/** One question at a time; none while the page is hidden; fewer while nobody answers. */
function follow<T>({ everyMs, read, onData, onProblem }: Following<T>): { stop: () => void; again: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | undefined;
  let failures = 0;
  const go = async () => {
    clearTimeout(timer);
    running?.abort();
    const own = new AbortController();
    running = own;
    try {
      const data = await read(own.signal);
      if (own.signal.aborted) return;
      failures = 0;
      onData(data);
    } catch (cause) {
      if (own.signal.aborted) return;
      failures += 1;
      onProblem(cause instanceof Refusal ? cause : new Refusal(String(cause)));
    }
    if (everyMs !== undefined)
      timer = setTimeout(turn, Math.min(everyMs * 2 ** Math.min(failures, 4), LONGEST_WAIT_MS));
  };
  const turn = () => {
    if (!document.hidden) void go();
  };
  const onVisible = () => everyMs !== undefined && turn();
  document.addEventListener('visibilitychange', onVisible);
  addEventListener('online', onVisible);
  void go();
  return {
    stop: () => {
      clearTimeout(timer);
      running?.abort();
      document.removeEventListener('visibilitychange', onVisible);
      removeEventListener('online', onVisible);
    },
    again: () => void go(),
  };
}

function addFrom(path: string, since: Since): string {
  const from = `from=${encodeURIComponent(fromOf(since, Date.now()))}`;
  return `${path}${path.includes('?') ? '&' : '?'}${from}`;
}
