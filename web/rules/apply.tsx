/** Once more what changes, and who says so. */
import { useState } from 'preact/hooks';
import { Refusal } from '../api.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import type { RulesApplied } from '../types.ts';
import { Difference } from './difference.tsx';

interface ApplyProps {
  title: string;
  button: string;
  before: string;
  after: string;
  send: (who: { by: string; why: string }) => Promise<RulesApplied>;
  onClose: () => void;
  onApplied: (applied: RulesApplied) => void;
}

/** As they last said it, while the page is open. */
let lastBy = '';

export function Apply({ title, button, before, after, send, onClose, onApplied }: ApplyProps) {
  const [by, setBy] = useState(lastBy);
  const [why, setWhy] = useState('');
  const [problem, setProblem] = useState('');
  const [isSending, setSending] = useState(false);
  const apply = async () => {
    setSending(true);
    try {
      const applied = await send({ by: by.trim(), why: why.trim() });
      lastBy = by;
      onApplied(applied);
    } catch (cause) {
      setProblem(cause instanceof Refusal ? cause.message : String(cause));
      setSending(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <Difference before={before} after={after} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void apply();
        }}
      >
        <Field label="Who" value={by} onValue={setBy} hint="For the history and the log; nobody checks it." />
        <Field label="Why" value={why} onValue={setWhy} />
        {problem && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <div class="buttons">
          <button type="submit" class="primary" disabled={isSending}>
            {button}
          </button>
          <button type="button" onClick={onClose}>
            Not now
          </button>
        </div>
      </form>
    </Dialog>
  );
}
