import { Empty, Shown } from '../parts/asked.tsx';
import { Meter } from '../parts/meter.tsx';
import { Table } from '../parts/table.tsx';
import { usePoll } from '../poll.ts';
import type { Page, Reading } from '../types.ts';
import { count, duration, percent, usd, words } from '../words.ts';
import { forecastOf } from './forecast.ts';

export function Budgets() {
  const asked = usePoll<Page<Reading>>('/admin/v1/limits?limit=500', {
    everyMs: 15_000,
    liveMs: 5_000,
    on: ['requests', 'keys'],
  });
  return (
    <section class="card" aria-labelledby="budgets">
      <h2 id="budgets">Budgets and limits</h2>
      <Shown asked={asked} what="budgets and limits">
        {({ data, cursor }) =>
          data.length === 0 ? (
            <Empty>
              Nobody has a budget or a limit. Give a key or a tenant one under Keys, or a model or a route in the
              configuration.
            </Empty>
          ) : (
            <>
              <ReadingTable readings={data} />
              {cursor !== null && <p class="quiet">There are more; the API has them all.</p>}
            </>
          )
        }
      </Shown>
    </section>
  );
}

/** The fullest first. */
function ReadingTable({ readings }: { readings: readonly Reading[] }) {
  const rows = readings.toSorted((a, b) => b.used / b.limit - a.used / a.limit);
  return (
    <Table
      caption="The fullest first; what running requests hold is in it"
      rows={rows}
      keyOf={({ kind, name, measure, span, isBudget }) => [kind, name, measure, span, isBudget].join(' ')}
      columns={[
        { name: 'Whose', cell: ({ kind, name }) => `${kind} ${name}` },
        { name: 'What', cell: whatOf },
        { name: 'Used', isNumber: true, cell: (each) => amount(each, each.used) },
        { name: 'Of', isNumber: true, cell: (each) => amount(each, each.limit) },
        { name: 'Share', cell: (each) => <Share reading={each} /> },
        { name: 'Free again', isNumber: true, cell: freeAgain },
        { name: 'At this pace', cell: (each) => <Pace reading={each} /> },
      ]}
    />
  );
}

function whatOf({ measure, span, isBudget }: Reading): string {
  const what = { usd: 'dollars', concurrency: 'requests' }[String(measure)] ?? words(measure);
  return `${isBudget ? 'budget: ' : ''}${what}${span === undefined ? ' at once' : span === 'total' ? ' in all' : ` a ${span}`}`;
}

function freeAgain({ measure, resetMs, used }: Reading): string {
  if (used === 0) return '–';
  if (measure === 'concurrency') return 'as they end';
  return resetMs === null ? 'never' : `in ${duration(resetMs)}`;
}

function amount({ measure }: Reading, value: number): string {
  return measure === 'usd' ? usd(value) : count(value);
}

function Share({ reading: { used, limit } }: { reading: Reading }) {
  const says = `${percent(used / limit)} used`;
  return (
    <span class="share">
      <Meter share={used / limit} label={says} isFullBad /> <small>{says}</small>
    </span>
  );
}

function Pace({ reading }: { reading: Reading }) {
  const forecast = reading.isBudget ? forecastOf(reading, Date.now()) : undefined;
  if (!forecast) return <span class="quiet">–</span>;
  if (forecast.endsInMs === undefined) return <>{amount(reading, forecast.amount)} at the end</>;
  return <b class="problem">spent in {duration(forecast.endsInMs)}</b>;
}
