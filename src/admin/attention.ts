/** What an operator has to know now, in words, with what to do about it. The worst comes first. */
import type { WriterState } from '../books/ledger/writer.ts';
import type { DeploymentReading, DispatchReading } from './sources.ts';

export interface Attention {
  severity: 'critical' | 'warning';
  message: string;
  /** What to do about it. */
  next: string;
}

export interface State extends DispatchReading {
  isFresh: boolean;
  isComplete: boolean;
  problems: readonly string[];
  ledger: { state: WriterState; isWell: boolean; isBehind: boolean } | undefined;
}

const MOST = 100;

export function attentionOf(state: State): Attention[] {
  const all = [
    ...dispatchAttention(state),
    ...directoryAttention(state),
    ...(state.ledger ? ledgerAttention(state.ledger) : []),
  ];
  const rank = { critical: 0, warning: 1 };
  return all.toSorted((a, b) => rank[a.severity] - rank[b.severity]).slice(0, MOST);
}

function dispatchAttention({ isEmergency, deployments }: DispatchReading): Attention[] {
  const emergency: Attention = {
    severity: 'critical',
    message: 'Too few providers answer: background work is refused while others wait',
    next: 'See which circuits are open and what is parked; it ends by itself',
  };
  return [...(isEmergency ? [emergency] : []), ...deployments.flatMap(deploymentAttention)];
}

function deploymentAttention({ deployment, model, provider, circuit, obstacle }: DeploymentReading): Attention[] {
  const who = `${deployment} (for ${model})`;
  const parked = /^parked:(.*)$/.exec(obstacle ?? '')?.[1];
  if (parked !== undefined) {
    const next = parked === 'exhausted' ? `Top up the account of ${provider}` : `Mend the credential of ${provider}`;
    return [{ severity: 'critical', message: `${who} is out of use: ${parked}`, next }];
  }
  if (circuit === 'closed') return [];
  const message = `${who} fails, so it is not called`;
  return [{ severity: 'warning', message, next: 'It is tried again by itself; the attempts say what it answered' }];
}

function directoryAttention({ isComplete, isFresh, problems }: State): Attention[] {
  const wrong = problems.map((message): Attention => ({
    severity: 'warning',
    message,
    next: 'Mend it: it opens nothing until then',
  }));
  if (isFresh) return wrong;
  const next = 'See that its database runs and can be reached; it is read again every few seconds';
  const stale: Attention = isComplete
    ? { severity: 'warning', message: 'The store of keys cannot be read: who was known stays known', next }
    : { severity: 'critical', message: 'The store of keys was never read: stored keys open nothing yet', next };
  return [stale, ...wrong];
}

function ledgerAttention({ state, isWell, isBehind }: NonNullable<State['ledger']>): Attention[] {
  const { waiting, dropped } = state;
  const failing: Attention = {
    severity: 'warning',
    message: `The ledger cannot be written; ${waiting} rows wait in memory`,
    next: 'See that its database runs and has space; what does not fit in memory is dropped and counted',
  };
  const lost: Attention = {
    severity: 'warning',
    message: `${dropped.full + dropped.rejected} rows of the ledger were dropped since the start`,
    next: 'Their usage is in no statement; the log says what the store had against them',
  };
  const behind: Attention = {
    severity: 'critical',
    message: 'What was spent before could not be read: budgets count from zero',
    next: 'See that the database of the ledger runs and can be reached; it is asked again at least once a minute',
  };
  return [
    ...(isBehind ? [behind] : []),
    ...(isWell ? [] : [failing]),
    ...(dropped.full + dropped.rejected > 0 ? [lost] : []),
  ];
}
