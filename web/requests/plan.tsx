/** How it was chosen, as far as it is remembered: of older requests the ledger has the reason in words. */
import { Fact, Facts } from '../parts/field.tsx';
import { type Contribution, Contributions } from '../parts/contributions.tsx';
import { Table } from '../parts/table.tsx';
import type { LedgerRequest, Story } from '../types.ts';
import { orderOf, words } from '../words.ts';

interface PlanProps {
  request: LedgerRequest;
  plan: Story['plan'];
}

export function Plan({ request: { tier, reason, route }, plan }: PlanProps) {
  const { candidates, facts, score, strategy, dropped, fired, contributions, ...rest } = plan ?? {};
  const names = Array.isArray(candidates) ? candidates.map(String) : [];
  return (
    <section class="card" aria-labelledby="plan">
      <h2 id="plan">Why it went there</h2>
      <p>{reason || 'The client named the model.'}</p>
      <Facts>
        {route && <Fact name="Route">{route}</Fact>}
        {tier && <Fact name="Tier">{tier}</Fact>}
        {typeof strategy === 'string' && <Fact name="Order">{orderOf(strategy)}</Fact>}
        {typeof score === 'number' && <Fact name="Score (0 easy, 1 hard)">{score}</Fact>}
        {isList<string>(fired) && <Fact name="Rules that spoke">{fired.join(', ')}</Fact>}
        {isRecord(facts) &&
          Object.entries(facts).map(([name, value]) => (
            <Fact key={name} name={words(name)}>
              {said(value)}
            </Fact>
          ))}
      </Facts>
      {names.length > 0 && (
        <>
          <h3>Candidates, in order</h3>
          <ol>
            {names.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ol>
        </>
      )}
      {isList<Contribution>(contributions) && (
        <>
          <h3>What made the score</h3>
          <Contributions contributions={contributions} />
          <p class="quiet">By the weights in force now; what an average ask has adds nothing.</p>
        </>
      )}
      {isList<Dropped>(dropped) && (
        <Table
          caption="Dropped, and why"
          rows={dropped}
          keyOf={({ deployment }) => deployment}
          columns={[
            { name: 'Deployment', cell: ({ deployment }) => deployment },
            { name: 'Why', cell: ({ why }) => why },
          ]}
        />
      )}
      {plan === null ? (
        <p class="quiet">Its plan is no longer in memory, or it was not chosen by rules.</p>
      ) : (
        <details>
          <summary>All that was recorded</summary>
          <pre>{JSON.stringify({ ...rest, score, strategy, fired, facts, candidates, dropped }, null, 2)}</pre>
        </details>
      )}
    </section>
  );
}

interface Dropped {
  deployment: string;
  why: string;
}

/** The server of the same version wrote it; `src/routing/record.ts` says what is in it. */
function isList<Item>(value: unknown): value is Item[] {
  return Array.isArray(value) && value.length > 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function said(value: unknown): string {
  if (value === true) return 'yes';
  if (typeof value === 'number') return String(Math.round(value * 1_000) / 1_000);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
