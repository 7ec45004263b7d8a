/** The parts and the words of batches: what a batch is while it is on its way, and what it needs from outside. */
import type { Caller } from '../core/caller.ts';
import type { Usage } from '../core/chat.ts';
import type { ObjectStore } from '../core/objects.ts';
import type { Clock, Timers } from '../core/ports.ts';
import type { Door } from '../doors/door.ts';
import type { BodyLimits } from '../doors/json.ts';
import type { Gateway } from '../gateway/gateway.ts';

/** As OpenAI's batches have it. */
export type Status =
  | 'validating'
  | 'failed'
  | 'in_progress'
  | 'finalizing'
  | 'completed'
  | 'expired'
  | 'cancelling'
  | 'cancelled';

/** One batch, as it is stored; everything that a restart needs. */
export interface Batch {
  id: string;
  owner: string;
  /** As it was when the batch came; what the key may do now is asked again. */
  caller: Caller;
  /** `/v1/chat/completions`: the door that every line comes in by. */
  endpoint: string;
  inputFileId: string;
  metadata: Record<string, string> | null;
  status: Status;
  createdAtMs: number;
  /** When it had each status. */
  sinceMs: Partial<Record<Status, number>>;
  /** The end of its window. */
  dueAtMs: number;
  /** From then on all of it is gone. */
  expiresAtMs: number;
  /** From then on its results are gone, however late it ended. */
  outputExpiresAtMs: number;
  /** How long they are wanted, from its end on. */
  outputExpiresInMs?: number | undefined;
  /** The key asked for everything to be said in full. */
  strict: boolean;
  lines: number;
  errors: LineError[];
  shards: Shard[];
  outputFileId?: string | undefined;
  errorFileId?: string | undefined;
}

/** What is wrong with the file, as OpenAI says it. */
export interface LineError {
  code: string;
  /** Counted from 1. */
  line: number | null;
  message: string;
  param: string | null;
}

/** Lines that go the same way: one batch upstream, or lines that we run ourselves. */
export interface Shard {
  number: number;
  /** The deployment's id, and the name under which the configuration has it. */
  deployment: string;
  model: string;
  /** What the clients' lines ask for. */
  asked: string;
  tier: string;
  way: 'upstream' | 'ourselves';
  /** Where each line goes at the provider; a batch has one. */
  path: string;
  lines: number;
  bytes: number;
  estimate: { inputTokens: number; outputTokens: number; costUsd: number | undefined };
  /**
   * `sending` is written before the call that creates it upstream, and `sent` after. What is found `sending` was
   * interrupted: it may have been created.
   */
  state: 'planned' | 'sending' | 'sent' | 'running' | 'done';
  /** Since when it has this state, or when it may be tried again. */
  atMs: number;
  tries: number;
  /** How often it was sent: part of its tag. */
  round: number;
  /** What the file is called upstream, and the batch. */
  file?: string | undefined;
  upstream?: string | undefined;
  isCancelled?: boolean | undefined;
  /** Lines that were run ourselves: begun, and over. What lies between was interrupted if nobody runs it. */
  begun: number;
  over: number;
  parts: Parts;
  /** In UTF-8. */
  size: { answered: number; refused: number };
  completed: number;
  failed: number;
  usage?: Usage | undefined;
}

/** How many parts there are of what was asked, answered and refused. */
export interface Parts {
  asked: number;
  answered: number;
  refused: number;
}

/** A step of a shard. */
export interface Leg {
  batch: Batch;
  shard: Shard;
  /** Undefined where the key may ask no more. */
  caller: Caller | undefined;
  /** Writes the batch's state down. Throws where somebody else has taken the batch over. */
  save: () => Promise<void>;
}

export interface BatchRules {
  maxFileBytes: number;
  /** Of one owner, together. */
  maxFiles: number;
  maxStoredBytes: number;
  maxLines: number;
  /** Of one owner, at the same time. */
  maxOpen: number;
  /** How long files and batches are kept. */
  keepMs: number;
  windowMs: number;
  /** Between two looks at a batch upstream. */
  pollMs: number;
  /** Lines of one upstream batch: what is in memory at the same time. */
  shardLines: number;
  shardCharacters: number;
  /** Of a piece of a file in the store: characters. */
  partCharacters: number;
  /** Lines run by ourselves at the same time, of one batch. */
  concurrency: number;
  /** Provider entries whose lines are run, whatever the provider has. */
  runs: readonly string[];
  /** Entries that have batches, though their address is not the provider's own. */
  upstream: readonly string[];
}

export const BATCH_RULES: BatchRules = {
  maxFileBytes: 64 * 1024 * 1024,
  maxFiles: 1_000,
  maxStoredBytes: 1024 * 1024 * 1024,
  maxLines: 50_000,
  maxOpen: 20,
  keepMs: 30 * 86_400_000,
  windowMs: 86_400_000,
  pollMs: 30_000,
  shardLines: 500,
  shardCharacters: 4 * 1024 * 1024,
  partCharacters: 400_000, // At most 1.2 MB of UTF-8: a row of D1 holds 2 MB.
  concurrency: 8,
  runs: [],
  upstream: [],
};

export interface BatchPorts {
  store: ObjectStore;
  gateway: Gateway;
  /** Where each line may come in, by its URL. */
  doors: ReadonlyMap<string, Door>;
  limits: BodyLimits;
  /** The key as it is now; undefined where it may ask no more. */
  callerOf: (caller: Caller) => Caller | undefined;
  /** Waits until the ledger has what was recorded; false: it does not take it now. */
  booked: () => Promise<boolean>;
  clock: Clock;
  timers: Timers;
  newId: (prefix: string, length: number) => string;
  /** What went wrong behind everybody's back. Must not throw. */
  onTrouble: (batch: string, cause: unknown) => void;
  rules: BatchRules;
}
