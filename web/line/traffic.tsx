/** How much, how well, how fast, how dear. */
import type { ComponentChildren } from 'preact';
import { hashOf } from '../address.ts';
import { Shown } from '../parts/asked.tsx';
import { Chart } from '../parts/chart.tsx';
import { Meter } from '../parts/meter.tsx';
import { usePoll } from '../poll.ts';
import { bucketsBetween, type Span } from '../time.ts';
import type { Latency, Page, Reading, Usage, UsageGroup } from '../types.ts';
import { count, duration, minute, percent, plural, usd } from '../words.ts';

const SUMS = { everyMs: 20_000, liveMs: 5_000, on: ['requests'] } as const;

export function Traffic({ span, waiting }: { span: Span; waiting: number }) {
  const usage = usePoll<Usage>(`/admin/v1/usage?every=${span.every}`, {
    ...SUMS,
    everyMs: 10_000,
    liveMs: 2_000,
    since: span.since,
  });
  const latency = usePoll<Latency>('/admin/v1/latency', { ...SUMS, since: span.since });
  const today = usePoll<Usage>('/admin/v1/usage', { ...SUMS, since: 'today' });
  const limits = usePoll<Page<Reading>>('/admin/v1/limits?limit=500', SUMS);
  return (
    <Shown asked={usage} what="the traffic">
      {({ data, from, to }) => {
        const requests = sum(data, 'requests');
        const failures = sum(data, 'failures');
        const times = bucketsBetween(from, to, span.every);
        const byTime = new Map(data.map((group) => [Date.parse(group.at ?? ''), group]));
        const of = (pick: (group: UsageGroup) => number) => times.map((at) => valueAt(byTime.get(at), pick));
        const speed = latency.data?.data[0]?.firstTokenMs;
        return (
          <>
            <div class="tiles">
              <Tile value={count(requests)} name="requests">
                {waiting > 0 ? `${count(waiting)} waiting for room` : 'nobody waits for room'}
              </Tile>
              <Tile value={requests === 0 ? '–' : percent(1 - failures / requests, 1)} name="succeeded">
                {failures === 0 ? 'none failed' : <Failed failures={failures} />}
              </Tile>
              <Tile value={duration(speed?.p50)} name="to the first token, median">
                95 of 100 within {duration(speed?.p95)} (streams)
              </Tile>
              <Tile value={usd(sum(today.data?.data ?? [], 'costUsd'))} name="spent today (UTC)">
                <Tightest readings={limits.data?.data ?? []} unpriced={sum(today.data?.data ?? [], 'unpriced')} />
              </Tile>
            </div>
            <section class="card">
              <Chart
                title={`Requests, ${span.label.toLowerCase()}`}
                unit={`requests a ${span.every}`}
                times={times}
                format={count}
                formatTime={minute}
                series={[
                  { name: 'Succeeded', values: of((group) => group.requests - group.failures) },
                  { name: 'Failed', values: of((group) => group.failures) },
                ]}
              />
            </section>
          </>
        );
      }}
    </Shown>
  );
}

type Amount = { [Name in keyof UsageGroup]-?: UsageGroup[Name] extends number ? Name : never }[keyof UsageGroup];

function sum(groups: readonly UsageGroup[], name: Amount): number {
  return groups.reduce((all, group) => all + group[name], 0);
}

function valueAt(group: UsageGroup | undefined, pick: (group: UsageGroup) => number): number {
  return group ? pick(group) : 0;
}

function Tile({ value, name, children }: { value: string; name: string; children: ComponentChildren }) {
  return (
    <section class="card tile">
      <b>{value}</b>
      {name}
      <span>{children}</span>
    </section>
  );
}

function Failed({ failures }: { failures: number }) {
  return (
    <>
      {count(failures)} did not; <a href={hashOf({ view: 'requests', query: { outcome: 'not_ok' } })}>see which</a>
    </>
  );
}

/** Of all budgets in dollars the one that ends first. */
function Tightest({ readings, unpriced }: { readings: readonly Reading[]; unpriced: number }) {
  const budgets = readings.filter(({ isBudget, measure }) => isBudget && measure === 'usd');
  const tightest = budgets.toSorted((a, b) => b.used / b.limit - a.used / a.limit)[0];
  const unknown = unpriced > 0 ? ` Without ${plural(unpriced, 'request')} of unknown price.` : '';
  if (!tightest) return <>No budget is set.{unknown}</>;
  const { kind, name, used, limit, span } = tightest;
  const says = `${usd(used)} of ${usd(limit)} per ${span} of ${kind} ${name}`;
  return (
    <>
      <Meter share={used / limit} label={says} isFullBad />
      {says}.{unknown}
    </>
  );
}
