/** OpenAI's batches in front of whatever answers them: `plan` → the shards go their ways → `finalize`. */
import { type Caller, forbiddenDoor, mayEnter } from '../core/caller.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import { ownerOf, type StoredObject } from '../core/objects.ts';
import { type BatchObject, enterStatus, isOver } from './batch-object.ts';
import { askToCancel, Claim, newObject, OPEN, toldIn, type Worker } from './claim.ts';
import { ShardEnd } from './endings.ts';
import { Files, notFound } from './files.ts';
import { deleteLines, finalize } from './finalize.ts';
import { Holds } from './holds.ts';
import { LateResults } from './late-results.ts';
import { batchOf, type NewBatch } from './new-batch.ts';
import { type OwnParts, runShard } from './ourselves.ts';
import { Pauses } from './pauses.ts';
import { plan, wrongFile } from './planning.ts';
import type { BatchPorts, Leg, Shard } from './terms.ts';
import { Turns } from './turns.ts';
import { stepUpstream } from './upstream.ts';

/** Batches that one process works on at the same time, and those that wait for their turn. */
const MAX_RUNNING = 8;
const MAX_WAITING = 1_000;
/** Workers cut off what runs too long behind an answer, and nothing is told of it: who has been silent for so long is gone. */
const LOST_MS = 60_000;

interface Work {
  over: Promise<void>;
  /** What it holds of the turns. */
  handOn: () => void;
  /** Infinity where it waits for its turn. */
  lostAtMs: number;
}

export class Batches {
  readonly files: Files;
  readonly #ports: BatchPorts;
  readonly #parts: OwnParts;
  readonly #running = new Map<string, Work>();
  readonly #turns = new Turns(MAX_RUNNING, MAX_WAITING);

  constructor(ports: BatchPorts) {
    const files = new Files(ports);
    const holds = new Holds(ports.gateway);
    const end = new ShardEnd(ports, files, holds);
    this.files = files;
    this.#ports = ports;
    this.#parts = { ports, files, holds, end, pauses: new Pauses(ports.timers), late: new LateResults() };
  }

  /** Throws for what can be said before its file is read. */
  async create(caller: Caller, wanted: NewBatch): Promise<BatchObject> {
    const { store, clock, rules, newId, doors } = this.#ports;
    const { inputFileId, endpoint } = wanted;
    const door = doors.get(endpoint);
    if (!door) throw wrong('endpoint', `must be one of ${[...doors.keys()].join(', ')}`);
    if (!mayEnter(caller, door.name)) throw forbiddenDoor(caller, door.name);
    const owner = ownerOf(caller);
    const { purpose } = await this.files.get(owner, inputFileId, 'input_file_id');
    if (purpose !== 'batch') throw wrong('input_file_id', 'must be a file whose purpose is "batch"');
    await this.#refuseTooMany(owner);
    const batch = batchOf(caller, wanted, { rules, nowMs: clock.now(), id: newId('batch_', 24) });
    const object = newObject(batch);
    await store.put(object);
    return toldIn(object.head);
  }

  /** As it is known; what there is to do for it begins when somebody calls `work`. */
  async get(owner: string, id: string): Promise<BatchObject> {
    return toldIn((await this.#found(owner, id)).head);
  }

  async list(
    owner: string,
    page: { limit: number; after: string | undefined },
  ): Promise<{ data: BatchObject[]; hasMore: boolean }> {
    const { store, clock } = this.#ports;
    const wanted = { order: 'desc', limit: page.limit + 1, after: page.after } as const;
    const found = await store.list(owner, 'batch', wanted, clock.now());
    return { data: found.slice(0, page.limit).map(({ head }) => toldIn(head)), hasMore: found.length > page.limit };
  }

  async cancel(owner: string, id: string): Promise<BatchObject> {
    const found = await this.#found(owner, id);
    const told = await askToCancel(this.#ports, found, this.#ports.clock.now());
    if (told) return told;
    const { status } = toldIn(found.head);
    const message = `Cannot cancel a batch with status '${status}'.`;
    throw new GatewayError('invalid_request', message, { status: 409, code: 'batch_over' });
  }

  /** Does for it what can be done now, unless somebody is at it. Never rejects. */
  work(owner: string, id: string): Promise<void> {
    this.#forgetLost();
    const key = `${owner}\n${id}`;
    const running = this.#running.get(key);
    if (running) return running.over;
    const work: Work = { over: Promise.resolve(), handOn: () => {}, lostAtMs: Infinity };
    this.#running.set(key, work);
    work.over = this.#work(owner, id, work).finally(() => {
      if (this.#running.get(key) === work) this.#running.delete(key);
    });
    return work.over;
  }

  /** All that are open, whoever's they are. Never rejects. */
  async workOnAll(): Promise<void> {
    const { store, clock, onTrouble } = this.#ports;
    try {
      const search = (most: number) => store.search('batch', OPEN, most, clock.now());
      const open = await this.#parts.holds.searchOpen(search, MAX_WAITING);
      await Promise.all(open.map(({ owner, id }) => this.work(owner, id)));
    } catch (cause) {
      onTrouble('', cause);
    }
  }

  /** For a server: looks again and again. Returns how to stop it: what runs is let to its end. */
  follow(): () => Promise<void> {
    const { timers, rules } = this.#ports;
    let callOff = () => {};
    const wait = () => {
      callOff = timers.after(rules.pollMs, () => {
        void this.workOnAll();
        if (!this.#parts.pauses.isOver) wait();
      });
    };
    void this.workOnAll();
    wait();
    return async () => {
      this.#parts.pauses.end();
      callOff();
      await Promise.all([...this.#running.values()].map(({ over }) => over));
    };
  }

  /** One turn after the other, so that nobody's large batch holds up all others. */
  async #work(owner: string, id: string, work: Work): Promise<void> {
    const { clock, newId, onTrouble } = this.#ports;
    const onAlive = () => void (work.lostAtMs = clock.now() + LOST_MS);
    // Each its own: one that was taken for lost, and was not, learns that it has lost the claim.
    const worker = { by: newId('worker_', 16), onAlive };
    const begun = (handOn: () => void) => {
      work.handOn = handOn;
      onAlive();
    };
    let isMore = true;
    while (isMore && !this.#parts.pauses.isOver) {
      if (!(await this.#turns.take(begun))) return;
      isMore = await this.#turn(owner, id, worker).catch((cause: unknown) => {
        onTrouble(id, cause);
        return false;
      });
      work.lostAtMs = Infinity;
      work.handOn();
    }
  }

  #forgetLost(): void {
    const nowMs = this.#ports.clock.now();
    for (const [key, { lostAtMs, handOn }] of this.#running) {
      if (nowMs < lostAtMs) continue;
      this.#running.delete(key);
      handOn();
    }
  }

  /** Whether there is more that can be done at once. */
  async #turn(owner: string, id: string, worker: Worker): Promise<boolean> {
    const claim = await Claim.on(this.#ports, owner, id, worker);
    if (!claim) return false;
    try {
      await this.#advance(claim);
      const { batch } = claim;
      return !isOver(batch) && batch.shards.some(({ way, state }) => way === 'ourselves' && state !== 'done');
    } finally {
      await claim.release();
    }
  }

  async #advance(claim: Claim): Promise<void> {
    const { batch } = claim;
    const { clock } = this.#ports;
    const caller = this.#ports.callerOf(batch.caller);
    if (batch.status === 'validating') await this.#begin(claim, caller);
    if (batch.status === 'cancelling' && batch.sinceMs.in_progress === undefined) batch.shards = [];
    if (batch.status === 'in_progress' || batch.status === 'cancelling') await this.#shards(claim, caller);
    const isDone = batch.shards.every(({ state }) => state === 'done');
    if (isOver(batch) || !isDone) return;
    if (batch.status === 'in_progress') enterStatus(batch, 'finalizing', clock.now());
    await claim.save();
    await finalize(batch, this.#ports, this.files);
    await claim.save();
  }

  /** Whatever is wrong with the file is the batch's end. */
  async #begin(claim: Claim, caller: Caller | undefined): Promise<void> {
    const { batch } = claim;
    const { clock } = this.#ports;
    try {
      if (!caller) throw new GatewayError('unauthenticated', 'The key of this batch is no longer valid');
      batch.errors = await plan(batch, caller, this.#ports, this.files);
      if (batch.errors.length === 0) this.#parts.holds.takeAll(batch, caller);
    } catch (cause) {
      const { message, code, kind } = asGatewayError(cause);
      if (kind === 'internal' || code === 'store_unavailable') throw cause; // Not the file's fault: again, later.
      batch.errors = [wrongFile(message, null, code)];
    }
    enterStatus(batch, batch.errors.length > 0 ? 'failed' : 'in_progress', clock.now());
    await claim.save();
    if (batch.errors.length > 0) await deleteLines(batch, this.#ports);
  }

  /** Those at providers, and one of those that we run ourselves. */
  async #shards(claim: Claim, caller: Caller | undefined): Promise<void> {
    const { batch } = claim;
    const { holds, pauses } = this.#parts;
    const open = batch.shards.filter(({ state }) => state !== 'done');
    const legOf = (shard: Shard): Leg => ({ batch, shard, caller, save: () => claim.save() });
    for (const shard of open.filter(({ way }) => way === 'upstream')) {
      if (pauses.isOver) return;
      if (shard.state !== 'planned' && caller) holds.takeAgain(batch, shard, caller);
      await stepUpstream(this.#parts, legOf(shard));
    }
    const own = open.find(({ way }) => way === 'ourselves');
    if (own && !pauses.isOver) await runShard(this.#parts, legOf(own));
  }

  async #found(owner: string, id: string): Promise<StoredObject> {
    const found = await this.#ports.store.get(owner, id, this.#ports.clock.now());
    if (found?.kind === 'batch') return found;
    throw notFound('Batch', id, 'batch_id');
  }

  async #refuseTooMany(owner: string): Promise<void> {
    const { store, clock, rules } = this.#ports;
    const latest = await store.list(owner, 'batch', { order: 'desc', limit: 500, after: undefined }, clock.now());
    const open = latest.filter(({ head }) => !isOver(toldIn(head))).length;
    if (open < rules.maxOpen) return;
    const message = `You have ${open} batches that are not over; at most ${rules.maxOpen} may be`;
    throw new GatewayError('limited', message, { code: 'batch_limit_exceeded', retryAfterMs: 60_000 });
  }
}

function wrong(param: string, what: string): GatewayError {
  return new GatewayError('invalid_request', `${param}: ${what}`, { param });
}
