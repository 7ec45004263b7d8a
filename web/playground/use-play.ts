/** What is written, what runs, and what came of it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, Refusal } from '../api.ts';
import { bodyOf, type Draft, FIRST_DRAFT, headersOf, type Turn } from './request.ts';
import { NO_RUN, runCall, type Run } from './run.ts';

/** In memory only: gone with the tab, in no storage, in no address. */
let keptKey = '';
let keptDraft = FIRST_DRAFT;

export function usePlay() {
  const [key, setKey] = useState(keptKey);
  const [draft, setDraft] = useState(keptDraft);
  const [runs, setRuns] = useState<readonly Run[]>([]);
  const [problem, setProblem] = useState<string>();
  const running = useRef<AbortController>(undefined);
  keptKey = key;
  keptDraft = draft;
  useEffect(() => () => running.current?.abort(), []);

  const go = async (isAnswered: boolean) => {
    running.current?.abort();
    const own = new AbortController();
    running.current = own;
    setProblem(undefined);
    try {
      const calls = callsOf(draft, key);
      setRuns(calls.map(({ model }) => ({ ...NO_RUN, model })));
      const put = (place: number) => (run: Run) => {
        if (running.current !== own) return; // Something else was sent meanwhile.
        setRuns((before) => before.map((each, index) => (index === place ? run : each)));
      };
      await Promise.all(calls.map((call, place) => runCall({ ...call, isAnswered, signal: own.signal }, put(place))));
    } catch (cause) {
      setProblem(cause instanceof Error ? cause.message : String(cause));
    }
  };
  const goOn = ({ answer }: Run) => {
    const { turns, user } = draft;
    const said: Turn[] = [
      { role: 'user', content: user },
      { role: 'assistant', content: answer.text },
    ];
    setDraft({ ...draft, turns: [...turns, ...said], user: '' });
  };
  return { key, setKey, draft, setDraft, runs, problem, go, goOn, stop: () => running.current?.abort() };
}

function callsOf(draft: Draft, key: string) {
  const models = [draft.model, draft.other].filter(Boolean);
  return models.map((model) => ({ model, body: bodyOf(draft, model), headers: headersOf(draft), key }));
}

interface Names {
  names: readonly string[];
  problem: string | undefined;
}

/** Keys are typed letter by letter. */
const PAUSE_MS = 300;

/** The names that this key may ask for. Nobody is asked for those of no key where a key is needed. */
export function useNames(key: string, isNeeded: boolean): Names {
  const [names, setNames] = useState<Names>({ names: [], problem: undefined });
  useEffect(() => {
    if (isNeeded && key === '') {
      setNames({ names: [], problem: undefined });
      return undefined;
    }
    const own = new AbortController();
    const read = async () => {
      const headers: Record<string, string> = key ? { 'x-api-key': key } : {};
      try {
        const { data } = await ask<{ data: { id: string }[] }>('/admin/v1/play/models', {
          headers,
          signal: own.signal,
        });
        setNames({ names: data.map(({ id }) => id), problem: undefined });
      } catch (cause) {
        if (!own.signal.aborted)
          setNames({ names: [], problem: cause instanceof Refusal ? cause.message : String(cause) });
      }
    };
    const timer = setTimeout(() => void read(), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      own.abort();
    };
  }, [key, isNeeded]);
  return names;
}
