/** From what happens to who is told: looks now and then, groups, sends. Nothing here is ever waited for by a request. */
import type { Clock } from '../../core/ports.ts';
import type { LedgerEntry } from '../ledger/rows.ts';
import type { AlertsReading, Sources } from '../metrics/sources.ts';
import type { Reading } from '../spending/claim.ts';
import { type Alert, AlertBook } from './book.ts';
import { conditionsOf, isReached } from './conditions.ts';
import { Grouping, type Message } from './grouping.ts';
import { Mailbox, type MailPorts } from './mailbox.ts';
import { type DispatchAlert, Observed } from './observed.ts';
import { type Receiver } from './receivers.ts';
import type { AlertSettings } from './rules.ts';

export interface AlertPorts extends MailPorts {
  clock: Clock;
  /** A look went wrong; the next one comes all the same. */
  onMistake?: ((cause: unknown) => void) | undefined;
}

export interface AlertParts {
  settings: AlertSettings;
  receivers: readonly Receiver[];
  /** The name of this router among others. */
  source: string;
}

/** On a server this is the timer's time, on Workers the least time between two looks. */
const LOOK_EVERY_MS = 10_000;
/** Limits and budgets that are looked at before others have their turn: less than a millisecond. */
const AT_ONCE = 500;
/** A look that takes longer died with its request, on Workers. */
const LONGEST_LOOK_MS = 60_000;

export class Alerts {
  readonly #settings: AlertSettings;
  readonly #ports: AlertPorts;
  readonly #observed: Observed;
  readonly #book: AlertBook;
  readonly #grouping: Grouping;
  readonly #mailboxes: readonly Mailbox[];
  #lookedAtMs = -Infinity;
  /** -Infinity: nobody looks. */
  #lookingSinceMs = -Infinity;

  constructor({ settings, receivers, source }: AlertParts, ports: AlertPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#observed = new Observed(settings.windowMs);
    this.#book = new AlertBook(settings);
    this.#grouping = new Grouping(settings.groupMs);
    this.#mailboxes = receivers.map((receiver) => new Mailbox(receiver, source, ports));
  }

  /** A request is over. */
  note(entry: LedgerEntry): void {
    this.#observed.note(entry, this.#ports.clock.now());
  }

  /** Something happened to a credential, an account, the pool. */
  hear(alert: DispatchAlert): void {
    this.#observed.hear(alert);
  }

  /** For a server: looks every ten seconds until it is called off. */
  start(sources: Sources): () => void {
    let callOff = () => {};
    const again = () => {
      callOff = this.#ports.timers.after(LOOK_EVERY_MS, () => {
        again();
        void this.look(sources);
      });
    };
    again();
    return () => callOff();
  }

  /** For Workers, in the background of every request: looks if the last look is long ago. */
  async lookSometimes(sources: Sources): Promise<void> {
    if (this.#ports.clock.now() - this.#lookedAtMs >= LOOK_EVERY_MS) await this.look(sources);
  }

  /** Resolves when what is due is sent, or given up. Never rejects. */
  async look(sources: Sources): Promise<void> {
    const nowMs = this.#ports.clock.now();
    if (nowMs - this.#lookingSinceMs < LONGEST_LOOK_MS) return;
    this.#lookingSinceMs = this.#lookedAtMs = nowMs;
    const readings = budgetsOf(sources);
    const reached: Reading[] = [];
    while (this.#takeSome(readings, reached)) {
      // Tens of thousands of keys may have budgets, and requests are answered meanwhile.
      await new Promise<void>((go) => void this.#ports.timers.after(0, go));
    }
    this.#lookingSinceMs = -Infinity;
    const messages = this.#news({ ...sources, budgets: () => reached });
    await Promise.all(messages.flatMap((message) => this.#mailboxes.map((mailbox) => mailbox.send(message))));
  }

  /** Takes some, and keeps those that somebody is told of. True: there may be more. */
  #takeSome(readings: Generator<Reading, undefined>, reached: Reading[]): boolean {
    try {
      for (let count = 0; count < AT_ONCE; count++) {
        const { done, value } = readings.next();
        if (done) return false;
        if (isReached(value, this.#settings)) reached.push(value);
      }
      return true;
    } catch (cause) {
      this.#ports.onMistake?.(cause);
      return false;
    }
  }

  #news(sources: Sources): Message[] {
    const nowMs = this.#ports.clock.now();
    try {
      const conditions = conditionsOf(this.#observed, sources, this.#settings, nowMs);
      this.#grouping.add(this.#book.look(conditions, nowMs), nowMs);
    } catch (cause) {
      this.#ports.onMistake?.(cause);
    }
    return this.#grouping.due(this.#book, nowMs);
  }

  get firing(): readonly Alert[] {
    return this.#book.firing();
  }

  get parked(): readonly { scope: string; reason: string }[] {
    return this.#observed.parked;
  }

  /** For the metrics. */
  reading(): AlertsReading {
    const messages = this.#mailboxes.flatMap(({ receiver, state }) =>
      Object.entries(state).map(([outcome, count]) => ({ receiver: receiver.name, outcome, count: Number(count) })),
    );
    return { firing: this.firing, messages };
  }
}

/** Asked for only when the first is taken: also that may go wrong. */
function* budgetsOf({ budgets }: Sources): Generator<Reading, undefined> {
  yield* budgets?.() ?? [];
  return undefined;
}

export interface TestResult {
  receiver: string;
  type: Receiver['type'];
  ok: boolean;
  /** A status or the kind of an error. */
  why: string | undefined;
}

/** `signalbox alerts test`: one message to each receiver, whatever it is for. */
export async function testReceivers(
  receivers: readonly Receiver[],
  source: string,
  ports: MailPorts & { clock: Clock },
): Promise<TestResult[]> {
  const message: Message = {
    rule: 'emergency',
    title: 'Signalbox can reach you',
    status: 'test',
    severity: 'critical',
    news: [],
    firing: [],
    atMs: ports.clock.now(),
  };
  return Promise.all(
    receivers.map(async (receiver): Promise<TestResult> => {
      const posted = await new Mailbox(receiver, source, ports).try(message);
      const { name, type } = receiver;
      return { receiver: name, type, ok: posted.ok, why: posted.ok ? undefined : posted.why };
    }),
  );
}
