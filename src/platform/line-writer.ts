/**
 * Lines to a file descriptor, without waiting: those of a turn go out together, and while they are being written the
 * next ones gather. What nobody reads is dropped when there is too much of it, and counted. Why not pino and its
 * sonic-boom: `docs/decisions/0018-own-log-lines.md`.
 */
import { write, writeSync } from 'node:fs';

/** Of lines that wait, in UTF-16 units: minutes of a slow reader under full load. */
const MOST_WAITING = 16 * 1024 * 1024;
/** A full pipe is tried again after so long, in milliseconds. */
const FULL_MS = 50;
/** And at the end of the process so often. */
const LAST_TRIES = 20;
const LINE_BREAK = 10;
const NOTHING = new Uint8Array();

/** `write` of `node:fs`; another one in tests. */
export type Write = (
  fd: number,
  bytes: Uint8Array,
  done: (problem: NodeJS.ErrnoException | null, written: number) => void,
) => void;

export class LineWriter {
  readonly #fd: number;
  readonly #write: Write;
  #waiting = '';
  #lost = 0;
  /** What is being written, or is to be written again. */
  #under: Uint8Array = NOTHING;
  #isUnderWay = false;
  /** Somebody sees to what waits. */
  #isAttended = false;
  /** Nobody will ever read it. */
  #isBroken = false;

  constructor(fd: number, by: Write = write) {
    this.#fd = fd;
    this.#write = by;
  }

  /** With its line break. */
  write(line: string): void {
    if (this.#isBroken) return;
    if (this.#waiting.length > MOST_WAITING) {
      this.#lost += 1;
      return;
    }
    this.#waiting += line;
    if (this.#isAttended) return;
    this.#isAttended = true;
    setImmediate(this.#next);
  }

  /** For the end of the process: writes what waits, and blocks for a second at most. */
  flush(): void {
    let bytes = Buffer.concat([this.#isUnderWay ? NOTHING : this.#under, this.#take()]);
    for (let tries = 0; bytes.length > 0 && tries < LAST_TRIES;) {
      try {
        bytes = bytes.subarray(writeSync(this.#fd, bytes));
      } catch (cause) {
        if (!isFull(cause)) return;
        tries += 1;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_MS);
      }
    }
  }

  #take(): Uint8Array {
    if (this.#waiting === '') return NOTHING;
    const text = this.#lost > 0 ? this.#waiting + lostLine(this.#lost) : this.#waiting;
    this.#waiting = '';
    this.#lost = 0;
    return Buffer.from(text);
  }

  readonly #next = (): void => {
    if (this.#under.length === 0) this.#under = this.#take();
    this.#isUnderWay = this.#under.length > 0;
    if (this.#isUnderWay) this.#write(this.#fd, this.#under, this.#written);
    else this.#isAttended = false;
  };

  readonly #written = (problem: NodeJS.ErrnoException | null, count: number): void => {
    this.#isUnderWay = false;
    if (isFull(problem)) {
      setTimeout(this.#next, FULL_MS).unref(); // The end of the process does not wait for a reader.
      return;
    }
    if (problem) this.#giveUp(problem);
    else this.#under = this.#under.subarray(count);
    this.#next();
  };

  #giveUp({ code }: NodeJS.ErrnoException): void {
    this.#lost += this.#under.reduce((lines, byte) => (byte === LINE_BREAK ? lines + 1 : lines), 0);
    this.#under = NOTHING;
    this.#isBroken = code === 'EPIPE';
    if (this.#isBroken) this.#waiting = '';
  }
}

function isFull(problem: unknown): boolean {
  const code = (problem as NodeJS.ErrnoException | null)?.code;
  return code === 'EAGAIN' || code === 'EBUSY';
}

function lostLine(lines: number): string {
  return `${JSON.stringify({ level: 40, time: Date.now(), lines, message: 'lines of the log were lost' })}\n`;
}
