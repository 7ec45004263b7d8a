/** A text with numbered lines. Tab leaves it: it is no trap. */
import { useId, useRef } from 'preact/hooks';
import type { RulesMistake } from '../types.ts';
import { plural } from '../words.ts';

interface RulesTextProps {
  label: string;
  text: string;
  onText: (text: string) => void;
  isReadOnly: boolean;
  /** Undefined while it is looked at. */
  mistakes: readonly RulesMistake[] | undefined;
}

const MIN_LINES = 8;
const MAX_LINES = 30;

export function RulesTextArea({ label, text, onText, isReadOnly, mistakes }: RulesTextProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const id = useId();
  const lines = text.split('\n').length;
  const wrong = new Set((mistakes ?? []).map(({ line }) => line));
  const goTo = (line: number) => {
    const from =
      text
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length + (line > 1 ? 1 : 0);
    const end = text.indexOf('\n', from);
    area.current?.focus();
    area.current?.setSelectionRange(from, end < 0 ? text.length : end);
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="numbered">
        <div class="gutter" ref={gutter} aria-hidden="true">
          {Array.from({ length: lines }, (_, index) => (
            <span key={index} class={wrong.has(index + 1) ? 'wrong' : undefined}>
              {index + 1}
            </span>
          ))}
        </div>
        <textarea
          id={id}
          ref={area}
          value={text}
          readOnly={isReadOnly}
          rows={Math.min(MAX_LINES, Math.max(MIN_LINES, lines + 1))}
          wrap="off"
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          aria-invalid={(mistakes?.length ?? 0) > 0}
          aria-describedby={`${id}-mistakes`}
          onInput={({ currentTarget }) => onText(currentTarget.value)}
          onScroll={({ currentTarget }) => {
            if (gutter.current) gutter.current.scrollTop = currentTarget.scrollTop;
          }}
        />
      </div>
      <div id={`${id}-mistakes`} role="status">
        <Mistakes mistakes={mistakes} goTo={goTo} />
      </div>
    </div>
  );
}

interface MistakesProps {
  mistakes: RulesTextProps['mistakes'];
  goTo: (line: number) => void;
}

function Mistakes({ mistakes, goTo }: MistakesProps) {
  if (mistakes === undefined) return <p class="quiet">Looking at it…</p>;
  if (mistakes.length === 0) return <p class="quiet">It has no mistakes.</p>;
  return (
    <>
      <p class="problem">{plural(mistakes.length, 'mistake')}: it cannot come into force.</p>
      <ul class="mistakes">
        {mistakes.map((mistake, index) => (
          <li key={index}>
            <Mistake mistake={mistake} goTo={goTo} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Mistake({ mistake: { path, message, line }, goTo }: { mistake: RulesMistake; goTo: (line: number) => void }) {
  return (
    <>
      {line !== undefined && (
        <button type="button" class="plain" onClick={() => goTo(line)}>
          Line {line}
        </button>
      )}{' '}
      {path && <code>{path}</code>} {message}
    </>
  );
}
