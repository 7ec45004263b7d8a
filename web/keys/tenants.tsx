import { useState } from 'preact/hooks';
import { ask, Refusal } from '../api.ts';
import { hashOf } from '../address.ts';
import { Empty, Shown } from '../parts/asked.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import { Table } from '../parts/table.tsx';
import { usePoll } from '../poll.ts';
import type { Page, Tenant } from '../types.ts';
import { Sure } from './key-ends.tsx';
import { Terms } from './terms-form.tsx';
import { allowance, termsOf, writtenOf } from './terms.ts';

type Doing = { what: 'put'; tenant: Tenant | undefined } | { what: 'delete'; tenant: Tenant };

export function Tenants() {
  const [doing, setDoing] = useState<Doing>();
  const asked = usePoll<Page<Tenant>>('/admin/v1/tenants?limit=500', { everyMs: 20_000, liveMs: 1_000, on: ['keys'] });
  const done = () => {
    setDoing(undefined);
    asked.again();
  };
  return (
    <section class="card" aria-labelledby="tenants">
      <div class="head">
        <h2 id="tenants">Tenants</h2>
        <button type="button" onClick={() => setDoing({ what: 'put', tenant: undefined })}>
          New tenant
        </button>
      </div>
      <Shown asked={asked} what="the tenants">
        {({ data }) =>
          data.length === 0 ? (
            <Empty>There is no tenant. A tenant has keys, and limits and budgets that hold for all of them.</Empty>
          ) : (
            <TenantTable tenants={data} onDo={setDoing} />
          )
        }
      </Shown>
      {doing?.what === 'put' && <TenantForm of={doing.tenant} onDone={done} />}
      {doing?.what === 'delete' && <DeleteTenant of={doing.tenant} onDone={done} />}
    </section>
  );
}

function TenantTable({ tenants, onDo }: { tenants: readonly Tenant[]; onDo: (doing: Doing) => void }) {
  return (
    <Table
      caption="Tenants, by their names"
      isCaptionHidden
      rows={tenants}
      keyOf={({ name }) => name}
      columns={[
        {
          name: 'Tenant',
          cell: ({ name }) => <a href={hashOf({ view: 'requests', query: { tenant: name } })}>{name}</a>,
        },
        { name: 'Below', cell: ({ parent }) => parent ?? '–' },
        { name: 'May use', cell: (tenant) => allowance(tenant) },
        {
          name: 'Do',
          cell: (tenant) =>
            tenant.source === 'configuration' ? (
              <span class="quiet">in the configuration</span>
            ) : (
              <span class="buttons">
                <button
                  type="button"
                  aria-label={`change ${tenant.name}`}
                  onClick={() => onDo({ what: 'put', tenant })}
                >
                  change
                </button>
                <button
                  type="button"
                  class="danger"
                  aria-label={`delete ${tenant.name}`}
                  onClick={() => onDo({ what: 'delete', tenant })}
                >
                  delete
                </button>
              </span>
            ),
        },
      ]}
    />
  );
}

function TenantForm({ of: tenant, onDone }: { of: Tenant | undefined; onDone: () => void }) {
  const [name, setName] = useState(tenant?.name ?? '');
  const [parent, setParent] = useState(tenant?.parent ?? '');
  const [written, setWritten] = useState(writtenOf(tenant));
  const [problem, setProblem] = useState<Refusal>();
  const save = async () => {
    try {
      const body = { parent: parent.trim() || undefined, ...termsOf(written, undefined) };
      await ask(`/admin/v1/tenants/${encodeURIComponent(name.trim())}`, { method: 'PUT', body });
      onDone();
    } catch (cause) {
      setProblem(cause instanceof Refusal ? cause : new Refusal(String(cause)));
    }
  };
  return (
    <Dialog title={tenant ? `Change ${tenant.name}` : 'New tenant'} onClose={onDone}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {problem && (
          <p class="notice critical" role="alert">
            {problem.message}
          </p>
        )}
        <div class="fields">
          {!tenant && <Field label="Name" value={name} onValue={setName} isRequired />}
          <Field label="Below the tenant" value={parent} onValue={setParent} />
        </div>
        <Terms written={written} onWritten={setWritten} problem={problem} />
        <button type="submit" class="primary">
          {tenant ? 'Change it' : 'Make it'}
        </button>
      </form>
    </Dialog>
  );
}

function DeleteTenant({ of: { name }, onDone }: { of: Tenant; onDone: () => void }) {
  return (
    <Sure
      title={`Delete ${name}?`}
      button={`Delete ${name}`}
      isDangerous
      onClose={onDone}
      act={async () => {
        await ask(`/admin/v1/tenants/${encodeURIComponent(name)}`, { method: 'DELETE' });
        onDone();
      }}
    >
      <p>
        It is refused while the tenant has keys that open something, or tenants below it. Its past stays in the ledger.
      </p>
    </Sure>
  );
}
