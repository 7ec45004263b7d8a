/** Home: whether the line is clear, what needs somebody, and how much room there is. */
import { useState } from 'preact/hooks';
import type { ViewProps } from '../app.tsx';
import { Shown } from '../parts/asked.tsx';
import { Choice } from '../parts/field.tsx';
import { usePoll } from '../poll.ts';
import { type Since, SPANS } from '../time.ts';
import type { Account, Alerts, Health, Page } from '../types.ts';
import { ago, clock } from '../words.ts';
import { AttentionList } from './attention.tsx';
import { Tracks } from './tracks.tsx';
import { Traffic } from './traffic.tsx';
import { Waiting } from './waiting.tsx';

const SHORT_SPANS = SPANS.filter(({ since }) => since === '1h' || since === '24h');

export function Line({ health }: ViewProps) {
  const [since, setSince] = useState<Since>('1h');
  const accounts = usePoll<Page<Account>>('/admin/v1/accounts', {
    everyMs: 5_000,
    liveMs: 2_000,
    on: ['state', 'requests'],
  });
  const alerts = usePoll<Alerts>('/admin/v1/alerts', { everyMs: 10_000, liveMs: 1_000, on: ['state'] });
  const span = SPANS.find((each) => each.since === since);
  return (
    <>
      <div class="head">
        <h1>Line</h1>
        <Choice
          label="Traffic of"
          value={since}
          onValue={setSince}
          options={SHORT_SPANS.map(({ since: value, label }) => ({ value, label }))}
        />
      </div>
      <Shown asked={health} what="the line">
        {(data) => (
          <>
            <AttentionList attention={data.attention} firing={alerts.data?.firing ?? []} />
            {span && <Traffic span={span} waiting={sumOf(data.waiting)} />}
            <Tracks deployments={data.deployments} accounts={accounts} />
            <div class="columns">
              <Waiting health={data} />
              <About health={data} />
            </div>
          </>
        )}
      </Shown>
    </>
  );
}

function sumOf({ critical, normal, background }: Health['waiting']): number {
  return critical + normal + background;
}

function About({ health }: { health: Health }) {
  const { version, source, startedAt, at, ledger, keys } = health;
  const book = { ok: 'written', failing: 'cannot be written', none: 'none is kept' }[ledger.state];
  return (
    <section class="card" aria-labelledby="about">
      <h2 id="about">This router</h2>
      <p>
        Signalbox {version}, configured by <code>{source}</code>, started {ago(startedAt, Date.parse(at))}. As of{' '}
        {clock(at)}.
      </p>
      <p>
        Ledger: {book}; {ledger.written} rows since the start, {ledger.waiting} waiting,{' '}
        {ledger.dropped.full + ledger.dropped.rejected} dropped.
      </p>
      <p>
        {keys.keys} keys and {keys.tenants} tenants{keys.fresh ? '' : ' (the store could not be read just now)'}.
      </p>
    </section>
  );
}
