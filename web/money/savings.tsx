/** What the rules have saved, and against what: a number without its yardstick says nothing. */
import { Empty, Shown } from '../parts/asked.tsx';
import { Fact, Facts } from '../parts/field.tsx';
import { usePoll } from '../poll.ts';
import type { Span } from '../time.ts';
import type { Savings as Saved } from '../types.ts';
import { percent, plural, usd } from '../words.ts';

export function Savings({ span }: { span: Span }) {
  const asked = usePoll<Saved>('/admin/v1/savings', {
    everyMs: 60_000,
    liveMs: 30_000,
    on: ['requests', 'rules'],
    since: span.since,
  });
  return (
    <section class="card" aria-labelledby="savings">
      <h2 id="savings">Saved by the rules, {span.label.toLowerCase()}</h2>
      <Shown asked={asked} what="the savings">
        {(saved) => <Sums saved={saved} />}
      </Shown>
    </section>
  );
}

function Sums({ saved: { against, requests, unpriced, costUsd, againstUsd } }: { saved: Saved }) {
  if (against === null)
    return <Empty>Nothing can be said: the best model of the highest tier has no known price.</Empty>;
  if (requests === 0) return <Empty>Nobody asked for a route such as auto in this time.</Empty>;
  const difference = againstUsd - costUsd;
  return (
    <>
      <Facts>
        <Fact name={difference >= 0 ? 'Saved' : 'Spent more'}>
          <b>{usd(Math.abs(difference))}</b> {againstUsd > 0 && `(${percent(Math.abs(difference) / againstUsd)})`}
        </Fact>
        <Fact name="They cost">{usd(costUsd)}</Fact>
        <Fact name={`All at ${against.deployment}`}>{usd(againstUsd)}</Fact>
        <Fact name="Reckoned from">{plural(requests, 'request')}</Fact>
      </Facts>
      <p class="quiet">
        What the same tokens would have cost at {against.deployment}, the first of the highest tier ({against.tier}):
        counted as it counts, at today’s list price, with as much read from its cache and answers of the same length.
        Only requests for routes; who named a model has had it.
        {unpriced > 0 &&
          ` ${plural(unpriced, 'request')} are left out: of their deployments some request has no known price.`}
      </p>
    </>
  );
}
