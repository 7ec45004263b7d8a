/**
 * Responses that run on when their client has gone (`background: true`), here and nowhere else. It is said in the store
 * again and again that they run: when nobody has said so for a minute, whoever ran them is gone and they have failed.
 */
import { Departure } from '../../core/departure.ts';
import { asGatewayError, GatewayError } from '../../core/errors.ts';
import type { Timers } from '../../core/ports.ts';
import type { Kept, Recording, ResponseObject } from '../../doors/responses/stored.ts';
import type { Inbound } from '../../gateway/gateway.ts';
import { type Archive, get, keep } from './archive.ts';
import { BEAT_MS, headOf, isLost, isRunning, textOf } from './head.ts';

/** At the same time. */
const MAX_RUNS = 1_000;
/** Between tries to write down an answer that is there. */
const RETRY_MS = [1_000, 5_000, 20_000];

const STOPPED = new GatewayError('no_candidate', 'The router was stopped while this ran; ask again');

export interface Commission {
  owner: string;
  id: string;
  inbound: Inbound;
  recording: Recording;
  /** Keeps it going on Workers, as long as they let it. */
  background: (work: Promise<void>) => void;
}

interface Run extends Commission {
  client: Departure;
  createdSeconds: number;
  /** Its head, as it is stored. */
  headText: string;
  over: Promise<void>;
}

type Answering = Promise<{ body: string }>;

export interface RunParts {
  archive: Archive;
  answer: (inbound: Inbound) => Answering;
  timers: Timers;
  /** Must not throw. */
  onLost: (error: GatewayError, requestId: string) => void;
}

export class BackgroundRuns {
  readonly #parts: RunParts;
  readonly #runs = new Map<string, Run>();
  #isStopping = false;

  constructor(parts: RunParts) {
    this.#parts = parts;
  }

  /** Nothing is begun that could not be found again: throws where the store does, and what is refused at once. */
  async start(commission: Commission): Promise<ResponseObject> {
    const { owner, id, inbound, recording, background } = commission;
    const { archive, answer } = this.#parts;
    if (this.#isFull()) {
      const message = `${MAX_RUNS} responses run in the background already; come back in a moment`;
      throw new GatewayError('capacity', message, { retryAfterMs: 5_000 });
    }
    const createdSeconds = Math.floor(archive.clock.now() / 1_000);
    const kept = inBackground(recording.standing({ status: 'queued', createdSeconds }), id);
    const headText = await keep(archive, owner, kept);
    const client = new Departure();
    const answering = answer({ ...inbound, client });
    const refusal = await this.#refusalOf(answering);
    if (refusal) {
      await archive.objects.delete(owner, id).catch(() => false); // Nobody knows its id; it will expire.
      throw refusal;
    }
    const run: Run = { ...commission, client, createdSeconds, headText, over: Promise.resolve() };
    this.#runs.set(keyOf(owner, id), run);
    run.over = this.#carryOut(run, answering);
    background(run.over);
    return kept.response;
  }

  /** Says what has become of it: too late is no mistake. */
  async cancel(owner: string, id: string): Promise<ResponseObject> {
    for (;;) {
      const { kept, head, headText } = await get(this.#parts.archive, owner, id);
      if (!head.background) throw new GatewayError('invalid_request', 'Cannot cancel a synchronous response.');
      if (!isRunning(kept.response.status) || !isRunning(head.status)) return kept.response; // Or it is being filed.
      const cancelled = textOf({ ...head, status: 'cancelled' });
      if (!(await this.#parts.archive.objects.setHead(owner, id, headText, cancelled))) continue; // It has gone on.
      this.forget(owner, id);
      return { ...kept.response, status: 'cancelled' };
    }
  }

  /** It was deleted or cancelled: if it runs here, it need not. */
  forget(owner: string, id: string): void {
    this.#runs.get(keyOf(owner, id))?.client.leave();
  }

  /** For the end of the process: what still runs has failed, and says so. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const runs = [...this.#runs.values()];
    for (const { client } of runs) client.leave();
    await Promise.all(runs.map(({ over }) => over));
  }

  /** Workers cut off what runs too long behind an answer, and nothing is told of it: those make room. */
  #isFull(): boolean {
    if (this.#runs.size < MAX_RUNS) return false;
    const nowMs = this.#parts.archive.clock.now();
    for (const [key, { headText }] of this.#runs) if (isLost(headOf(headText), nowMs)) this.#runs.delete(key);
    return this.#runs.size >= MAX_RUNS;
  }

  /** What the router itself refuses, it refuses before it waits for anybody. */
  #refusalOf(answering: Answering): Promise<GatewayError | undefined> {
    const soon = new Promise<undefined>((resolve) => void this.#parts.timers.after(0, () => resolve(undefined)));
    return Promise.race([answering.then(() => undefined, asGatewayError), soon]);
  }

  async #carryOut(run: Run, answering: Answering): Promise<void> {
    const beating = this.#beat(run);
    try {
      const kept = await this.#answered(run, answering);
      await beating();
      await this.#file(run, kept);
    } catch (cause) {
      this.#parts.onLost(asGatewayError(cause), run.inbound.requestId);
    }
    this.#runs.delete(keyOf(run.owner, run.id));
  }

  async #answered(run: Run, answering: Answering): Promise<Kept> {
    try {
      const { body } = await answering;
      return run.recording.kept(body) ?? failedBy(run, new GatewayError('internal', 'The answer could not be kept'));
    } catch (cause) {
      return failedBy(run, this.#isStopping ? STOPPED : asGatewayError(cause));
    }
  }

  /** Again and again until it is called off; that waits for the one that is under way. */
  #beat(run: Run): () => Promise<void> {
    const { timers, archive } = this.#parts;
    let last = Promise.resolve();
    let stop = () => {};
    let isOver = false;
    const once = async () => {
      const text = textOf({ status: 'in_progress', background: true, aliveAtMs: archive.clock.now() });
      const isWanted = await this.#setHead(run, text).catch(() => true); // The store will be back.
      if (!isWanted) run.client.leave();
      else if (!isOver) stop = timers.after(BEAT_MS, again);
    };
    const again = () => void (last = once());
    again();
    return async () => {
      isOver = true;
      stop();
      await last;
    };
  }

  /** False where somebody has cancelled or deleted it. */
  async #setHead(run: Run, text: string): Promise<boolean> {
    const { objects, clock } = this.#parts.archive;
    const set = () => objects.setHead(run.owner, run.id, run.headText, text);
    if (!(await set())) {
      // An answer of the store that was lost on its way looks like somebody else's hand.
      const there = await objects.get(run.owner, run.id, clock.now());
      if (!there || headOf(there.head).status === 'cancelled') return false;
      run.headText = there.head;
      if (there.head !== text && !(await set())) return false;
    }
    run.headText = text;
    return true;
  }

  async #file(run: Run, kept: Kept): Promise<void> {
    for (const waitMs of RETRY_MS) {
      try {
        return await this.#fileOnce(run, kept);
      } catch (cause) {
        const error = asGatewayError(cause);
        if (error.kind === 'request_too_large') return this.#fileOnce(run, failedBy(run, error));
        await new Promise<void>((resolve) => void this.#parts.timers.after(waitMs, resolve));
      }
    }
    return this.#fileOnce(run, kept);
  }

  async #fileOnce(run: Run, kept: Kept): Promise<void> {
    const { archive } = this.#parts;
    const { response } = kept;
    const text = textOf({ status: response.status, background: true, aliveAtMs: archive.clock.now() });
    if (await this.#setHead(run, text)) run.headText = await keep(archive, run.owner, inBackground(kept, run.id));
  }
}

function failedBy({ recording, createdSeconds }: Run, error: GatewayError): Kept {
  return recording.standing({ status: 'failed', createdSeconds, error });
}

/** A provider whose bytes passed knows neither that it ran in the background nor its id here. */
function inBackground(kept: Kept, id: string): Kept {
  return { ...kept, response: { ...kept.response, id, background: true } };
}

function keyOf(owner: string, id: string): string {
  return `${owner}\0${id}`;
}
