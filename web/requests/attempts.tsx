/** When each attempt ran, as lanes over the request's own time, and what became of it. */
import { Table } from '../parts/table.tsx';
import type { LedgerRequest, Story } from '../types.ts';
import { duration, usd } from '../words.ts';
import { Outcome } from './request-table.tsx';

interface AttemptsProps {
  request: LedgerRequest;
  attempts: Story['attempts'];
}

export function Attempts({ request, attempts }: AttemptsProps) {
  const beganMs = Date.parse(request.at);
  const called = attempts.filter(({ called: isCalled }) => isCalled);
  const longestMs = Math.max(
    request.totalMs,
    ...called.map((each) => Date.parse(each.at) - beganMs + each.durationMs),
    1,
  );
  return (
    <>
      <ol class="waterfall" aria-hidden="true">
        {called.map(({ number, at, durationMs, outcome, deployment }) => (
          <li key={number} class={outcome === 'ok' ? undefined : 'failed'}>
            <small>
              {number}. {deployment}
            </small>
            <span class="lane">
              <span
                style={{
                  marginLeft: `${(100 * Math.max(0, Date.parse(at) - beganMs)) / longestMs}%`,
                  width: `${(100 * durationMs) / longestMs}%`,
                }}
              />
            </span>
          </li>
        ))}
      </ol>
      <Table
        caption="Attempts, in their order"
        rows={attempts}
        keyOf={({ number }) => String(number)}
        columns={[
          { name: 'Number', cell: ({ number }) => number },
          { name: 'Deployment', cell: ({ deployment }) => deployment },
          { name: 'What became of it', cell: (each) => <Fate called={each.called} outcome={each.outcome} /> },
          { name: 'Began after', isNumber: true, cell: ({ at }) => duration(Math.max(0, Date.parse(at) - beganMs)) },
          { name: 'Took', isNumber: true, cell: ({ durationMs }) => duration(durationMs) },
          { name: 'Cost', isNumber: true, cell: ({ costUsd }) => (costUsd === null ? '–' : usd(costUsd)) },
        ]}
      />
    </>
  );
}

function Fate({ called, outcome }: { called: boolean; outcome: string }) {
  return (
    <>
      <Outcome outcome={outcome} /> {!called && <span class="chip">passed over</span>}
    </>
  );
}
