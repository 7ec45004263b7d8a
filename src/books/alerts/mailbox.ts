/** The way to one receiver: one message after the other, few tries, a bound. Never rejects. */
import type { Timers, Transport } from '../../core/ports.ts';
import { post, type Posted } from '../post.ts';
import type { Message } from './grouping.ts';
import { requestTo } from './payloads.ts';
import type { Receiver } from './receivers.ts';
import type { RuleName } from './rules.ts';

export interface MailPorts {
  transport: Transport;
  timers: Timers;
  /** A message did not arrive; `why` is a status or the kind of an error. */
  onTrouble?: ((receiver: string, why: string) => void) | undefined;
}

export interface MailState {
  sent: number;
  failed: number;
  dropped: number;
}

const MAX_WAITING = 50;
const TRIES = 4;
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 30_000;

export class Mailbox {
  readonly receiver: Receiver;
  readonly #source: string;
  readonly #ports: MailPorts;
  #waiting: Message[] = [];
  /** Rules of which something was told that is not over yet. */
  readonly #open = new Set<RuleName>();
  #sending: Promise<void> | undefined;
  #state: MailState = { sent: 0, failed: 0, dropped: 0 };

  constructor(receiver: Receiver, source: string, ports: MailPorts) {
    this.receiver = receiver;
    this.#source = source;
    this.#ports = ports;
  }

  get state(): MailState {
    return { ...this.#state };
  }

  /** Resolves when nothing waits any more. Of too many the oldest are dropped: the newest know what is so now. */
  send(message: Message): Promise<void> {
    if (!this.#isWanted(message)) return Promise.resolve();
    if (message.status === 'firing') this.#open.add(message.rule);
    else this.#open.delete(message.rule);
    this.#waiting.push(message);
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting.shift();
      this.#state.dropped++;
    }
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = undefined));
    return this.#sending;
  }

  /** Most of what was critical is a warning before it is over, and whoever was woken hears that it is. */
  #isWanted({ rule, status, severity }: Message): boolean {
    if (this.receiver.from !== 'critical' || severity === 'critical') return true;
    return status === 'resolved' && this.#open.has(rule);
  }

  /** Sends this one at once and once, and says what became of it. */
  async try(message: Message): Promise<Posted> {
    const request = await requestTo(this.receiver, message, this.#source).catch(() => undefined);
    if (request) return post(this.#ports.transport, request);
    return { ok: false, again: false, retryAfterMs: undefined, why: 'internal' }; // What cannot be written must not end a server.
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) await this.#deliver(next);
  }

  async #deliver(message: Message): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const posted = await this.try(message);
      if (posted.ok) {
        this.#state.sent++;
        return;
      }
      if (!posted.again || attempt === TRIES) {
        this.#state.failed++;
        this.#ports.onTrouble?.(this.receiver.name, posted.why);
        return;
      }
      const waitMs = Math.min(posted.retryAfterMs ?? FIRST_WAIT_MS * 4 ** (attempt - 1), MAX_WAIT_MS);
      await new Promise<void>((resolve) => void this.#ports.timers.after(waitMs, resolve));
    }
  }
}
