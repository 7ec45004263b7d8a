/** All that the admin API reads and changes. The composition root fills it in; what is optional may be missing. */
import type { Alert } from '../books/alerts/book.ts';
import type { WriterState } from '../books/ledger/writer.ts';
import type { AlertsReading } from '../books/metrics/sources.ts';
import type { Scope } from '../books/spending/claim.ts';
import type { Spending } from '../books/spending/spending.ts';
import type { Book, BookStore } from '../books/tenants/book.ts';
import type { IssuePorts } from '../books/tenants/issue.ts';
import type { LiveDirectory } from '../books/tenants/live-directory.ts';
import type { Buckets, LedgerStore } from '../core/ledger.ts';
import type { Clock, Timers } from '../core/ports.ts';
import type { Priority } from '../core/priority.ts';
import type { Standing } from '../limits/standing.ts';
import type { RulesEditor } from './rules-editor.ts';

export interface AdminSources {
  clock: Clock;
  timers: Timers;
  about: About;
  /** Tenants and keys: all that there are, those of the configuration, and where others are stored. */
  directory: Pick<LiveDirectory, 'directory' | 'isComplete' | 'refresh' | 'refreshAfterChange'>;
  declared: Book;
  books?: BookStore | undefined;
  issue: Pick<IssuePorts, 'newId' | 'hash'>;
  spending: Pick<Spending, 'readings'>;
  /** Limits and budgets of models and routes; those of keys and tenants are in the directory. */
  scopes: readonly Scope[];
  ledger?: LedgerSource | undefined;
  dispatch: () => DispatchReading;
  accounts: () => readonly Standing[];
  alerts?: { readonly firing: readonly Alert[]; reading: () => AlertsReading } | undefined;
  /** Prometheus's text. */
  metrics?: (() => string) | undefined;
  rules: () => RulesInForce;
  /** Another object when other rules are in force. */
  inForce?: (() => object) | undefined;
  /** Their text, where there are files; without it they are shown only. */
  editor?: RulesEditor | undefined;
  /** Answers may last for as long as somebody listens: not on Workers, where timers die with their request. */
  isLive?: boolean | undefined;
  /** What the rules' choices are held against; undefined where that has no known price. */
  savings?: (() => Yardstick | undefined) | undefined;
  /** As it was read, secrets included; what is shown of it is chosen here. */
  configuration: object;
  /** How a request of late was chosen, where that is remembered. */
  planOf?: ((requestId: string) => object | undefined) | undefined;
  /** What an operator has changed, for the log. Must not throw. */
  onChange: (change: Change) => void;
  /** Failures of our own, with their cause, for the log. Must not throw. */
  onFailure: (cause: unknown, requestId: string) => void;
}

export interface About {
  version: string;
  /** The configuration's name. */
  source: string;
  startedAtMs: number;
  /** The providers are practice ones. */
  practice: boolean;
}

export interface LedgerSource {
  store: LedgerStore;
  state: () => WriterState;
  /** What it last tried went well. */
  isWell: () => boolean;
  /** What was spent before could not be read yet. */
  isBehind: () => boolean;
}

export interface DispatchReading {
  isEmergency: boolean;
  waiting: Readonly<Record<Priority, number>>;
  deployments: readonly DeploymentReading[];
}

/** Of each that was considered since the start. */
export interface DeploymentReading {
  deployment: string;
  /** The name that clients ask for. */
  model: string;
  provider: string;
  /** Deployments with the same one draw on the same limits. */
  resource: string;
  circuit: 'closed' | 'open' | 'half_open';
  /** 0 to 1. */
  room: number;
  /** Why a small request would be passed over now: `parked:credential`, `circuit_open`, `limited:requests`. */
  obstacle: string | undefined;
  /** Until one would not be; Infinity: nobody knows. */
  waitMs: number;
  /** Of its answers of late. */
  firstTokenMs: number | undefined;
  tokensPerSecond: number | undefined;
  lastCallAtMs: number | undefined;
}

/** One model, as if it had answered everything. */
export interface Yardstick {
  tier: string;
  deployment: string;
  /** What that would have cost which another deployment has served. */
  costUsd: (served: string, buckets: Buckets) => number;
}

/** The operator's rules over the shipped ones. */
export interface RulesInForce {
  /** The lowest first. */
  tiers: readonly { name: string; models: readonly string[] }[];
  profiles: Readonly<Record<string, unknown>>;
  routes: Readonly<Record<string, unknown>>;
  /** In the order in which they are read. */
  rules: readonly { name: string; isGuard: boolean; when?: unknown; do: unknown }[];
}

export interface Change {
  change:
    | 'key_created'
    | 'key_changed'
    | 'key_rotated'
    | 'key_revoked'
    | 'tenant_put'
    | 'tenant_deleted'
    | 'rules_changed';
  /** Of the key or the tenant; of rules their file. */
  name: string;
  /** Of rules: which they are now, and what whoever changed them says. */
  version?: number;
  by?: string;
  why?: string;
}
