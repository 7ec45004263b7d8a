/** The router before a line of code is written: ask it, see why it went where it went, take the code along. */
import type { ViewProps } from '../app.tsx';
import { Field } from '../parts/field.tsx';
import { usePoll } from '../poll.ts';
import { Compose } from './compose.tsx';
import { addressOf } from './request.ts';
import { RunCard } from './run-card.tsx';
import { TakeAlong } from './take-along.tsx';
import { useNames, usePlay } from './use-play.ts';

export function Playground({ health }: ViewProps) {
  const play = usePlay();
  const configuration = usePoll<Record<string, unknown>>('/admin/v1/config');
  const { draft, runs } = play;
  return (
    <>
      <div class="head">
        <h1>Playground</h1>
      </div>
      {health.data && <Practice isPractice={health.data.practice} />}
      <div class="play">
        <RequestForm play={play} isKeyNeeded={(health.data?.keys.keys ?? 1) > 0} />
        <div>
          <div class="answers">
            {runs.length === 0 && (
              <section class="card">
                <p class="empty">The answer stands here, and beside it why it came from where it came.</p>
              </section>
            )}
            {runs.map((run, index) => (
              <RunCard key={index} run={run} onGoOn={() => play.goOn(run)} />
            ))}
          </div>
          <TakeAlong draft={draft} address={addressOf(configuration.data, location)} />
        </div>
      </div>
    </>
  );
}

function Practice({ isPractice }: { isPractice: boolean }) {
  return isPractice ? (
    <p class="notice warning">
      The providers are practice ones: they answer by rote, no model is called, nothing is billed. Write “[practice:
      openai status=503]” into the text to see a failover.
    </p>
  ) : (
    <p class="notice">The providers are real: what you send here is answered by models and billed to the key.</p>
  );
}

interface FormProps {
  play: ReturnType<typeof usePlay>;
  /** There are keys, so requests need one. */
  isKeyNeeded: boolean;
}

function RequestForm({ play, isKeyNeeded }: FormProps) {
  const { key, setKey, draft, setDraft, runs, problem, go, stop } = play;
  const names = useNames(key, isKeyNeeded);
  return (
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
        hint={
          names.problem ??
          `As an application would send it${isKeyNeeded ? '' : '; none is needed here'}. Kept in memory only.`
        }
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
        <button type="button" disabled={runs.every(({ state }) => state === 'over')} onClick={stop}>
          Stop
        </button>
      </div>
    </form>
  );
}
