/** What is firing, since when, and what of it is news. Pure: moved by looks, without timers. */
import { type AlertSettings, type Condition, type RuleName, RULES } from './rules.ts';

export interface Alert extends Condition {
  firedAtMs: number;
}

/** `worse`: at a higher level. `again`: still firing. */
export interface Notice {
  kind: 'fired' | 'worse' | 'again' | 'resolved';
  alert: Alert;
}

interface Entry {
  condition: Condition;
  heldSinceMs: number;
  /** Undefined: it has not held for long enough yet. */
  firedAtMs: number | undefined;
  /** The highest that was told. */
  toldLevel: number;
  repeats: number;
  repeatAtMs: number;
  /** Since when it is not so any more. */
  goneSinceMs: number | undefined;
}

/** Of one rule: the budgets of a thousand tenants must not hide that a credential is dead. */
const MAX_ALERTS = 1_000;

export class AlertBook {
  readonly #settings: Pick<AlertSettings, 'repeatMs' | 'maxRepeatMs'>;
  /** By rule and subject. */
  readonly #entries = new Map<RuleName, Map<string, Entry>>();

  constructor(settings: Pick<AlertSettings, 'repeatMs' | 'maxRepeatMs'>) {
    this.#settings = settings;
  }

  /** All that is so now; what is left out is over. */
  look(conditions: readonly Condition[], nowMs: number): Notice[] {
    const notices: Notice[] = [];
    const seen = new Set<Entry>();
    for (const condition of conditions) {
      const entry = this.#entry(condition, nowMs);
      if (!entry || seen.has(entry)) continue;
      seen.add(entry);
      const kind = this.#held(entry, condition, nowMs);
      if (kind) notices.push({ kind, alert: alertOf(entry, nowMs) });
    }
    for (const entry of this.#all()) {
      if (seen.has(entry) || !this.#isOver(entry, nowMs)) continue;
      this.#entries.get(entry.condition.rule)?.delete(entry.condition.subject);
      if (entry.firedAtMs !== undefined) notices.push({ kind: 'resolved', alert: alertOf(entry, nowMs) });
    }
    return notices;
  }

  firing(rule?: RuleName): Alert[] {
    return this.#all()
      .filter(({ firedAtMs, condition }) => firedAtMs !== undefined && (rule ?? condition.rule) === condition.rule)
      .map((entry) => alertOf(entry, 0));
  }

  #all(): Entry[] {
    return [...this.#entries.values()].flatMap((entries) => [...entries.values()]);
  }

  #entry(condition: Condition, nowMs: number): Entry | undefined {
    const entries = this.#entries.get(condition.rule) ?? new Map<string, Entry>();
    this.#entries.set(condition.rule, entries);
    const known = entries.get(condition.subject);
    if (known || entries.size >= MAX_ALERTS) return known;
    const entry: Entry = {
      condition,
      heldSinceMs: nowMs,
      firedAtMs: undefined,
      toldLevel: 0,
      repeats: 0,
      repeatAtMs: Infinity,
      goneSinceMs: undefined,
    };
    entries.set(condition.subject, entry);
    return entry;
  }

  /** It is so: is that news? */
  #held(entry: Entry, condition: Condition, nowMs: number): Notice['kind'] | undefined {
    entry.condition = condition;
    entry.goneSinceMs = undefined;
    if (entry.firedAtMs === undefined && nowMs - entry.heldSinceMs < RULES[condition.rule].forMs) return undefined;
    const kind = this.#newsOf(entry, nowMs);
    if (!kind) return undefined;
    entry.firedAtMs ??= nowMs;
    entry.toldLevel = Math.max(entry.toldLevel, condition.level);
    entry.repeats = kind === 'again' ? entry.repeats + 1 : 0;
    const { repeatMs, maxRepeatMs } = this.#settings;
    entry.repeatAtMs = nowMs + Math.min(repeatMs * 2 ** entry.repeats, maxRepeatMs);
    return kind;
  }

  #newsOf({ firedAtMs, condition, toldLevel, repeatAtMs }: Entry, nowMs: number): Notice['kind'] | undefined {
    if (firedAtMs === undefined) return 'fired';
    if (condition.level > toldLevel) return 'worse';
    return nowMs >= repeatAtMs ? 'again' : undefined;
  }

  #isOver(entry: Entry, nowMs: number): boolean {
    if (entry.firedAtMs === undefined) return true;
    entry.goneSinceMs ??= nowMs;
    return nowMs - entry.goneSinceMs >= RULES[entry.condition.rule].clearMs;
  }
}

function alertOf({ condition, firedAtMs }: Entry, nowMs: number): Alert {
  return { ...condition, firedAtMs: firedAtMs ?? nowMs };
}
