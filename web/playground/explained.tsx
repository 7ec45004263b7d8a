import { Contributions } from '../parts/contributions.tsx';
import { Fact, Facts } from '../parts/field.tsx';
import { Table } from '../parts/table.tsx';
import { duration, obstacle, orderOf, percent, usd } from '../words.ts';
import type { Explanation } from './explanation.ts';

/** As `POST /v1/route` tells it, asked a moment before the answer. */
export function Explained({ explanation }: { explanation: Explanation }) {
  const { refusal, reason, tier, strategy, score, candidates, dropped, fired, plan } = explanation;
  return (
    <details open>
      <summary>Why</summary>
      {refusal && (
        <p class="notice warning">
          It would be refused with {refusal.status}: {refusal.message}
        </p>
      )}
      <p>{reason ?? 'The client named the model.'}</p>
      <Facts>
        {tier && <Fact name="Tier">{tier}</Fact>}
        <Fact name="Order">{orderOf(strategy)}</Fact>
        {fired.length > 0 && <Fact name="Rules that spoke">{fired.map(({ name }) => name).join(', ')}</Fact>}
        <Fact name="At most">
          {plan.maxCalls} calls{Number.isFinite(plan.deadlineMs ?? Infinity) ? `, ${duration(plan.deadlineMs)}` : ''}
        </Fact>
      </Facts>
      {score && <Score score={score} />}
      {candidates.length > 0 && (
        <Table
          caption="Candidates, in the order to be tried"
          rows={candidates}
          keyOf={({ deployment }) => deployment}
          columns={[
            { name: 'Deployment', cell: ({ deployment }) => deployment },
            { name: 'Would cost', isNumber: true, cell: ({ expectedCostUsd }) => usd(expectedCostUsd) },
            { name: 'Room', isNumber: true, cell: ({ room }) => percent(room) },
            { name: 'Now', cell: ({ obstacle: why }) => (why === undefined ? 'free' : obstacle(why)) },
          ]}
        />
      )}
      {dropped.length > 0 && (
        <Table
          caption="Dropped, and why"
          rows={dropped}
          keyOf={({ deployment }) => deployment}
          columns={[
            { name: 'Deployment', cell: ({ deployment }) => deployment },
            { name: 'Why', cell: ({ why }) => String(why) },
          ]}
        />
      )}
    </details>
  );
}

type Scored = NonNullable<Explanation['score']>;

function Score({ score: { value, cuts, contributions } }: { score: Scored }) {
  return (
    <>
      <p>
        Score <b>{value.toFixed(2)}</b> of 1
        {cuts.map(({ tier, from }) => (from === undefined ? '' : `; ${tier} from ${from.toFixed(2)}`))}
      </p>
      <Contributions contributions={contributions} />
    </>
  );
}
