/** Another secret for a key, and its end. Both ask once more: somebody's application stops. */
import { type ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { ask, Refusal } from '../api.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Choice } from '../parts/field.tsx';
import type { IssuedKey, Key } from '../types.ts';

const HOUR_MS = 3_600_000;
const OVERLAPS = [
  { value: '0', label: 'ends at once' },
  { value: String(HOUR_MS), label: 'lives on for an hour' },
  { value: String(24 * HOUR_MS), label: 'lives on for a day' },
  { value: String(7 * 24 * HOUR_MS), label: 'lives on for a week' },
];

export function RotateKey({ of: key, onDone }: { of: Key; onDone: (issued?: IssuedKey) => void }) {
  const [overlap, setOverlap] = useState(String(24 * HOUR_MS));
  return (
    <Sure
      title={`Another secret for ${key.name}`}
      button="Make another secret"
      onClose={() => onDone()}
      act={async () => {
        const body = { overlapMs: Number(overlap) };
        onDone(await ask<IssuedKey>(`/admin/v1/keys/${encodeURIComponent(key.id)}/rotate`, { method: 'POST', body }));
      }}
    >
      <Choice label="The old secret" value={overlap} onValue={setOverlap} options={OVERLAPS} />
    </Sure>
  );
}

export function RevokeKey({ of: key, onDone }: { of: Key; onDone: () => void }) {
  return (
    <Sure
      title={`End ${key.name}?`}
      button={`Revoke ${key.name}`}
      isDangerous
      onClose={onDone}
      act={async () => {
        await ask(`/admin/v1/keys/${encodeURIComponent(key.id)}/revoke`, { method: 'POST' });
        onDone();
      }}
    >
      <p>All its secrets open nothing from then on, and keys below it neither. It cannot be taken back.</p>
    </Sure>
  );
}

interface SureProps {
  title: string;
  button: string;
  isDangerous?: boolean;
  onClose: () => void;
  act: () => Promise<void>;
  children: ComponentChildren;
}

export function Sure({ title, button, isDangerous = false, onClose, act, children }: SureProps) {
  const [problem, setProblem] = useState<string>();
  return (
    <Dialog title={title} onClose={onClose}>
      {problem && (
        <p class="notice critical" role="alert">
          {problem}
        </p>
      )}
      {children}
      <div class="buttons">
        <button
          type="button"
          class={isDangerous ? 'danger' : 'primary'}
          onClick={() =>
            void act().catch((cause: unknown) => setProblem(cause instanceof Refusal ? cause.message : String(cause)))
          }
        >
          {button}
        </button>
        <button type="button" onClick={onClose}>
          Leave it
        </button>
      </div>
    </Dialog>
  );
}
