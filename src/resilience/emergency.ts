export interface EmergencyOptions {
  /** The operator's word; `auto` lets capacity decide. */
  mode: EmergencyMode;
  /** Share of usable deployments, in percent, below which it begins. */
  belowPercent: number;
  /** How long capacity must be short before it begins. */
  afterMs: number;
  /** How long capacity must be back before it ends. */
  untilMs: number;
}

export type EmergencyMode = 'auto' | 'on' | 'off';

/** For the operator, before users notice. `usable` is the last noted share, 0 to 1. */
export interface EmergencyAlert {
  event: 'emergency_began' | 'emergency_ended';
  by: 'capacity' | 'operator';
  usable: number;
}

/** How much longer cached answers live while it lasts: a day instead of an hour. */
const STRETCH = 24;
/** What can wait stays away for so long after what cannot had to. */
const QUIET_MS = 2_000;

/**
 * Whether so much capacity is lost that what can wait must not compete with what cannot, where that has to. Begins and
 * ends by itself, each only after a while, so that one failed probe does neither. What was last noted holds until more
 * is: moved by calls, without timers. It takes two notes that agree to begin, but only time to end.
 */
export class Emergency {
  readonly #options: EmergencyOptions;
  /** Must not throw. */
  readonly #onAlert: (alert: EmergencyAlert) => void;
  #mode: EmergencyMode;
  #usable = 1;
  #isShort = false;
  /** When capacity became short, or came back. */
  #sinceMs = -Infinity;
  /** What capacity alone says. */
  #lacking = false;
  #wasActive: boolean;
  /** When what cannot wait was last seen to have to. */
  #crowdedAt = -Infinity;

  constructor(options: EmergencyOptions, onAlert: (alert: EmergencyAlert) => void) {
    this.#options = options;
    this.#onAlert = onAlert;
    this.#mode = options.mode;
    this.#wasActive = options.mode === 'on';
  }

  /** How much of the pool can serve now, of how much: counts or sums of weights. */
  note(usable: number, total: number, nowMs: number): void {
    if (total <= 0) return;
    this.#usable = usable / total;
    const isShort = usable * 100 < total * this.#options.belowPercent;
    if (isShort !== this.#isShort) this.#sinceMs = nowMs;
    else if (isShort && nowMs - this.#sinceMs > this.#options.afterMs) this.#lacking = true;
    this.#isShort = isShort;
    this.#settle(nowMs);
  }

  /** What cannot wait has to. */
  noteCrowd(nowMs: number): void {
    this.#crowdedAt = nowMs;
  }

  active(nowMs: number): boolean {
    this.#settle(nowMs);
    return this.#isActive();
  }

  /** The operator's word, until the next one. */
  force(mode: EmergencyMode, nowMs: number): void {
    this.#settle(nowMs);
    this.#mode = mode;
    this.#tell('operator');
  }

  /** How long an answer may stay in a cache whose answers otherwise live `ttlMs`. */
  lifetimeMs(ttlMs: number, nowMs: number): number {
    return this.active(nowMs) ? ttlMs * STRETCH : ttlMs;
  }

  /**
   * How long what can wait has to stay away, at the least; 0: not at all. What is left of the providers may do for
   * everybody: then to refuse would be a failure of our own making. The operator's word needs no crowd.
   */
  refusalMs(nowMs: number): number {
    if (!this.active(nowMs)) return 0;
    const { untilMs } = this.#options;
    if (this.#mode === 'on') return untilMs;
    const quietAt = this.#crowdedAt + QUIET_MS;
    const overAt = this.#isShort ? Infinity : this.#sinceMs + untilMs;
    return Math.max(Math.min(quietAt, overAt) - nowMs, 0);
  }

  #settle(nowMs: number): void {
    if (!this.#isShort && nowMs - this.#sinceMs >= this.#options.untilMs) this.#lacking = false;
    this.#tell('capacity');
  }

  #isActive(): boolean {
    return this.#mode === 'auto' ? this.#lacking : this.#mode === 'on';
  }

  #tell(by: EmergencyAlert['by']): void {
    const isActive = this.#isActive();
    if (isActive === this.#wasActive) return;
    this.#wasActive = isActive;
    this.#onAlert({ event: isActive ? 'emergency_began' : 'emergency_ended', by, usable: this.#usable });
  }
}
