/**
 * What has changed, for those who look: subjects only, so that a listener asks again for what it shows. It is looked at
 * from time to time while somebody listens; requests on their way know nothing of it.
 */
import { GatewayError } from '../core/errors.ts';
import type { AdminSources } from './sources.ts';

export const SUBJECTS = ['state', 'requests', 'keys', 'rules'] as const;
export type Subject = (typeof SUBJECTS)[number];

export type ChangeSources = Pick<AdminSources, 'timers' | 'dispatch' | 'ledger' | 'alerts' | 'directory' | 'inForce'>;

/** Often enough to look live, seldom enough to cost nothing. */
const LOOK_MS = 1_000;
/** Some proxies close what is silent for a minute. */
const SILENT_LOOKS = 15;
/** A few operators with a few tabs each; the others poll. */
const MAX_LISTENERS = 20;
/** A listener that takes nothing for so many looks is gone. */
const MAX_STUCK_LOOKS = 60;
const AGAIN_MS = 30_000;

interface Listener {
  controller: ReadableStreamDefaultController<Uint8Array>;
  /** Not told yet: it has not taken what was told before. */
  waiting: Set<Subject>;
  stuckLooks: number;
}

type Marks = Record<Subject, unknown>;

export class Changes {
  readonly #sources: ChangeSources;
  readonly #listeners = new Set<Listener>();
  readonly #utf8 = new TextEncoder();
  #marks: Marks | undefined;
  #silentLooks = 0;
  #callOff: (() => void) | undefined;

  constructor(sources: ChangeSources) {
    this.#sources = sources;
  }

  /** An event stream; it ends when its reader goes. */
  listen(): ReadableStream<Uint8Array> {
    if (this.#listeners.size >= MAX_LISTENERS) {
      const message = `${MAX_LISTENERS} listen already; ask again and again instead`;
      throw new GatewayError('no_candidate', message, { code: 'too_many_listeners', retryAfterMs: AGAIN_MS });
    }
    let listener: Listener | undefined;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        listener = { controller, waiting: new Set(), stuckLooks: 0 };
        this.#listeners.add(listener);
        controller.enqueue(this.#frame(SUBJECTS));
        this.#marks ??= marksOf(this.#sources);
        this.#callOff ??= this.#sources.timers.after(LOOK_MS, () => this.#look());
      },
      cancel: () => listener && this.#drop(listener),
    });
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  #look(): void {
    const marks = marksOf(this.#sources);
    const changed = SUBJECTS.filter((subject) => marks[subject] !== this.#marks?.[subject]);
    this.#marks = marks;
    this.#silentLooks = changed.length > 0 ? 0 : this.#silentLooks + 1;
    for (const listener of this.#listeners) this.#tell(listener, changed);
    if (this.#silentLooks >= SILENT_LOOKS) this.#silentLooks = 0;
    if (this.#listeners.size > 0) this.#callOff = this.#sources.timers.after(LOOK_MS, () => this.#look());
  }

  #tell(listener: Listener, changed: readonly Subject[]): void {
    const { controller, waiting } = listener;
    for (const subject of changed) waiting.add(subject);
    if ((controller.desiredSize ?? 0) <= 0) {
      listener.stuckLooks += 1;
      if (listener.stuckLooks < MAX_STUCK_LOOKS) return;
      this.#drop(listener);
      controller.error(new Error('Nobody reads'));
      return;
    }
    listener.stuckLooks = 0;
    if (waiting.size > 0) controller.enqueue(this.#frame([...waiting]));
    else if (this.#silentLooks >= SILENT_LOOKS) controller.enqueue(this.#utf8.encode(': nothing new\n\n'));
    waiting.clear();
  }

  #frame(subjects: readonly Subject[]): Uint8Array {
    return this.#utf8.encode(`event: changed\ndata: ${JSON.stringify(subjects)}\n\n`);
  }

  #drop(listener: Listener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    this.#callOff?.();
    this.#callOff = undefined;
    this.#marks = undefined;
  }
}

/** What is another thing, or another text, has changed. Room is told in tenths: it never stands still. */
function marksOf({ dispatch, ledger, alerts, directory, inForce }: ChangeSources): Marks {
  const { isEmergency, waiting, deployments } = dispatch();
  const tracks = deployments.map(({ deployment, circuit, obstacle, room }) =>
    [deployment, circuit, obstacle, Math.round(room * 10)].join(' '),
  );
  const firing = (alerts?.firing ?? []).map(({ rule, subject }) => `${rule} ${subject}`);
  return {
    state: JSON.stringify([isEmergency, waiting, tracks, firing, ledger?.isWell(), ledger?.isBehind()]),
    requests: ledger?.state().written,
    keys: directory.directory,
    rules: inForce?.(),
  };
}
