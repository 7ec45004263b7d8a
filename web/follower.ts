/** When to ask again: one question at a time, none while the page is hidden, fewer while nobody answers or changes are told. */
import { Refusal } from './api.ts';
import { listen, type Subject } from './live.ts';

export interface Following<T> {
  /** Undefined: once. */
  everyMs: number | undefined;
  on: readonly Subject[];
  liveMs: number;
  read: (signal: AbortSignal) => Promise<T>;
  onLive: (isLive: boolean) => void;
  onData: (data: T) => void;
  onProblem: (problem: Refusal) => void;
}

const LONGEST_WAIT_MS = 30_000;
/** What nobody tells changes, too: an hour goes by. */
const LIVE_EVERY_MS = 60_000;

export class Follower<T> {
  readonly #following: Following<T>;
  readonly #stopListening: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | undefined;
  #failures = 0;
  #askedAtMs = 0;
  #isLive = false;
  /** A change was told since the last question. */
  #isOld = false;

  constructor(following: Following<T>) {
    this.#following = following;
    const { on, everyMs } = following;
    document.addEventListener('visibilitychange', this.#onVisible);
    addEventListener('online', this.#onVisible);
    this.ask();
    this.#stopListening = on.length === 0 || everyMs === undefined ? () => {} : this.#listen();
  }

  ask(): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
    const own = new AbortController();
    this.#running = own;
    this.#askedAtMs = Date.now();
    this.#isOld = false;
    void this.#read(own.signal);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#stopListening();
    document.removeEventListener('visibilitychange', this.#onVisible);
    removeEventListener('online', this.#onVisible);
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { read, onData, onProblem } = this.#following;
    try {
      const data = await read(signal);
      if (signal.aborted) return;
      this.#failures = 0;
      onData(data);
    } catch (cause) {
      if (signal.aborted) return;
      this.#failures += 1;
      onProblem(cause instanceof Refusal ? cause : new Refusal(String(cause)));
    }
    this.#running = undefined;
    this.#plan();
  }

  #plan(): void {
    const { everyMs, liveMs } = this.#following;
    clearTimeout(this.#timer);
    if (everyMs === undefined || this.#running) return;
    const usualMs = Math.min(everyMs * 2 ** Math.min(this.#failures, 4), LONGEST_WAIT_MS);
    const liveWaitMs = this.#isOld ? liveMs : LIVE_EVERY_MS;
    const waitMs = this.#isLive && this.#failures === 0 ? liveWaitMs : usualMs;
    this.#timer = setTimeout(() => this.#turn(), Math.max(0, this.#askedAtMs + waitMs - Date.now()));
  }

  #listen(): () => void {
    const { on, onLive } = this.#following;
    return listen({
      onLive: (isLive) => {
        this.#isLive = isLive;
        onLive(isLive);
        this.#plan();
      },
      onChanged: (subjects) => {
        if (!subjects.some((subject) => on.includes(subject))) return;
        this.#isOld = true;
        this.#plan();
      },
    });
  }

  #turn(): void {
    if (!document.hidden) this.ask();
  }

  readonly #onVisible = () => {
    if (this.#following.everyMs !== undefined) this.#turn();
  };
}
