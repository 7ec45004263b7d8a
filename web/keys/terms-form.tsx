import type { Refusal } from '../api.ts';
import { Field } from '../parts/field.tsx';
import { words } from '../words.ts';
import { HINTS, TERMS, type Written } from './terms.ts';

interface TermsProps {
  written: Written;
  onWritten: (written: Written) => void;
  problem: Refusal | undefined;
}

/** What a key or a tenant may do. It can only be less than what stands above it. */
export function Terms({ written, onWritten, problem }: TermsProps) {
  return (
    <div class="fields wide">
      {TERMS.map((name) => (
        <Field
          key={name}
          label={words(name)}
          value={written[name]}
          hint={HINTS[name]}
          problem={problem?.param?.split('.')[0] === name ? problem.message : undefined}
          onValue={(value) => onWritten({ ...written, [name]: value })}
        />
      ))}
    </div>
  );
}
