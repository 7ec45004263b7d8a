import { useId } from 'preact/hooks';
import { Choice, Field, Switch } from '../parts/field.tsx';
import type { Draft } from './request.ts';

interface ComposeProps {
  draft: Draft;
  names: readonly string[];
  onDraft: (draft: Draft) => void;
}

const PRIORITIES = ['', 'critical', 'normal', 'background'].map((value) => ({
  value,
  label: value || "the key's own",
}));

type TextName = Exclude<keyof Draft, 'turns' | 'isStreamed'>;

export function Compose({ draft, names, onDraft }: ComposeProps) {
  const set = (name: TextName) => (value: string) => onDraft({ ...draft, [name]: value });
  return (
    <>
      <div class="fields">
        <Field label="Route or model" value={draft.model} onValue={set('model')} options={names} isRequired />
        <Field label="Compare with" value={draft.other} onValue={set('other')} options={names} placeholder="nothing" />
      </div>
      <Field label="System" value={draft.system} onValue={set('system')} rows={2} />
      {draft.turns.length > 0 && (
        <div class="turns">
          {draft.turns.map(({ role, content }, index) => (
            <p key={index}>
              <b>{role}:</b> {content}
            </p>
          ))}
          <button type="button" onClick={() => onDraft({ ...draft, turns: [] })}>
            Begin anew
          </button>
        </div>
      )}
      <Field label="User" value={draft.user} onValue={set('user')} rows={5} isRequired />
      <div class="fields">
        <Choice label="Priority" value={draft.priority} onValue={set('priority')} options={PRIORITIES} />
        <Field label="Most tokens out" type="number" value={draft.maxTokens} onValue={set('maxTokens')} />
      </div>
      <Switch label="Streamed" isOn={draft.isStreamed} onSwitch={(isStreamed) => onDraft({ ...draft, isStreamed })} />
      <details>
        <summary>Tools, schema, picture</summary>
        <Field label="Tools" value={draft.tools} onValue={set('tools')} rows={4} hint="JSON, as in OpenAI's `tools`" />
        <Field label="Schema" value={draft.schema} onValue={set('schema')} rows={4} hint="JSON Schema of the answer" />
        <Picture image={draft.image} onImage={set('image')} />
      </details>
    </>
  );
}

function Picture({ image, onImage }: { image: string; onImage: (image: string) => void }) {
  const id = useId();
  const read = (file: File | undefined) => {
    if (!file) return onImage('');
    const reader = new FileReader();
    reader.onload = () => typeof reader.result === 'string' && onImage(reader.result);
    reader.readAsDataURL(file);
  };
  return (
    <div class="field">
      <label for={id}>Picture</label>
      <input id={id} type="file" accept="image/*" onChange={({ currentTarget }) => read(currentTarget.files?.[0])} />
      {image && <img class="picture" src={image} alt="The picture that goes along" />}
    </div>
  );
}
