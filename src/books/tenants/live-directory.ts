/**
 * The directory that is in force. What the store has is read again every few seconds, and at once after a change here.
 * A store that cannot be read changes nothing: who was known stays known, and who is not is told to come back. Where
 * there is no store, as its file cannot be made, there are no stored keys.
 */
import type { KnownKey, Keys } from '../../core/caller.ts';
import type { Clock, Timers } from '../../core/ports.ts';
import { type Book, type BookStore, NothingStored, type StoredBook } from './book.ts';
import { createDirectory, type Directory } from './directory.ts';
import { namesakes } from './view.ts';

/** How old what is known of the store may be; and how long a reading may take before another one is tried. */
export const FRESH_MS = 10_000;

/** The longest that a request, or a start, waits for the first reading. */
export const FIRST_READING_MS = 3_000;

/** More are not let in; the oldest are. */
export const AT_MOST = { tenants: 10_000, keys: 50_000 };

interface LiveCommon {
  /** What the configuration declares. */
  declared: Book;
  clock: Clock;
  /** Whether nobody needs a key as long as there is none, revoked ones included. Only where only this machine can ask. */
  isOpenWhenEmpty: boolean;
  /** What is wrong with stored tenants and keys; once for each change of it. */
  onProblems?: ((problems: readonly string[]) => void) | undefined;
  /** Once when the store begins to fail, with the reason; once when it is well again, without. */
  onTrouble?: ((cause: unknown) => void) | undefined;
}

/** Without a store there is nothing but the configuration's, and nothing to wait for. */
export type LiveOptions = LiveCommon &
  (
    | { store: Pick<BookStore, 'ready' | 'version' | 'load'>; timers: Timers }
    | { store?: undefined; timers?: Timers | undefined }
  );

const NOTHING: StoredBook = { version: -1, tenants: [], keys: [], problems: [] };

export class LiveDirectory implements Keys {
  readonly #options: LiveOptions;
  #stored = NOTHING;
  #directory: Directory;
  #told = '';
  /** When the store was last found as it is known here. */
  #readAtMs = -Infinity;
  #hasFailed = false;
  #running: { reading: Promise<boolean>; sinceMs: number } | undefined;
  /** Readings that have begun, and the last of them whose word was taken: an older one may come late. */
  #begun = 0;
  #taken = 0;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#directory = createDirectory(options.declared);
  }

  /** Everything as it is known now. */
  get directory(): Directory {
    return this.#directory;
  }

  get isComplete(): boolean {
    return this.#options.store === undefined || this.#stored !== NOTHING;
  }

  get isOpen(): boolean | undefined {
    if (!this.#options.isOpenWhenEmpty || this.#directory.keys.size > 0) return false;
    return this.isComplete || undefined;
  }

  find(hash: string): KnownKey | undefined {
    return this.#directory.find(hash);
  }

  /**
   * Reads what has changed. Resolves with whether it could; never rejects. Those who ask at the same time share one
   * reading, but none that hangs: on Workers it dies with the request that began it, and nobody is told.
   */
  refresh(): Promise<boolean> {
    const nowMs = this.#options.clock.now();
    if (this.#running && nowMs - this.#running.sinceMs < FRESH_MS) return this.#running.reading;
    const reading = this.#read().finally(() => {
      if (this.#running?.reading === reading) this.#running = undefined;
    });
    this.#running = { reading, sinceMs: nowMs };
    return reading;
  }

  /** Sees a change that was made before the call, even if a reading is under way. */
  async refreshAfterChange(): Promise<boolean> {
    await this.#running?.reading;
    return this.refresh();
  }

  /** Reads for the first time, and waits for it no longer than a few seconds: everything works without a store. */
  begin(): Promise<void> {
    const { timers } = this.#options;
    if (!timers) return Promise.resolve();
    return new Promise((resolve) => {
      const callOff = timers.after(FIRST_READING_MS, resolve);
      void this.refresh().then(() => {
        callOff();
        return resolve();
      });
    });
  }

  /** For Workers: waits for the first reading only; later ones go on behind the request that finds it too old. */
  async beFresh(background: (work: Promise<void>) => void): Promise<void> {
    if (!this.#options.store) return;
    if (!this.isComplete) {
      await this.begin();
    } else if (this.#options.clock.now() - this.#readAtMs >= FRESH_MS) {
      background(this.refresh().then(() => undefined));
    }
  }

  /** For Node: reads again and again. Returns how to stop it. */
  follow(): () => void {
    const { store, timers } = this.#options;
    if (!store) return () => {};
    let callOff: (() => void) | undefined;
    let isOver = false;
    const wait = () => {
      callOff = timers.after(FRESH_MS, () => {
        void this.refresh();
        if (!isOver) wait();
      });
    };
    wait();
    return () => {
      isOver = true;
      callOff?.();
    };
  }

  async #read(): Promise<boolean> {
    const { store, clock, onTrouble } = this.#options;
    if (!store) return true;
    const atMs = clock.now();
    const number = ++this.#begun;
    try {
      await store.ready();
      const isSame = this.isComplete && (await store.version()) === this.#stored.version;
      const stored = isSame ? undefined : await store.load(AT_MOST);
      if (number < this.#taken) return true;
      this.#taken = number;
      if (stored) this.#take(stored);
      this.#readAtMs = atMs;
      if (this.#hasFailed) onTrouble?.(undefined);
      this.#hasFailed = false;
      return true;
    } catch (cause) {
      if (cause instanceof NothingStored && !this.isComplete) this.#take({ ...NOTHING });
      if (!this.#hasFailed) onTrouble?.(cause);
      this.#hasFailed = true;
      return false;
    }
  }

  #take(stored: StoredBook): void {
    const { declared, onProblems } = this.#options;
    const book = {
      tenants: [...declared.tenants, ...stored.tenants],
      keys: [...declared.keys, ...stored.keys],
    };
    this.#directory = createDirectory(book, this.#directory);
    this.#stored = stored;
    const problems = [...stored.problems, ...this.#directory.problems, ...namesakes(this.#directory)];
    if (problems.join('\n') !== this.#told) onProblems?.(problems);
    this.#told = problems.join('\n');
  }
}
