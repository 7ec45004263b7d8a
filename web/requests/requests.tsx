/** The ledger, the newest first: live while nobody pages back. */
import { useState } from 'preact/hooks';
import { type Address, hashOf, setQuery } from '../address.ts';
import { ask, download, withQuery } from '../api.ts';
import type { ViewProps } from '../app.tsx';
import { Empty, Shown } from '../parts/asked.tsx';
import { Switch } from '../parts/field.tsx';
import { usePoll } from '../poll.ts';
import type { LedgerRequest, Page } from '../types.ts';
import { clock } from '../words.ts';
import { Filters } from './filters.tsx';
import { RequestTable } from './request-table.tsx';
import { OneRequest } from './story.tsx';

export function Requests({ address }: ViewProps) {
  return address.item === undefined ? <List address={address} /> : <OneRequest id={address.item} />;
}

function List({ address }: { address: Address }) {
  const [isLive, setLive] = useState(true);
  const path = withQuery('/admin/v1/requests', { ...address.query, limit: 50 });
  const asked = usePoll<Page<LedgerRequest>>(path, {
    everyMs: isLive ? 3_000 : undefined,
    liveMs: 1_000,
    on: ['requests'],
  });
  const isFiltered = Object.keys(address.query).length > 0;
  return (
    <>
      <div class="head">
        <h1>Requests</h1>
        <Switch label="Live" isOn={isLive} onSwitch={setLive} />
        <button type="button" onClick={asked.again}>
          Read again
        </button>
        <Export query={address.query} />
      </div>
      <Filters query={address.query} onQuery={(query) => setQuery(address, query)} />
      <section class="card">
        <Shown asked={asked} what="the requests">
          {(page) =>
            page.data.length === 0 ? (
              <Empty>
                {isFiltered ? 'No request fits these filters.' : 'No request is in the ledger yet.'}{' '}
                <a href={hashOf({ view: isFiltered ? 'requests' : 'playground' })}>
                  {isFiltered ? 'See all' : 'Send one from the playground'}
                </a>
              </Empty>
            ) : (
              <>
                <p class="quiet" role="status">
                  {asked.atMs === undefined ? '' : `As of ${clock(asked.atMs)}`}
                  {isLive ? (asked.isLive ? ', told as it happens.' : ', read every 3 seconds.') : ', not live.'}
                </p>
                <RequestTable rows={page.data} />
                <Older key={path} path={path} cursor={page.cursor} onMore={() => setLive(false)} />
              </>
            )
          }
        </Shown>
      </section>
    </>
  );
}

interface OlderProps {
  path: string;
  cursor: string | null;
  onMore: () => void;
}

/** What is older than the first page, a page at a time. Its place is kept once it is begun. */
function Older({ path, cursor, onMore }: OlderProps) {
  const [rows, setRows] = useState<LedgerRequest[]>([]);
  const [next, setNext] = useState<string | null>();
  const [problem, setProblem] = useState('');
  const from = next === undefined ? cursor : next;
  const more = async () => {
    onMore();
    try {
      const page = await ask<Page<LedgerRequest>>(`${path}&cursor=${encodeURIComponent(from ?? '')}`);
      setRows([...rows, ...page.data]);
      setNext(page.cursor);
      setProblem('');
    } catch (cause) {
      setProblem(cause instanceof Error ? cause.message : String(cause));
    }
  };
  return (
    <>
      {rows.length > 0 && <RequestTable rows={rows} caption="Older requests" />}
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {from === null ? (
        <p class="quiet">This is all there is.</p>
      ) : (
        <button type="button" onClick={() => void more()}>
          Older ones
        </button>
      )}
    </>
  );
}

function Export({ query }: { query: Address['query'] }) {
  const [problem, setProblem] = useState('');
  const save = async (format: 'csv' | 'jsonl') => {
    try {
      await download(withQuery('/admin/v1/export', { ...query, format }), `requests.${format}`);
      setProblem('');
    } catch (cause) {
      setProblem(cause instanceof Error ? cause.message : String(cause));
    }
  };
  return (
    <span class="buttons">
      <button type="button" title="Those of the last 24 hours that fit" onClick={() => void save('csv')}>
        Last day as CSV
      </button>
      <button type="button" title="Those of the last 24 hours that fit" onClick={() => void save('jsonl')}>
        as JSON Lines
      </button>
      {problem && <span role="alert">{problem}</span>}
    </span>
  );
}
