/** What would have been, and what that rests on. */
import { hashOf } from '../address.ts';
import { Fact, Facts } from '../parts/field.tsx';
import { Table } from '../parts/table.tsx';
import type { RulesTrial } from '../types.ts';
import { count, percent, plural, usd, when } from '../words.ts';

type Tried = NonNullable<RulesTrial['trial']>;

export function Trial({ trial, isOld }: { trial: Tried; isOld: boolean }) {
  const { requests, from, to, moved, refused, cost, tiers, deployments, causes, moves, unknown } = trial;
  if (requests === 0 || from === null || to === null) {
    return (
      <p class="notice" role="status">
        There is nothing to try them on: rules have chosen for no request since this router was started.
      </p>
    );
  }
  return (
    <section class={isOld ? 'trial stale' : 'trial'} aria-labelledby="trial">
      <h3 id="trial">On {plural(requests, 'recent request')}</h3>
      {isOld && <p class="notice warning">The text has changed since. Try it again.</p>}
      <p role="status">
        <b>{moved === 0 ? 'All would go where they go now' : `${plural(moved, 'request')} would go elsewhere`}</b>
        {moved > 0 && ` (${percent(moved / requests)})`}
        {refused > 0 && `; ${count(refused)} of them would be refused`}.{' '}
        <span class="quiet">
          Asked from {when(from)} to {when(to)}.
        </span>
      </p>
      <Facts>
        <Fact name="By the rules in force">{usd(cost.beforeUsd)}</Fact>
        <Fact name="By this text">{usd(cost.afterUsd)}</Fact>
        <Fact name="Difference">{differenceOf(cost)}</Fact>
        <Fact name="They really cost">{usd(cost.spentUsd)}</Fact>
        <Fact name="Cost known of">{plural(cost.requests, 'request')}</Fact>
      </Facts>
      <div class="columns">
        <Shifts what="Tier" rows={tiers} />
        <Shifts what="Deployment" rows={deployments} />
      </div>
      {causes.length > 0 && (
        <Table
          caption="Moved by"
          rows={causes}
          keyOf={({ cause }) => cause}
          columns={[
            { name: 'Rule and move', cell: ({ cause }) => cause },
            { name: 'Requests', isNumber: true, cell: (each) => count(each.requests) },
          ]}
        />
      )}
      {moves.length > 0 && <Moves moves={moves} />}
      <details>
        <summary>What this rests on, and what it cannot know</summary>
        <ul>
          {unknown.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </details>
    </section>
  );
}

function differenceOf({ beforeUsd, afterUsd }: Tried['cost']): string {
  const difference = afterUsd - beforeUsd;
  if (Math.abs(difference) < 1e-9) return 'none';
  const share = beforeUsd > 0 ? ` (${percent(Math.abs(difference) / beforeUsd)})` : '';
  return `${usd(Math.abs(difference))} ${difference < 0 ? 'less' : 'more'}${share}`;
}

function Shifts({ what, rows }: { what: string; rows: Tried['tiers'] }) {
  return (
    <Table
      caption={`By ${what.toLowerCase()}`}
      rows={rows}
      keyOf={({ name }) => name}
      columns={[
        { name: what, cell: ({ name }) => name },
        { name: 'In force', isNumber: true, cell: ({ before }) => count(before) },
        { name: 'This text', isNumber: true, cell: ({ after }) => count(after) },
      ]}
    />
  );
}

function Moves({ moves }: { moves: Tried['moves'] }) {
  return (
    <Table
      caption="Those that change the bill most"
      isDense
      rows={moves}
      keyOf={({ requestId }) => requestId}
      columns={[
        {
          name: 'Request',
          cell: ({ requestId }) => (
            <a href={hashOf({ view: 'requests', item: requestId })}>{requestId.slice(0, 12)}…</a>
          ),
        },
        { name: 'From', cell: ({ from }) => from },
        { name: 'To', cell: ({ to }) => to },
        { name: 'Cost', isNumber: true, cell: (each) => usd(each.costBeforeUsd) },
        { name: 'Would cost', isNumber: true, cell: (each) => usd(each.costAfterUsd) },
        { name: 'Why', cell: ({ reason }) => reason },
      ]}
    />
  );
}
