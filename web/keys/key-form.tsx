import { useState } from 'preact/hooks';
import { ask, Refusal } from '../api.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Choice, Field } from '../parts/field.tsx';
import type { IssuedKey, Key } from '../types.ts';
import { Terms } from './terms-form.tsx';
import { termsOf, writtenOf } from './terms.ts';

type Priority = NonNullable<Key['priority']> | '';
const PRIORITIES: readonly { value: Priority; label: string }[] = [
  { value: '', label: 'as usual' },
  { value: 'critical', label: 'critical' },
  { value: 'normal', label: 'normal' },
  { value: 'background', label: 'background' },
];

interface FormProps {
  of?: Key;
  title: string;
  button: string;
  send: (body: Record<string, unknown>) => Promise<void>;
  onClose: () => void;
}

export function NewKey({ onDone }: { onDone: (issued?: IssuedKey) => void }) {
  return (
    <KeyForm
      title="New key"
      button="Make it"
      onClose={() => onDone()}
      send={async (body) => onDone(await ask<IssuedKey>('/admin/v1/keys', { method: 'POST', body }))}
    />
  );
}

export function ChangeKey({ of: key, onDone }: { of: Key; onDone: () => void }) {
  return (
    <KeyForm
      of={key}
      title={`Change ${key.name}`}
      button="Change it"
      onClose={onDone}
      send={async (body) => {
        await ask(`/admin/v1/keys/${encodeURIComponent(key.id)}`, { method: 'PATCH', body });
        onDone();
      }}
    />
  );
}

interface NamesProps {
  names: { name: string; tenant: string; parent: string };
  onNames: (names: NamesProps['names']) => void;
  problemAt: (param: string) => string | undefined;
}

function NewNames({ names, onNames, problemAt }: NamesProps) {
  const field = (label: string, name: keyof typeof names) => (
    <Field
      label={label}
      value={names[name]}
      isRequired={name === 'name'}
      problem={problemAt(name)}
      onValue={(value) => onNames({ ...names, [name]: value })}
    />
  );
  return (
    <>
      {field('Name', 'name')}
      {field('Tenant', 'tenant')}
      {field('Key above it', 'parent')}
    </>
  );
}

/** A key's name, tenant and parent are for ever; the rest can be changed. */
function KeyForm({ of: key, title, button, send, onClose }: FormProps) {
  const none = key ? null : undefined;
  const [names, setNames] = useState({ name: '', tenant: '', parent: '' });
  const [owner, setOwner] = useState(key?.owner ?? '');
  const [priority, setPriority] = useState<Priority>(key?.priority ?? '');
  const [expires, setExpires] = useState(key?.expiresAt?.slice(0, 10) ?? '');
  const [written, setWritten] = useState(writtenOf(key));
  const [problem, setProblem] = useState<Refusal>();
  const submit = async () => {
    const said = Object.entries(key ? {} : names).map(([name, value]) => [name, value.trim() || undefined]);
    const expiresAt =
      expires === '' ? none : expires === key?.expiresAt?.slice(0, 10) ? undefined : `${expires}T00:00:00Z`;
    const own = { owner: owner.trim() || none, priority: priority || none, expiresAt };
    try {
      await send({ ...Object.fromEntries(said), ...own, ...termsOf(written, none) });
    } catch (cause) {
      setProblem(cause instanceof Refusal ? cause : new Refusal(String(cause)));
    }
  };
  const at = (param: string) => (problem?.param?.split('.')[0] === param ? problem.message : undefined);
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {problem && (
          <p class="notice critical" role="alert">
            {problem.message}
          </p>
        )}
        <div class="fields">
          {!key && <NewNames names={names} onNames={setNames} problemAt={at} />}
          <Field label="Owner" value={owner} onValue={setOwner} problem={at('owner')} />
          <Choice label="Priority" value={priority} onValue={setPriority} options={PRIORITIES} />
          <Field label="Ends on (UTC)" type="date" value={expires} onValue={setExpires} problem={at('expiresAt')} />
        </div>
        <Terms written={written} onWritten={setWritten} problem={problem} />
        <div class="buttons">
          <button type="submit" class="primary">
            {button}
          </button>
          <button type="button" onClick={onClose}>
            Leave it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
