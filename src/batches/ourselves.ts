/**
 * The lines that no provider's batch takes: asked one by one through the gateway, as background work, with all that any
 * request has. A few at the same time; which have begun is written before, what came of them after.
 */
import type { Caller } from '../core/caller.ts';
import { lowest } from '../core/ceilings.ts';
import type { Usage } from '../core/chat.ts';
import { Departure } from '../core/departure.ts';
import { asGatewayError, type ErrorKind, GatewayError } from '../core/errors.ts';
import { parseExactly } from '../core/exact-json.ts';
import { addUsage } from '../answers/usage.ts';
import { answer, type Inbound } from '../gateway/gateway.ts';
import type { ShardEnd } from './endings.ts';
import type { Files } from './files.ts';
import type { Holds } from './holds.ts';
import type { LateResults } from './late-results.ts';
import type { Pauses } from './pauses.ts';
import { answered, refused, requestIdOf, type Result, unanswered, type UnansweredCode } from './results.ts';
import { doorOf, entryOf, type KeptLine, linesOf, ResultWriter, resultsBefore } from './shard-lines.ts';
import type { Batch, BatchPorts, Leg } from './terms.ts';

export interface OwnParts {
  ports: BatchPorts;
  files: Files;
  holds: Holds;
  end: ShardEnd;
  pauses: Pauses;
  late: LateResults;
}

/** Until all of it is over, or the process stops. */
export async function runShard(parts: OwnParts, leg: Leg): Promise<void> {
  const { ports, end, holds } = parts;
  const { batch, shard, caller, save } = leg;
  const why = whyNot(batch, ports);
  if (shard.state === 'planned') {
    if (why) return end.unanswered(leg, why);
    if (!caller) return end.refused(leg, keyIsGone());
    shard.state = 'running';
    await save();
  }
  holds.release(batch, shard); // From here on each line holds its own.
  const isOver = await runLines(parts, leg);
  if (!isOver) return;
  shard.state = 'done';
  shard.atMs = ports.clock.now();
  await save();
}

function keyIsGone(): GatewayError {
  return new GatewayError('unauthenticated', 'The key of this batch is no longer valid');
}

/** False: the process stops. */
async function runLines(parts: OwnParts, leg: Leg): Promise<boolean> {
  const { ports, files, pauses, late } = parts;
  const { batch, shard, save } = leg;
  const known = late.of(batch, shard);
  const { before, numbers } = await resultsBefore(batch, shard, ports);
  const writer = new ResultWriter(batch, shard, files, before);
  let place = 0;
  let block: KeptLine[] = [];
  const flush = async () => {
    await writer.flush();
    late.forget(batch, shard);
  };
  /** False: some of it is left for whoever comes next. */
  const runBlock = async (): Promise<boolean> => {
    const begunBefore = shard.begun;
    await flush(); // While the store takes nothing, nothing is run.
    if (!whyNot(batch, ports)) {
      shard.begun = place;
      await save();
    }
    const why = whyNot(batch, ports); // The client may have cancelled it, as was seen only now.
    const results = why
      ? block.map((line) => unanswered({ ...line, batch }, why))
      : await Promise.all(block.map((line) => runLine(parts, leg, line)));
    late.keep(batch, shard, new Map(block.map(({ number }, index) => [number, results[index]])));
    for (const result of results) if (result) await writer.add(result);
    await flush();
    if (results.includes(undefined)) {
      shard.begun = begunBefore;
      await save();
      return false;
    }
    shard.over = place;
    block = [];
    return true;
  };
  for await (const line of linesOf(batch, shard, ports)) {
    place++;
    if (numbers.has(line.number)) continue;
    if (place <= shard.begun)
      await writer.add(known.get(line.number) ?? unanswered({ ...line, batch }, 'batch_interrupted'));
    else block.push(line);
    if (block.length < ports.rules.concurrency) continue;
    if (pauses.isOver || !(await runBlock())) return false;
  }
  if (block.length > 0 && (pauses.isOver || !(await runBlock()))) return false;
  await flush();
  return true;
}

function whyNot(batch: Batch, { clock }: BatchPorts): UnansweredCode | undefined {
  if (batch.status === 'cancelling') return 'batch_cancelled';
  return clock.now() >= batch.dueAtMs ? 'batch_expired' : undefined;
}

/** Refusals after which the line may come again: nobody has begun with it. */
const NOT_BEGUN: ReadonlySet<ErrorKind> = new Set([
  'limited',
  'capacity',
  'no_candidate',
  'circuit_open',
  'rate',
  'ramp',
  'overload',
  'warming',
]);
const MAX_TRIES = 10;
const USUAL_WAIT_MS = 5_000;
const MAX_WAIT_MS = 60_000;

/** Undefined: it has not begun, and the process stops. */
async function runLine(
  { ports, pauses }: OwnParts,
  { batch, shard }: Leg,
  line: KeptLine,
): Promise<Result | undefined> {
  const door = doorOf(batch, ports);
  const who = { ...line, batch };
  for (let tries = 1; ; tries++) {
    const caller = ports.callerOf(batch.caller); // As it is by now: a batch takes hours.
    if (!caller) return refused(who, keyIsGone(), door);
    try {
      const reply = await answer(ports.gateway, inboundOf(ports, { batch, caller, line, tries }));
      shard.usage = addUsage(shard.usage, usageIn(reply));
      return answered(who, JSON.stringify(parseExactly(reply.body))); // On one line, whatever the provider's looks like.
    } catch (cause) {
      const failure = asGatewayError(cause);
      const mayComeAgain = NOT_BEGUN.has(failure.kind) && tries < MAX_TRIES && !whyNot(batch, ports);
      if (!mayComeAgain) return refused(who, failure, door);
      if (pauses.isOver) return undefined;
      await pauses.pause(Math.min(failure.retryAfterMs ?? USUAL_WAIT_MS, MAX_WAIT_MS));
    }
  }
}

function usageIn(reply: Awaited<ReturnType<typeof answer>>): Usage | undefined {
  return reply.candidate ? reply.facts.usage : undefined;
}

interface Asking {
  batch: Batch;
  caller: Caller;
  line: KeptLine;
  tries: number;
}

function inboundOf(ports: BatchPorts, { batch, caller, line, tries }: Asking): Inbound {
  const entry = entryOf(line, doorOf(batch, ports), ports);
  const requestId = requestIdOf(batch, line.number);
  return {
    ...entry,
    caller,
    key: caller.name,
    // A refusal has a row of its own in the ledger, and no two have one name.
    requestId: tries === 1 ? requestId : `${requestId}.${tries}`,
    strict: batch.strict,
    priority: 'background',
    deadlineMs: undefined,
    ceilings: lowest(caller.ceilings, entry.ceilings ?? {}),
    header: () => undefined,
    client: new Departure(),
    background: () => {}, // Whatever it is goes on by itself.
    attempts: [],
    told: {},
  };
}
