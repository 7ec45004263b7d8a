/** The operator's own rules: changed as a text, tried on the requests of late, and put in force when that is said. */
import { useState } from 'preact/hooks';
import { ask } from '../api.ts';
import { Shown } from '../parts/asked.tsx';
import { type Asked, usePoll } from '../poll.ts';
import type { RulesText } from '../types.ts';
import { Apply } from './apply.tsx';
import { History } from './history.tsx';
import { RulesTextArea } from './rules-text.tsx';
import { Trial } from './trial.tsx';
import { type Draft, useDraft } from './use-draft.ts';

export function RulesEditor() {
  const asked = usePoll<RulesText>('/admin/v1/rules/document', { everyMs: 15_000, liveMs: 1_000, on: ['rules'] });
  return (
    <Shown asked={asked} what="the text of the rules">
      {(document) => (
        <>
          <Edit document={document} asked={asked} />
          <History document={document} onApplied={asked.again} />
        </>
      )}
    </Shown>
  );
}

interface EditProps {
  document: RulesText;
  asked: Asked<RulesText>;
}

function Edit({ document, asked }: EditProps) {
  const draft = useDraft(document);
  const { begun, text, tried, problem, isReadOnly } = draft;
  const [said, setSaid] = useState('');
  const [isApplying, setApplying] = useState(false);
  return (
    <section class="card" aria-labelledby="edit">
      <h2 id="edit">Your rules</h2>
      <Where document={document} />
      {draft.isOvertaken && draft.isChanged && <Overtaken draft={draft} document={document} />}
      <RulesTextArea
        label="Rules"
        text={text}
        onText={(next) => {
          draft.write(next);
          setSaid('');
        }}
        isReadOnly={isReadOnly}
        mistakes={draft.mistakes}
      />
      {!isReadOnly && <Buttons draft={draft} document={document} said={said} onApply={() => setApplying(true)} />}
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {tried?.trial && <Trial trial={tried.trial} isOld={tried.isOld} />}
      {isApplying && (
        <Apply
          title="Put these rules in force"
          button="Put them in force"
          before={begun.text}
          after={text}
          send={(who) => ask('/admin/v1/rules/document', { method: 'PUT', body: { ...who, text, etag: begun.etag } })}
          onClose={() => setApplying(false)}
          onApplied={({ version, etag }) => {
            setApplying(false);
            draft.begin({ ...document, text, etag });
            setSaid(`In force, as version ${version}.`);
            asked.again();
          }}
        />
      )}
    </section>
  );
}

function Where({ document: { readOnly, place } }: { document: RulesText }) {
  if (readOnly !== null) {
    return (
      <p class="notice">
        <b>Read only:</b> {readOnly}.
      </p>
    );
  }
  return (
    <p class="quiet">
      They are laid over the shipped ones, in <code>{place}</code>. What is applied is in force at once, on this server.
    </p>
  );
}

interface DraftProps {
  draft: Draft;
  document: RulesText;
}

function Overtaken({ draft: { begin, keep }, document }: DraftProps) {
  return (
    <div class="notice warning" role="alert">
      <p>
        <b>The rules were changed meanwhile</b>, by somebody else or in their file. What you write cannot be applied
        over that.
      </p>
      <button type="button" onClick={() => begin(document)}>
        Drop mine, show theirs
      </button>{' '}
      <button type="button" onClick={keep}>
        Keep mine, and compare with theirs
      </button>
    </div>
  );
}

function Buttons({ draft, document, said, onApply }: DraftProps & { said: string; onApply: () => void }) {
  const { mayBeTried, isChanged, isOvertaken, begin } = draft;
  return (
    <div class="buttons">
      <button type="button" disabled={!mayBeTried} onClick={() => void draft.tryIt()}>
        Try on recent requests
      </button>
      <button type="button" class="primary" disabled={!mayBeTried || !isChanged || isOvertaken} onClick={onApply}>
        Apply…
      </button>
      <button type="button" disabled={!isChanged} onClick={() => begin(document)}>
        Discard changes
      </button>
      <span role="status">{said}</span>
    </div>
  );
}
