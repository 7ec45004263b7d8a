/**
 * Who works on a batch: one at a time, whatever processes share the store. The claim is in the object's head, and every
 * write is a swap of the head, so that whoever has lost the claim learns it before it does anything more. All the rest
 * is an object of its own: to write it touches nothing that a client may have written in the head meanwhile.
 */
import { GatewayError } from '../core/errors.ts';
import type { StoredObject } from '../core/objects.ts';
import { type BatchObject, enterStatus, isOver, toObject } from './batch-object.ts';
import { readPart, shelfOwner } from './parts.ts';
import type { Batch, BatchPorts } from './terms.ts';

const CLAIM_MS = 30_000;
const RENEW_MS = 10_000;

/** What a batch's head holds beside what clients see. */
interface Head {
  told: BatchObject;
  /** Searched for: work that goes on. */
  open: boolean;
  /** Counts writes, so that no two heads are the same. */
  write: number;
  claim?: { by: string; untilMs: number } | undefined;
  /** The client wants it cancelled. */
  cancelAtMs?: number | undefined;
}

/** As the search for batches that are not over needs it. */
export const OPEN = '"open":true';

export function toldIn(head: string): BatchObject {
  return headOf(head).told;
}

/** New, and nobody's yet. */
export function newObject(batch: Batch): StoredObject {
  const { owner, id, createdAtMs, expiresAtMs } = batch;
  const head = JSON.stringify({ told: toObject(batch), open: true, write: 0 } satisfies Head);
  return { owner, id, kind: 'batch', createdAtMs, expiresAtMs, head, body: JSON.stringify(batch) };
}

/** What the client sees from now on; undefined where it is over. Whoever works on it finds it in the head. */
export async function askToCancel(
  { store }: BatchPorts,
  found: StoredObject,
  nowMs: number,
): Promise<BatchObject | undefined> {
  const head = headOf(found.head);
  const { told, cancelAtMs } = head;
  if (isOver(told) || told.status === 'finalizing') return undefined;
  if (cancelAtMs !== undefined) return told;
  const cancelling = { ...told, status: 'cancelling' as const, cancelling_at: Math.floor(nowMs / 1_000) };
  const is = JSON.stringify({ ...head, told: cancelling, write: head.write + 1, cancelAtMs: nowMs } satisfies Head);
  if (await store.setHead(found.owner, found.id, found.head, is)) return cancelling;
  const again = await store.get(found.owner, found.id, nowMs);
  return again && askToCancel({ store } as BatchPorts, again, nowMs);
}

export interface Worker {
  /** By which others know it. */
  by: string;
  /** At every write, and so at least every ten seconds. */
  onAlive: () => void;
}

export class Claim {
  readonly batch: Batch;
  readonly #ports: BatchPorts;
  readonly #worker: Worker;
  #head: string;
  /** Writes go one after the other. */
  #last: Promise<void> = Promise.resolve();
  #callOff: () => void = () => {};

  private constructor(ports: BatchPorts, batch: Batch, { head, worker }: { head: string; worker: Worker }) {
    this.#ports = ports;
    this.batch = batch;
    this.#head = head;
    this.#worker = worker;
  }

  /** Undefined: it is over, gone, or somebody else's. */
  static async on(ports: BatchPorts, owner: string, id: string, worker: Worker): Promise<Claim | undefined> {
    const nowMs = ports.clock.now();
    const found = await ports.store.get(owner, id, nowMs);
    if (found?.kind !== 'batch') return undefined;
    const head = headOf(found.head);
    const isTaken = head.claim !== undefined && head.claim.by !== worker.by && head.claim.untilMs > nowMs;
    if (!head.open || isTaken) return undefined;
    const body = (await readPart(ports.store, owner, id, nowMs)) ?? found.body; // As it began.
    const claim = new Claim(ports, JSON.parse(body) as Batch, { head: found.head, worker });
    const next = claim.#next(head, true);
    if (!(await ports.store.setHead(owner, id, found.head, next))) return undefined;
    claim.#head = next;
    claim.#keepOn();
    return claim;
  }

  /** Throws where the batch is somebody else's by now. */
  save(): Promise<void> {
    return this.#afterOthers(async () => {
      await this.#swap(true);
      await this.#ports.store.put(stateOf(this.batch));
    });
  }

  /** Others may go on with it. */
  async release(): Promise<void> {
    this.#callOff();
    await this.#afterOthers(() => this.#swap(false)).catch(() => {}); // Lost already.
  }

  #keepOn(): void {
    this.#callOff = this.#ports.timers.after(RENEW_MS, () => {
      this.#afterOthers(() => this.#swap(true)).then(
        () => this.#keepOn(),
        () => {}, // The next write tells who works.
      );
    });
  }

  #afterOthers(write: () => Promise<void>): Promise<void> {
    const done = this.#last.then(write);
    this.#last = done.catch(() => {});
    return done;
  }

  async #swap(isHeld: boolean): Promise<void> {
    const { store, clock } = this.#ports;
    const { owner, id } = this.batch;
    for (let was: string | undefined = this.#head; was !== undefined; was = await this.#stillOurs()) {
      const next = this.#next(headOf(was), isHeld);
      if (!(await store.setHead(owner, id, was, next))) continue;
      this.#head = next;
      this.#worker.onAlive();
      return;
    }
    throw new GatewayError('internal', `The batch ${id} is somebody else's at ${clock.now()}`);
  }

  /** A client may have asked to cancel it. */
  async #stillOurs(): Promise<string | undefined> {
    const { owner, id } = this.batch;
    const found = await this.#ports.store.get(owner, id, this.#ports.clock.now());
    return found && headOf(found.head).claim?.by === this.#worker.by ? found.head : undefined;
  }

  #next({ write, cancelAtMs }: Head, isHeld: boolean): string {
    const { batch } = this;
    const mayBeCancelled = batch.status === 'validating' || batch.status === 'in_progress';
    if (cancelAtMs !== undefined && mayBeCancelled) enterStatus(batch, 'cancelling', cancelAtMs);
    const claim = isHeld ? { by: this.#worker.by, untilMs: this.#ports.clock.now() + CLAIM_MS } : undefined;
    const head: Head = { told: toObject(batch), open: !isOver(batch), write: write + 1, claim, cancelAtMs };
    return JSON.stringify(head);
  }
}

function stateOf(batch: Batch): StoredObject {
  const { owner, id, createdAtMs, expiresAtMs } = batch;
  const times = { createdAtMs, expiresAtMs };
  return { owner: shelfOwner(owner), id, kind: 'file', ...times, head: '{}', body: JSON.stringify(batch) };
}

function headOf(head: string): Head {
  return JSON.parse(head) as Head; // Written above.
}
