import { hashOf } from '../address.ts';
import { Lamp } from '../parts/lamp.tsx';
import { Table } from '../parts/table.tsx';
import type { LedgerRequest } from '../types.ts';
import { clock, count, duration, usd, when, words } from '../words.ts';

export function RequestTable({
  rows,
  caption = 'Requests, the newest first',
}: {
  rows: readonly LedgerRequest[];
  caption?: string;
}) {
  return (
    <Table
      caption={caption}
      isCaptionHidden
      isDense
      rows={rows}
      keyOf={({ requestId }) => requestId}
      columns={[
        { name: 'Time', cell: (row) => <Opened row={row} /> },
        { name: 'Outcome', cell: (row) => <Outcome outcome={row.outcome} /> },
        { name: 'Asked for', cell: ({ asked }) => asked },
        { name: 'Served by', cell: (row) => <Served row={row} /> },
        { name: 'Key', cell: ({ key, tenant }) => (tenant && tenant !== key ? `${key} (${tenant})` : key) },
        { name: 'In, tokens', isNumber: true, cell: (row) => count(inputOf(row)) },
        { name: 'Out, tokens', isNumber: true, cell: (row) => count(row.output + row.reasoning) },
        { name: 'Cost', isNumber: true, cell: costOf },
        { name: 'First token', isNumber: true, cell: ({ firstTokenMs }) => duration(firstTokenMs) },
        { name: 'In all', isNumber: true, cell: ({ totalMs }) => duration(totalMs) },
      ]}
    />
  );
}

export function inputOf({ fresh, cacheRead, cacheWrite5m, cacheWrite1h }: LedgerRequest): number {
  return fresh + cacheRead + cacheWrite5m + cacheWrite1h;
}

/** Nothing was used where nobody answered; that is no unknown price. */
export function costOf(row: LedgerRequest): string {
  return row.costUsd === null && inputOf(row) + row.output + row.reasoning === 0 ? '–' : usd(row.costUsd);
}

export function Outcome({ outcome }: { outcome: string }) {
  const aspect = outcome === 'ok' ? 'clear' : outcome === 'client_gone' || outcome === 'hedge_lost' ? 'idle' : 'stop';
  return <Lamp aspect={aspect} says={words(outcome)} />;
}

function Opened({ row: { requestId, at } }: { row: LedgerRequest }) {
  return (
    <a href={hashOf({ view: 'requests', item: requestId })} title={when(at)}>
      {clock(at)}
    </a>
  );
}

function Served({ row: { deployment, fallback, cacheHit, shadow, continued } }: { row: LedgerRequest }) {
  const marks = [fallback && 'failover', cacheHit && 'kept answer', shadow && 'shadow', continued && 'continued'];
  return (
    <>
      {deployment || 'nobody'}{' '}
      {marks.map(
        (mark) =>
          mark && (
            <span class="chip" key={mark}>
              {mark}
            </span>
          ),
      )}
    </>
  );
}
