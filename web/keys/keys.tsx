/** Who may ask, and how much: made, narrowed, given another secret, ended. */
import { useState } from 'preact/hooks';
import { hashOf } from '../address.ts';
import { Empty, Shown } from '../parts/asked.tsx';
import { Choice } from '../parts/field.tsx';
import { type Aspect, Lamp } from '../parts/lamp.tsx';
import { Table } from '../parts/table.tsx';
import { usePoll } from '../poll.ts';
import type { IssuedKey, Key, Page } from '../types.ts';
import { when } from '../words.ts';
import { ChangeKey, NewKey } from './key-form.tsx';
import { RevokeKey, RotateKey } from './key-ends.tsx';
import { SecretOnce } from './secret.tsx';
import { Tenants } from './tenants.tsx';
import { allowance } from './terms.ts';

type State = Key['state'] | '';
type Doing = { what: 'new' } | { what: 'change' | 'rotate' | 'revoke'; key: Key };

const STATES: readonly { value: State; label: string }[] = [
  { value: '', label: 'All' },
  { value: 'active', label: 'Active' },
  { value: 'expired', label: 'Expired' },
  { value: 'revoked', label: 'Revoked' },
];
const ASPECTS: Record<Key['state'], Aspect> = { active: 'clear', expired: 'idle', revoked: 'stop' };

export function Keys() {
  const [state, setState] = useState<State>('');
  const [doing, setDoing] = useState<Doing>();
  const [issued, setIssued] = useState<IssuedKey>();
  const asked = usePoll<Page<Key>>(`/admin/v1/keys?limit=500${state && `&state=${state}`}`, {
    everyMs: 20_000,
    liveMs: 1_000,
    on: ['keys'],
  });
  const done = (key?: IssuedKey) => {
    setDoing(undefined);
    if (key) setIssued(key);
    asked.again();
  };
  return (
    <>
      <div class="head">
        <h1>Keys and tenants</h1>
        <Choice label="State" value={state} onValue={setState} options={STATES} />
        <button type="button" class="primary" onClick={() => setDoing({ what: 'new' })}>
          New key
        </button>
      </div>
      <section class="card" aria-label="Keys">
        <Shown asked={asked} what="the keys">
          {({ data, cursor }) => (
            <>
              {data.length === 0 ? (
                <Empty>
                  {state
                    ? `No key is ${state}.`
                    : 'There is no key: whoever reaches this router on this machine may ask.'}
                </Empty>
              ) : (
                <KeyTable keys={data} onDo={setDoing} />
              )}
              {cursor !== null && <p class="quiet">The first 500 are shown.</p>}
            </>
          )}
        </Shown>
      </section>
      <Tenants />
      {doing?.what === 'new' && <NewKey onDone={done} />}
      {doing?.what === 'change' && <ChangeKey of={doing.key} onDone={() => done()} />}
      {doing?.what === 'rotate' && <RotateKey of={doing.key} onDone={done} />}
      {doing?.what === 'revoke' && <RevokeKey of={doing.key} onDone={() => done()} />}
      {issued && <SecretOnce issued={issued} onClose={() => setIssued(undefined)} />}
    </>
  );
}

function KeyTable({ keys, onDo }: { keys: readonly Key[]; onDo: (doing: Doing) => void }) {
  return (
    <Table
      caption="Keys, by their names"
      rows={keys}
      keyOf={({ id }) => id}
      columns={[
        {
          name: 'Key',
          cell: ({ name, owner }) => (
            <>
              <a href={hashOf({ view: 'requests', query: { key: name } })}>{name}</a>
              {owner && <div class="quiet">{owner}</div>}
            </>
          ),
        },
        { name: 'State', cell: ({ state }) => <Lamp aspect={ASPECTS[state]} says={state} /> },
        { name: 'Tenant', cell: ({ tenant }) => tenant ?? '–' },
        { name: 'Secrets', cell: (key) => <Secrets of={key} /> },
        { name: 'May use', cell: (key) => allowance(key) },
        {
          name: 'Ends',
          cell: ({ expiresAt, revokedAt }) => ((revokedAt ?? expiresAt) ? when(revokedAt ?? expiresAt ?? '') : 'never'),
        },
        { name: 'Do', cell: (key) => <Actions of={key} onDo={onDo} /> },
      ]}
    />
  );
}

function Secrets({ of: { secrets } }: { of: Key }) {
  return (
    <>
      {secrets.map(({ prefix, until }, index) => (
        <div key={index}>
          <code>{prefix === undefined ? '(hidden)' : `${prefix}…`}</code>
          {until && <small> until {when(until)}</small>}
        </div>
      ))}
    </>
  );
}

function Actions({ of: key, onDo }: { of: Key; onDo: (doing: Doing) => void }) {
  if (key.source === 'configuration') return <span class="quiet">in the configuration</span>;
  if (key.state !== 'active') return <span class="quiet">–</span>;
  return (
    <span class="buttons">
      {(['change', 'rotate', 'revoke'] as const).map((what) => (
        <button
          key={what}
          type="button"
          class={what === 'revoke' ? 'danger' : undefined}
          aria-label={`${what} ${key.name}`}
          onClick={() => onDo({ what, key })}
        >
          {what}
        </button>
      ))}
    </span>
  );
}
