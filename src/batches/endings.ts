/** How a shard ends: every line of it gets a result, the ledger its rows, the budgets what was used. */
import type { BatchAnswer } from '../core/batch.ts';
import type { Usage } from '../core/chat.ts';
import type { GatewayError } from '../core/errors.ts';
import { addUsage } from '../answers/usage.ts';
import { costUsd } from '../routing/cost.ts';
import type { Upstream } from './calls.ts';
import type { Files } from './files.ts';
import type { Holds } from './holds.ts';
import { factOfLine } from './ledger-facts.ts';
import { inBatch } from './price.ts';
import { type Read, readAnswer } from './reading.ts';
import { answered, refused, requestIdOf, type Result, unanswered, type UnansweredCode } from './results.ts';
import { doorOf, entryOf, type KeptLine, linesOf, ResultWriter } from './shard-lines.ts';
import type { Batch, BatchPorts, Leg, Shard } from './terms.ts';

export class ShardEnd {
  readonly #ports: BatchPorts;
  readonly #files: Files;
  readonly #holds: Holds;

  constructor(ports: BatchPorts, files: Files, holds: Holds) {
    this.#ports = ports;
    this.#files = files;
    this.#holds = holds;
  }

  /** None of its lines was executed, or nobody knows. */
  async unanswered(leg: Leg, code: UnansweredCode): Promise<void> {
    await this.#write(leg, (line) => unanswered({ ...line, batch: leg.batch }, code));
    const mayBeBilled = leg.shard.state === 'sending' || leg.shard.state === 'sent';
    if (mayBeBilled && leg.caller) this.#holds.settle(leg.batch, leg.shard, leg.caller, undefined);
    else this.#holds.release(leg.batch, leg.shard);
    await this.#done(leg);
  }

  /** All of its lines, by the provider or by us. */
  async refused(leg: Leg, failure: GatewayError): Promise<void> {
    const door = doorOf(leg.batch, this.#ports);
    await this.#write(leg, (line) => refused({ ...line, batch: leg.batch }, failure, door));
    this.#holds.release(leg.batch, leg.shard);
    await this.#done(leg);
  }

  /** By a batch that has ended: each line its own answer. Later, where the ledger has no room for its rows. */
  async answered(leg: Leg, upstream: Upstream, answers: ReadonlyMap<string, BatchAnswer>): Promise<void> {
    const { batch, shard, caller } = leg;
    const { gateway, booked } = this.#ports;
    if (!(await booked())) return;
    const bill = new Bill();
    const door = doorOf(batch, this.#ports);
    await this.#write(leg, (line) => {
      const answer = answers.get(String(line.number));
      if (!answer || (answer.kind !== 'answer' && answer.kind !== 'refusal')) {
        return unanswered({ ...line, batch }, this.#whyNot(batch, answer));
      }
      const read = this.#read(line, batch, { answer, upstream });
      const ended = this.#booked({ line, read }, { batch, shard, upstream });
      bill.add(ended);
      gateway.recorder.record(ended.fact);
      if (read.kind === 'refusal') return refused({ ...line, batch }, read.failure, door);
      return answered({ ...line, batch }, read.body);
    });
    shard.usage = bill.usage;
    this.#holds.settle(batch, shard, caller ?? batch.caller, bill.actual);
    await this.#done(leg);
    await booked(); // On Workers nobody else may come to write them down.
  }

  #read(
    line: KeptLine,
    batch: Batch,
    { answer, upstream }: { answer: BatchAnswer & { kind: 'answer' | 'refusal' }; upstream: Upstream },
  ): Read {
    const { newId, clock } = this.#ports;
    const createdSeconds = Math.floor(clock.now() / 1_000);
    const entry = entryOf(line, doorOf(batch, this.#ports), this.#ports);
    return readAnswer(entry, answer, { ...upstream, newId, createdSeconds });
  }

  #booked({ line, read }: { line: KeptLine; read: Read }, where: { batch: Batch; shard: Shard; upstream: Upstream }) {
    const { batch, shard, upstream } = where;
    const deployment = inBatch(upstream.deployment, upstream.api.priceFactor);
    const usage = read.kind === 'answer' ? read.usage : undefined;
    const cost = usage && deployment.price && costUsd(usage, deployment.price);
    const fact = factOfLine(this.#ports.gateway, batch, shard, {
      requestId: requestIdOf(batch, line.number),
      deployment,
      facts: read.kind === 'answer' ? read.facts : undefined,
      usage,
      costUsd: cost,
      failure: read.kind === 'refusal' ? read.failure : undefined,
    });
    return { usage, costUsd: cost, fact };
  }

  #whyNot(batch: Batch, answer: BatchAnswer | undefined): UnansweredCode {
    if (answer?.kind === 'expired') return 'batch_expired';
    if (batch.status === 'cancelling') return 'batch_cancelled';
    if (this.#ports.clock.now() >= batch.dueAtMs) return 'batch_expired';
    return answer?.kind === 'cancelled' ? 'batch_cancelled' : 'batch_unanswered';
  }

  async #write({ batch, shard }: Leg, resultOf: (line: KeptLine) => Result): Promise<void> {
    const writer = new ResultWriter(batch, shard, this.#files);
    for await (const line of linesOf(batch, shard, this.#ports)) await writer.add(resultOf(line));
    await writer.flush();
  }

  async #done({ shard, save }: Leg): Promise<void> {
    shard.state = 'done';
    shard.atMs = this.#ports.clock.now();
    await save();
  }
}

/** What the lines of a shard have used together. */
class Bill {
  usage: Usage | undefined;
  #costUsd = 0;
  #isKnown = true;

  add({ usage, costUsd }: { usage: Usage | undefined; costUsd: number | undefined }): void {
    if (!usage) return;
    this.usage = addUsage(this.usage, usage);
    if (costUsd === undefined) this.#isKnown = false;
    else this.#costUsd += costUsd;
  }

  get actual() {
    const { prompt_tokens: inputTokens = 0, completion_tokens: outputTokens = 0 } = this.usage ?? {};
    return { requests: 0, inputTokens, outputTokens, costUsd: this.#isKnown ? this.#costUsd : undefined };
  }
}
