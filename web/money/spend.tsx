import { Empty, Shown } from '../parts/asked.tsx';
import { Chart, type Series } from '../parts/chart.tsx';
import { Table } from '../parts/table.tsx';
import { hashOf } from '../address.ts';
import { usePoll } from '../poll.ts';
import { type Bucket, bucketsBetween, type Span } from '../time.ts';
import type { Usage, UsageGroup } from '../types.ts';
import { count, day, minute, percent, plural, usd } from '../words.ts';
import type { Dimension } from './money.tsx';

/** More colours than these nobody tells apart. */
const MAX_LINES = 7;

export function Spend({ span, by }: { span: Span; by: Dimension }) {
  const every = { everyMs: 30_000, liveMs: 10_000, since: span.since, on: ['requests'] as const };
  const overTime = usePoll<Usage>(`/admin/v1/usage?every=${span.every}&by=${by}&limit=${MAX_LINES}`, every);
  const totals = usePoll<Usage>(`/admin/v1/usage?every=${span.every}`, every);
  const groups = usePoll<Usage>(`/admin/v1/usage?by=${by}&limit=200`, every);
  return (
    <section class="card" aria-labelledby="spend">
      <h2 id="spend">
        Spend by {by}, {span.label.toLowerCase()}
      </h2>
      <Shown asked={groups} what="the spend">
        {({ data }) =>
          data.length === 0 ? (
            <Empty>
              Nothing was asked in this time. <a href={hashOf({ view: 'playground' })}>Send a request</a>
            </Empty>
          ) : (
            <>
              <Unknown groups={data} />
              <Shown asked={overTime} what="the spend over time">
                {(lines) => (
                  <Chart
                    title={`Spend by ${by}`}
                    unit={`US dollars a ${span.every}`}
                    format={usd}
                    formatTime={span.every === 'day' ? day : minute}
                    times={bucketsBetween(lines.from, lines.to, span.every)}
                    series={seriesOf(lines, totals.data, span.every)}
                  />
                )}
              </Shown>
              <GroupTable by={by} groups={data} />
            </>
          )
        }
      </Shown>
    </section>
  );
}

/** What the biggest lines leave of the whole is a line, too: the bars are the whole. */
function seriesOf(lines: Usage, totals: Usage | undefined, every: Bucket): Series[] {
  const times = bucketsBetween(lines.from, lines.to, every);
  const names = [...new Set(lines.data.map(({ value = '' }) => value))];
  const costs = new Map(lines.data.map(({ value = '', at = '', costUsd }) => [`${Date.parse(at)} ${value}`, costUsd]));
  const series = names.map((name) => ({
    name: name || '(none)',
    values: times.map((time) => costs.get(`${time} ${name}`) ?? 0),
  }));
  if (!totals || names.length < MAX_LINES) return series;
  const whole = new Map(totals.data.map(({ at = '', costUsd }) => [Date.parse(at), costUsd]));
  const rest = times.map((time, index) =>
    Math.max(0, (whole.get(time) ?? 0) - series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0)),
  );
  return rest.some((value) => value > 1e-9) ? [...series, { name: 'All others', values: rest }] : series;
}

function Unknown({ groups }: { groups: readonly UsageGroup[] }) {
  const unpriced = groups.reduce((sum, each) => sum + each.unpriced, 0);
  if (unpriced === 0) return null;
  return (
    <p class="notice warning">
      <b>{plural(unpriced, 'request has', 'requests have')} no known price</b>, counted as nothing here. Give their
      models a <code>price</code> in the configuration.
    </p>
  );
}

function GroupTable({ by, groups }: { by: Dimension; groups: readonly UsageGroup[] }) {
  const all = groups.reduce((sum, { costUsd }) => sum + costUsd, 0);
  return (
    <Table
      caption={`By ${by}, the dearest first${by === 'tag' ? '; one request may have several tags' : ''}`}
      rows={groups}
      keyOf={({ value = '' }) => value}
      columns={[
        {
          name: by,
          cell: ({ value = '' }) =>
            value === '' ? '(none)' : <a href={hashOf({ view: 'requests', query: { [by]: value } })}>{value}</a>,
        },
        { name: 'Cost', isNumber: true, cell: ({ costUsd }) => usd(costUsd) },
        { name: 'Share', isNumber: true, cell: ({ costUsd }) => (all > 0 ? percent(costUsd / all) : '–') },
        { name: 'Requests', isNumber: true, cell: ({ requests }) => count(requests) },
        { name: 'A request', isNumber: true, cell: (each) => usd(perRequest(each)) },
        { name: 'Failed', isNumber: true, cell: ({ failures }) => count(failures) },
        { name: 'In, tokens', isNumber: true, cell: (each) => count(inputOf(each)) },
        { name: 'Of it cached', isNumber: true, cell: (each) => percent(each.cacheRead / inputOf(each)) },
        { name: 'Out, tokens', isNumber: true, cell: (each) => count(each.output + each.reasoning) },
        { name: 'No price', isNumber: true, cell: ({ unpriced }) => count(unpriced) },
      ]}
    />
  );
}

function perRequest({ costUsd, requests, unpriced }: UsageGroup): number | null {
  return requests > unpriced ? costUsd / (requests - unpriced) : null;
}

function inputOf({ fresh, cacheRead, cacheWrite5m, cacheWrite1h }: UsageGroup): number {
  return fresh + cacheRead + cacheWrite5m + cacheWrite1h;
}
