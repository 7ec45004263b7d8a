/** The rules in force, in the order in which they are read. */
import { Empty, Shown } from '../parts/asked.tsx';
import { Table } from '../parts/table.tsx';
import { usePoll } from '../poll.ts';
import type { Rules } from '../types.ts';
import { plural } from '../words.ts';
import { RulesEditor } from './editor.tsx';

export function RulesView() {
  const asked = usePoll<Rules>('/admin/v1/rules', { everyMs: 30_000, liveMs: 1_000, on: ['rules'] });
  const configuration = usePoll<Record<string, unknown>>('/admin/v1/config');
  return (
    <>
      <div class="head">
        <h1>Rules</h1>
      </div>
      <RulesEditor />
      <Shown asked={asked} what="the rules">
        {(rules) => <InForce rules={rules} />}
      </Shown>
      <section class="card" aria-labelledby="configuration">
        <h2 id="configuration">Configuration</h2>
        <Shown asked={configuration} what="the configuration">
          {(data) => (
            <details>
              <summary>All of it, without its secrets</summary>
              <pre>{JSON.stringify(data, null, 2)}</pre>
            </details>
          )}
        </Shown>
      </section>
    </>
  );
}

function InForce({ rules: { tiers, routes, rules, profiles } }: { rules: Rules }) {
  return (
    <>
      <section class="card" aria-labelledby="tiers">
        <h2 id="tiers">Tiers</h2>
        <Table
          caption="The lowest first; within one, the first model that can and has room"
          rows={tiers}
          keyOf={({ name }) => name}
          columns={[
            { name: 'Tier', cell: ({ name }) => name },
            { name: 'Models', cell: ({ models }) => models.join(', ') },
          ]}
        />
      </section>
      <section class="card" aria-labelledby="rules">
        <h2 id="rules">{plural(rules.length, 'rule')}, read from the top</h2>
        {rules.length === 0 ? (
          <Empty>No rule is in force; the score alone decides.</Empty>
        ) : (
          <Table
            caption="A guard has the last word"
            rows={rules.map((rule, index) => ({ ...rule, number: index + 1 }))}
            keyOf={({ number }) => String(number)}
            columns={[
              {
                name: 'Rule',
                cell: ({ number, name, isGuard }) => (
                  <>
                    {number}. {name} {isGuard && <span class="chip">guard</span>}
                  </>
                ),
              },
              { name: 'When', cell: ({ when }) => (when === undefined ? 'always' : <Said value={when} />) },
              { name: 'Then', cell: (rule) => <Said value={rule.do} /> },
            ]}
          />
        )}
      </section>
      <div class="columns">
        <Named title="Routes" entries={routes} />
        <Named title="Profiles" entries={profiles} />
      </div>
    </>
  );
}

function Named({ title, entries }: { title: string; entries: Readonly<Record<string, unknown>> }) {
  const rows = Object.entries(entries);
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <Empty>There are none.</Empty>
      ) : (
        <Table
          caption={`${title} by their names`}
          isCaptionHidden
          rows={rows}
          keyOf={([name]) => name}
          columns={[
            { name: 'Name', cell: ([name]) => name },
            { name: 'Says', cell: ([, value]) => <Said value={value} /> },
          ]}
        />
      )}
    </section>
  );
}

/** As it is written in the file, on one line a setting. */
function Said({ value }: { value: unknown }) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return <code>{JSON.stringify(value)}</code>;
  return (
    <>
      {Object.entries(value).map(([name, item]) => (
        <div key={name}>
          <code>
            {name}: {typeof item === 'string' ? item : JSON.stringify(item)}
          </code>
        </div>
      ))}
    </>
  );
}
