/** One request: why it went where it went, what became of each attempt, what it cost and by which price. */
import { hashOf } from '../address.ts';
import { Empty, Shown } from '../parts/asked.tsx';
import { Fact, Facts } from '../parts/field.tsx';
import { Table } from '../parts/table.tsx';
import { usePoll } from '../poll.ts';
import type { LedgerRequest, Story } from '../types.ts';
import { count, duration, when } from '../words.ts';
import { Attempts } from './attempts.tsx';
import { Plan } from './plan.tsx';
import { costOf, Outcome } from './request-table.tsx';

export function OneRequest({ id }: { id: string }) {
  const asked = usePoll<Story>(`/admin/v1/requests/${encodeURIComponent(id)}`);
  return (
    <>
      <p>
        <a href={hashOf({ view: 'requests' })}>← All requests</a>
      </p>
      <div class="head">
        <h1>Request</h1>
        <code>{id}</code>
      </div>
      <Shown asked={asked} what="this request">
        {({ request, attempts, plan }) => (
          <>
            <Head request={request} />
            <section class="card" aria-labelledby="attempts">
              <h2 id="attempts">Attempts</h2>
              {attempts.length === 0 ? (
                <Empty>Nobody was called for it.</Empty>
              ) : (
                <Attempts request={request} attempts={attempts} />
              )}
            </section>
            <div class="columns">
              <Plan request={request} plan={plan} />
              <Bill request={request} />
            </div>
          </>
        )}
      </Shown>
    </>
  );
}

function Head({ request }: { request: LedgerRequest }) {
  const { at, outcome, origin, asked, model, deployment, key, tenant, session, priority, finishReason, tags } = request;
  return (
    <section class="card">
      <Facts>
        <Fact name="Outcome">
          <Outcome outcome={outcome} /> {origin && `(of the ${origin})`}
        </Fact>
        <Fact name="Began">{when(at)}</Fact>
        <Fact name="Asked for">{asked}</Fact>
        <Fact name="Served by">{deployment ? `${deployment} (${model})` : 'nobody'}</Fact>
        <Fact name="Key">{tenant && tenant !== key ? `${key} of ${tenant}` : key}</Fact>
        <Fact name="Priority">{priority}</Fact>
        <Fact name="Finished by">{finishReason || '–'}</Fact>
        <Fact name="First token">{duration(request.firstTokenMs)}</Fact>
        <Fact name="In all">{duration(request.totalMs)}</Fact>
        <Fact name="Waited for room">{duration(request.queuedMs)}</Fact>
        <Fact name="Calls">{count(request.calls)}</Fact>
        <Fact name="Manner">{request.stream ? 'streamed' : 'whole'}</Fact>
        {session && (
          <Fact name="Conversation">
            <a href={hashOf({ view: 'requests', query: { session } })}>{session}</a>
          </Fact>
        )}
        {tags.length > 0 && <Fact name="Tags">{tags.join(', ')}</Fact>}
      </Facts>
      <p class="quiet">Bodies are not kept: the ledger has numbers and names only.</p>
    </section>
  );
}

const BUCKETS = [
  ['fresh', 'Input, fresh'],
  ['cacheRead', 'Input, read from the cache'],
  ['cacheWrite5m', 'Input, written to the cache (5 minutes)'],
  ['cacheWrite1h', 'Input, written to the cache (1 hour)'],
  ['output', 'Output'],
  ['reasoning', 'Reasoning'],
] as const;

function Bill({ request }: { request: LedgerRequest }) {
  return (
    <section class="card" aria-labelledby="bill">
      <h2 id="bill">Usage and cost</h2>
      <Table
        caption={request.estimated ? 'Tokens; our guess, the provider said none' : 'Tokens, as the provider counted'}
        rows={BUCKETS}
        keyOf={([name]) => name}
        columns={[
          { name: 'Bucket', cell: ([, label]) => label },
          { name: 'Tokens', isNumber: true, cell: ([name]) => count(request[name]) },
        ]}
      />
      <p>
        <b>Cost: {costOf(request)}</b>
        {costOf(request) === 'unknown' && ' (no price is known for this model)'}
      </p>
      {request.price !== null && request.price !== undefined && (
        <details>
          <summary>The price row it was worked out with</summary>
          <pre>{JSON.stringify(request.price, null, 2)}</pre>
        </details>
      )}
    </section>
  );
}
