/** The router before a line of code is written: ask it, see why it went where it went, take the code along. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask, Refusal } from '../api.ts';
import type { ViewProps } from '../app.tsx';
import { Field } from '../parts/field.tsx';
import { usePoll } from '../poll.ts';
import { Compose } from './compose.tsx';
import { addressOf, bodyOf, FIRST_DRAFT, headersOf, type Turn } from './request.ts';
import { runCall, type Run } from './run.ts';
import { RunCard } from './run-card.tsx';
import { TakeAlong } from './take-along.tsx';

/** In memory only: gone with the tab, in no storage, in no address. */
let keptKey = '';
let keptDraft = FIRST_DRAFT;

export function Playground({ health }: ViewProps) {
  const [key, setKey] = useState(keptKey);
  const [draft, setDraft] = useState(keptDraft);
  const [runs, setRuns] = useState<readonly Run[]>([]);
  const [problem, setProblem] = useState<string>();
  const running = useRef<AbortController>(undefined);
  const configuration = usePoll<Record<string, unknown>>('/admin/v1/config');
  const names = useNames(key);
  keptKey = key;
  keptDraft = draft;
  useEffect(() => () => running.current?.abort(), []);
  const go = async (isAnswered: boolean) => {
    running.current?.abort();
    const own = new AbortController();
    running.current = own;
    setProblem(undefined);
    try {
      const models = [draft.model, draft.other].filter(Boolean);
      const calls = models.map((model) => ({ model, body: bodyOf(draft, model), headers: headersOf(draft), key }));
      setRuns([]);
      const put = (place: number) => (run: Run) =>
        setRuns((before) =>
          calls.map((_, index) => (index === place ? run : before[index])).filter((each) => each !== undefined),
        );
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
  const isRunning = runs.some(({ state }) => state !== 'over');
  return (
    <>
      <div class="head">
        <h1>Playground</h1>
      </div>
      <p class={health.data?.practice ? 'notice warning' : 'notice'}>
        {health.data?.practice
          ? 'The providers are practice ones: they answer by rote, no model is called, nothing is billed. Try “[practice: status=529]” in the text to see a failover.'
          : 'The providers are real: what you send here is answered by models and billed to the key.'}
      </p>
      <div class="play">
        <form
          class="card"
          aria-label="Request"
          onSubmit={(event) => {
            event.preventDefault();
            void go(true);
          }}
        >
          <Field
            label="Client key"
            type="password"
            value={key}
            onValue={setKey}
            hint={names.problem ?? 'As an application would send it. Kept in memory only.'}
          />
          <Compose draft={draft} names={names.names} onDraft={setDraft} />
          {problem && (
            <p class="notice critical" role="alert">
              {problem}
            </p>
          )}
          <div class="buttons">
            <button type="submit" class="primary">
              Send
            </button>
            <button type="button" onClick={() => void go(false)}>
              Only explain
            </button>
            <button type="button" disabled={!isRunning} onClick={() => running.current?.abort()}>
              Stop
            </button>
          </div>
        </form>
        <div>
          <div class="answers">
            {runs.length === 0 && (
              <section class="card">
                <p class="empty">The answer stands here, and beside it why it came from where it came.</p>
              </section>
            )}
            {runs.map((run, index) => (
              <RunCard key={index} run={run} onGoOn={() => goOn(run)} />
            ))}
          </div>
          <TakeAlong draft={draft} address={addressOf(configuration.data, location)} />
        </div>
      </div>
    </>
  );
}

interface Names {
  names: readonly string[];
  problem: string | undefined;
}

/** The names that this key may ask for. */
function useNames(key: string): Names {
  const [names, setNames] = useState<Names>({ names: [], problem: undefined });
  useEffect(() => {
    const timer = setTimeout(() => {
      ask<{ data: { id: string }[] }>('/admin/v1/play/models', key ? { headers: { 'x-api-key': key } } : {})
        .then(({ data }) => setNames({ names: data.map(({ id }) => id), problem: undefined }))
        .catch((cause: unknown) =>
          setNames({ names: [], problem: cause instanceof Refusal ? cause.message : String(cause) }),
        );
    }, 300);
    return () => clearTimeout(timer);
  }, [key]);
  return names;
}
