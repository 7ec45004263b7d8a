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

/**
 * Whether a pool has lost so much of its capacity that what can wait should not compete with what cannot. Begins and
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

  /** The soonest that it can be over, for those refused meanwhile; 0 when it is not on. */
  retryAfterMs(nowMs: number): number {
    if (!this.active(nowMs)) return 0;
    const { untilMs } = this.#options;
    const isEnding = this.#lacking && !this.#isShort && this.#mode === 'auto';
    return isEnding ? this.#sinceMs + untilMs - nowMs : untilMs;
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
