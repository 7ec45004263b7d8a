import type { WriterState } from '../../books/ledger/writer.ts';
import { Health } from '../answers/state.ts';
import { attentionOf } from '../attention.ts';
import { endpoint, json } from '../endpoint.ts';
import type { AdminSources, DeploymentReading } from '../sources.ts';
import { isoOf } from '../span.ts';
import { freshen } from '../stores.ts';

export const healthEndpoints = [
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/health',
      summary: 'Whether the line is clear: providers, circuits, queue, stores, and what needs attention',
      answer: { status: 200, schema: Health },
    },
    async ({ sources, nowMs }) => json(await healthOf(sources, nowMs)),
  ),
];

async function healthOf(sources: AdminSources, nowMs: number): Promise<object> {
  const { about, ledger } = sources;
  const isFresh = await freshen(sources);
  const { directory, isComplete } = sources.directory;
  const { keys, tenants, problems } = directory;
  const dispatch = sources.dispatch();
  const book = ledger && { state: ledger.state(), isWell: ledger.isWell(), isBehind: ledger.isBehind() };
  return {
    at: isoOf(nowMs),
    version: about.version,
    source: about.source,
    startedAt: isoOf(about.startedAtMs),
    practice: about.practice,
    attention: attentionOf({ ...dispatch, isFresh, isComplete, problems, ledger: book }),
    emergency: dispatch.isEmergency,
    waiting: dispatch.waiting,
    keys: { fresh: isFresh, complete: isComplete, keys: keys.size, tenants: tenants.size },
    ledger: book ? { state: book.isWell ? 'ok' : 'failing', spentRead: !book.isBehind, ...book.state } : NO_LEDGER,
    deployments: dispatch.deployments.map(deploymentOf),
  };
}

const NOTHING: WriterState = { waiting: 0, written: 0, dropped: { full: 0, rejected: 0 }, failures: 0 };
const NO_LEDGER = { state: 'none', spentRead: true, ...NOTHING };

function deploymentOf({ lastCallAtMs, ...reading }: DeploymentReading): object {
  return { ...reading, lastCallAt: lastCallAtMs === undefined ? undefined : isoOf(lastCallAtMs) };
}
