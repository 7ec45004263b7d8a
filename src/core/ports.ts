/**
 * Everything the gateway needs from the machine it runs on.
 * `src/platform/` has one implementation per runtime; tests have fakes.
 */
import type { Operation } from './ability.ts';
import type { FinishReason, Usage } from './chat.ts';
import type { Departure } from './departure.ts';
import type { Deployment } from './deployment.ts';
import type { GatewayError } from './errors.ts';
import type { Priority } from './priority.ts';
import type { OutgoingRequest } from './provider.ts';

export interface Clock {
  /** Milliseconds since 1970; does not go back. */
  now: () => number;
  /** What the machine's own clock shows, where that may be something else: for what others compare with theirs. */
  wall?: () => number;
}

/** The only way to wait. Policies take it, so that tests and the storm run in virtual time. */
export interface Timers {
  /** Acts once, after so many milliseconds. Returns how to call it off. */
  after: (ms: number, act: () => void) => () => void;
}

/** Sends bytes and brings bytes; knows nothing of providers. Never follows a redirect, never retries. */
export interface Transport {
  /** Resolves with the response's head. Throws `timeout`, `unreachable` or `client_gone`. */
  send(request: OutgoingRequest, options: SendOptions): Promise<IncomingResponse>;
}

export interface SendOptions {
  client: Departure;
  /** Longest wait for the response's head. */
  firstByteMs: number;
  /** Longest silence between two chunks of the body. */
  idleMs: number;
}

export interface IncomingResponse {
  status: number;
  /** By its lower-case name. */
  header(name: string): string | undefined;
  /** The provider's id of this exchange, for its support. */
  requestId?: string | undefined;
  /** The body's chunks as they arrive. Leaving the loop early closes the connection. */
  body: AsyncIterable<Uint8Array>;
  /** The body whole; more than `maxBytes` throws `fault`. Use instead of `body`, not after it. */
  text(maxBytes: number): Promise<string>;
}

/** One deployment's fuse: opens when its calls fail, lets single calls through after a while to see whether it is well. */
export interface Fuse {
  readonly state: 'closed' | 'open' | 'half_open';
  /** Milliseconds until a call may be let through; 0: now. A guess while a probe is out. */
  waitMs(nowMs: number): number;
  /**
   * Lets one call through; ask `waitMs` first. While half open this is a probe. A call that enters although it
   * should wait (the last deployment of a pool in panic) decides nothing while the fuse is open or half open. When a
   * probe is not back after `patienceMs`, the next one may go.
   */
  enter(nowMs: number, patienceMs?: number): Pass;
}

/** One call under the fuse's eyes: the first of these counts, later ones do nothing but for `failed` after `succeeded`. */
export interface Pass {
  /** It answers: its first content came. */
  succeeded(): void;
  /** It failed. After `succeeded`: its answer broke off, which is one more failure, once. */
  failed(): void;
  /** Says nothing about health: the caller's fault, the client left, a throttle. */
  void(): void;
}

/** Bounded and forgetful: what was put may be gone. */
export interface Cache {
  get(key: string): Promise<string | undefined> | string | undefined;
  put(key: string, value: string, ttlMs: number): Promise<void> | void;
}

/** Facts about finished requests. Must not throw and must not be awaited by the request. */
export interface Recorder {
  record(fact: RequestFact): void;
}

export interface RequestFact {
  requestId: string;
  operation: Operation;
  startedAtMs: number;
  /** The client key's name, and whose it is. */
  key: string;
  tenant: string;
  tags: readonly string[];
  /** The conversation; empty where nobody looked. */
  session: string;
  priority: Priority;
  /** The model the client asked for. */
  asked: string;
  /** The same, where it is a route; else empty. */
  route: string;
  /** The class of work, and why; empty where there is none. */
  tier: string;
  reason: string;
  deployment: string | undefined;
  /** `ok`, `client_gone`, or the kind of the error. */
  outcome: string;
  stream: boolean;
  finishReason: FinishReason | undefined;
  usage: Usage | undefined;
  /** Undefined when the model's price is unknown. */
  costUsd: number | undefined;
  firstTokenMs: number | undefined;
  /** Waited for room at the providers; undefined where it had not to. */
  queuedMs: number | undefined;
  durationMs: number;
  attempts: readonly Attempt[];
  /** Nobody was asked: the answer was kept. */
  cacheHit: boolean;
  /** A broken answer went on elsewhere. */
  continued: boolean;
  /** A copy for the operator's eyes: nobody is billed. */
  shadow: boolean;
  deploymentOf: (id: string) => Deployment | undefined;
  /** The client's own trace, as its header says it. */
  traceparent?: string | undefined;
  /** How it was chosen, for whoever writes it down; undefined where the client named the model. */
  routing?: (() => object) | undefined;
  /** What ended it, for the log: its message and cause may name what no client should see. */
  failure: GatewayError | undefined;
}

/** One call to one deployment, or why there was none. */
export interface Attempt {
  deployment: string;
  /** `ok` or the kind of the error. */
  outcome: string;
  durationMs: number;
  /** Milliseconds since 1970. */
  startedAtMs?: number | undefined;
  /** Of an answer that broke off; what the one took that ended well is the request's. */
  usage?: Usage | undefined;
  costUsd?: number | undefined;
}
