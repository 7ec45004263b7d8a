/** One message for all that happens to one rule within a while. Pure. */
import type { Alert, AlertBook, Notice } from './book.ts';
import { type RuleName, RULES, type Severity } from './rules.ts';

export interface Message {
  rule: RuleName;
  title: string;
  /** `resolved`: nothing of this rule is firing any more. */
  status: 'firing' | 'resolved' | 'test';
  /** The worst of what fires; of what was resolved, once all is. */
  severity: Severity;
  /** What happened, the last word about each. */
  news: readonly Notice[];
  /** All that fires of this rule, told before or not. */
  firing: readonly Alert[];
  atMs: number;
}

interface Group {
  openedAtMs: number;
  news: Map<string, Notice>;
}

export class Grouping {
  readonly #groupMs: number;
  readonly #groups = new Map<RuleName, Group>();

  constructor(groupMs: number) {
    this.#groupMs = groupMs;
  }

  add(notices: readonly Notice[], nowMs: number): void {
    for (const notice of notices) {
      const { rule, subject } = notice.alert;
      const group = this.#groups.get(rule) ?? { openedAtMs: nowMs, news: new Map<string, Notice>() };
      group.news.set(subject, notice);
      this.#groups.set(rule, group);
    }
  }

  /** What has waited for company long enough. */
  due(book: Pick<AlertBook, 'firing'>, nowMs: number): Message[] {
    const messages: Message[] = [];
    for (const [rule, { openedAtMs, news }] of this.#groups) {
      if (nowMs - openedAtMs < this.#groupMs) continue;
      this.#groups.delete(rule);
      messages.push(messageOf(rule, [...news.values()], book.firing(rule), nowMs));
    }
    return messages;
  }
}

function messageOf(rule: RuleName, news: readonly Notice[], firing: readonly Alert[], atMs: number): Message {
  const status = firing.length > 0 ? 'firing' : 'resolved';
  const about = status === 'firing' ? firing : news.map(({ alert }) => alert);
  const severity = about.some((alert) => alert.severity === 'critical') ? 'critical' : 'warning';
  return { rule, title: RULES[rule].title, status, severity, news, firing, atMs };
}
