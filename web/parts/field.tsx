import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

type Type = 'text' | 'password' | 'number' | 'date' | 'month';

interface FieldProps {
  label: string;
  value: string;
  onValue: (value: string) => void;
  hint?: string | undefined;
  problem?: string | undefined;
  type?: Type;
  rows?: number;
  options?: readonly string[] | undefined;
  placeholder?: string;
  isRequired?: boolean;
  isHidden?: boolean;
}

/** A text, a number, a secret; several lines where `rows` says so, with what others wrote where `options` do. */
export function Field(props: FieldProps) {
  const { label, value, onValue, hint, problem, type = 'text', rows, options, placeholder, isRequired = false } = props;
  const id = useId();
  const onInput = (event: { currentTarget: { value: string } }) => onValue(event.currentTarget.value);
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ');
  const shared = {
    id,
    value,
    onInput,
    placeholder,
    required: isRequired,
    'aria-describedby': described || undefined,
    'aria-invalid': problem !== undefined,
    spellcheck: false,
    autocomplete: 'off' as const,
  };
  // Preact's types tell inputs apart by their `type`, and know none whose type may be one of several.
  const input: object = { ...shared, type, list: options ? `${id}-options` : undefined };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {rows === undefined ? <input {...input} /> : <textarea {...shared} rows={rows} />}
      {options && (
        <datalist id={`${id}-options`}>
          {options.map((option) => (
            <option key={option} value={option} />
          ))}
        </datalist>
      )}
      {hint && (
        <small id={`${id}-hint`} class="hint">
          {hint}
        </small>
      )}
      {problem && (
        <small id={`${id}-problem`} class="problem">
          {problem}
        </small>
      )}
    </div>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  onValue: (value: Value) => void;
  options: readonly { value: Value; label: string }[];
}

export function Choice<Value extends string>({ label, value, onValue, options }: ChoiceProps<Value>) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = options.find((option) => option.value === currentTarget.value);
          if (chosen) onValue(chosen.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}

export function Switch(props: { label: string; isOn: boolean; onSwitch: (isOn: boolean) => void }) {
  const { label, isOn, onSwitch } = props;
  return (
    <label class="switch">
      <input type="checkbox" checked={isOn} onChange={({ currentTarget }) => onSwitch(currentTarget.checked)} />
      {label}
    </label>
  );
}

export function Facts({ children }: { children: ComponentChildren }) {
  return <dl class="facts">{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
