/** Every deployment as a stretch of line: its signal, its room, its pace, and why it is closed where it is. */
import { Empty } from '../parts/asked.tsx';
import { type Aspect, Lamp } from '../parts/lamp.tsx';
import { Meter } from '../parts/meter.tsx';
import type { Asked } from '../poll.ts';
import type { Account, Deployment, Page } from '../types.ts';
import { ago, count, duration, obstacle, percent, words } from '../words.ts';

interface TracksProps {
  deployments: readonly Deployment[];
  accounts: Asked<Page<Account>>;
}

export function Tracks({ deployments, accounts }: TracksProps) {
  const providers = [...new Set(deployments.map(({ provider }) => provider))].toSorted();
  const byResource = new Map(accounts.data?.data.map((account) => [account.resource, account]));
  return (
    <section class="card" aria-labelledby="tracks">
      <h2 id="tracks">Providers</h2>
      {accounts.problem && <p class="problem">Their limits are old: {accounts.problem.message}</p>}
      {deployments.length === 0 && (
        <Empty>No deployment was asked since the start. The first request puts its provider here.</Empty>
      )}
      {providers.map((provider) => (
        <div class="rail" key={provider}>
          <h3>{provider}</h3>
          <div class="tracks">
            {deployments
              .filter((each) => each.provider === provider)
              .map((each) => (
                <Track key={each.deployment + each.model} deployment={each} account={byResource.get(each.resource)} />
              ))}
          </div>
        </div>
      ))}
    </section>
  );
}

export function aspectOf({ circuit, obstacle: why, room }: Deployment): { aspect: Aspect; says: string } {
  if (why?.startsWith('parked')) return { aspect: 'stop', says: `Parked: ${words(why.slice(7))}` };
  if (circuit === 'open') return { aspect: 'stop', says: 'Circuit open' };
  if (circuit === 'half_open') return { aspect: 'caution', says: 'Circuit half open: trying' };
  if (why !== undefined) return { aspect: 'caution', says: obstacle(why) };
  if (room < 0.2) return { aspect: 'caution', says: 'Little room' };
  return { aspect: 'clear', says: 'Clear' };
}

function Track({ deployment, account }: { deployment: Deployment; account: Account | undefined }) {
  const { aspect, says } = aspectOf(deployment);
  const { room, waitMs, firstTokenMs, tokensPerSecond, lastCallAt, model } = deployment;
  return (
    <article class={`track ${aspect}`} aria-label={deployment.deployment}>
      <div>
        <div class="name">{deployment.deployment}</div>
        <small>serves {model}</small>
      </div>
      <div>
        <Lamp aspect={aspect} says={says} />
        <div>
          <small>
            {aspect === 'clear' ? '' : `${until(waitMs)}, `}last call {ago(lastCallAt, Date.now())}
          </small>
        </div>
      </div>
      <div>
        {aspect === 'stop' ? (
          <small>not called, whatever room it has</small>
        ) : (
          <>
            <small>{percent(room)} room</small>
            <Meter share={room} label={`${percent(room)} of its scarcest limit is free`} />
          </>
        )}
      </div>
      <ul>
        <li>
          <small>
            {firstTokenMs === undefined ? 'no times yet' : `first token ${duration(firstTokenMs)}`}
            {tokensPerSecond === undefined ? '' : `, ${count(tokensPerSecond)} tokens/s`}
          </small>
        </li>
        {account && <AccountFacts account={account} />}
      </ul>
    </article>
  );
}

function until(waitMs: number | null): string {
  if (waitMs === null) return 'nobody knows until when';
  return waitMs > 0 ? `${duration(waitMs)} more` : 'the next call may try it';
}

function AccountFacts({ account: { running, limits, cooling } }: { account: Account }) {
  return (
    <>
      {running > 0 && (
        <li>
          <small>{count(running)} running</small>
        </li>
      )}
      {limits.filter(isTold).map(({ limit, per, allowed, left }) => (
        <li key={limit + per}>
          <small>
            {words(limit)}: {count(left)} free now, {count(allowed)} {per ? `a ${per}` : 'at once'}
          </small>
        </li>
      ))}
      {cooling.map(({ limit, forMs }) => (
        <li key={limit}>
          <small class="problem">
            cooling: {words(limit)}, {duration(forMs)} more
          </small>
        </li>
      ))}
    </>
  );
}

/** How many may run at once says something only while some do. */
function isTold({ per, allowed, left }: Account['limits'][number]): boolean {
  return per !== undefined || left < allowed;
}
