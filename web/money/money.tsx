/** Who spends what, on what, against which budget, and what is not known. */
import { useState } from 'preact/hooks';
import { setQuery } from '../address.ts';
import { download } from '../api.ts';
import type { ViewProps } from '../app.tsx';
import { Choice, Field } from '../parts/field.tsx';
import { SPANS } from '../time.ts';
import { Budgets } from './budgets.tsx';
import { Savings } from './savings.tsx';
import { Spend } from './spend.tsx';

export const DIMENSIONS = ['tenant', 'key', 'model', 'route', 'provider', 'deployment', 'tag'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export function Money({ address }: ViewProps) {
  const { query } = address;
  const span = SPANS.find(({ since }) => since === query.since) ?? SPANS[1] ?? SPANS[0];
  const by = DIMENSIONS.find((name) => name === query.by) ?? 'tenant';
  if (!span) return null;
  return (
    <>
      <div class="head">
        <h1>Money</h1>
        <Choice
          label="Time"
          value={span.since}
          onValue={(since) => setQuery(address, { ...query, since })}
          options={SPANS.map(({ since: value, label }) => ({ value, label }))}
        />
        <Choice
          label="By"
          value={by}
          onValue={(next) => setQuery(address, { ...query, by: next })}
          options={DIMENSIONS.map((value) => ({ value, label: value }))}
        />
      </div>
      <Spend span={span} by={by} />
      <Savings span={span} />
      <Budgets />
      <Statements />
    </>
  );
}

/** A tenant's month as a file, as it goes to whoever pays. */
function Statements() {
  const [tenant, setTenant] = useState('');
  const [month, setMonth] = useState(() => new Date().toISOString().slice(0, 7));
  const [problem, setProblem] = useState<string>();
  const save = async () => {
    try {
      const path = `/admin/v1/statements/${encodeURIComponent(tenant)}/${month}?format=csv`;
      await download(path, `statement-${tenant}-${month}.csv`);
      setProblem(undefined);
    } catch (cause) {
      setProblem(cause instanceof Error ? cause.message : String(cause));
    }
  };
  return (
    <section class="card" aria-labelledby="statements">
      <h2 id="statements">A tenant's month as a file</h2>
      <form
        class="fields"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field label="Tenant" value={tenant} onValue={setTenant} isRequired problem={problem} />
        <Field label="Month" type="month" value={month} onValue={setMonth} isRequired />
        <div class="buttons">
          <button type="submit">Download CSV</button>
        </div>
      </form>
    </section>
  );
}
