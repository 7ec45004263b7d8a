/** The parts and the words of the gateway: what it is made of, what comes in, what goes out. */
import type { TaskKind } from '../core/ability.ts';
import type { AnswerFacts } from '../core/answer.ts';
import type { Ceilings } from '../core/ceilings.ts';
import type { Caller } from '../core/caller.ts';
import type { ChatRequest } from '../core/chat.ts';
import type { Candidate, Estimate } from '../core/deployment.ts';
import type { Departure } from '../core/departure.ts';
import type { FieldOf } from '../core/field-names.ts';
import type { Attempt, Cache, Clock, Recorder, Timers, Transport } from '../core/ports.ts';
import type { Priority } from '../core/priority.ts';
import type { Provider, Warning } from '../core/provider.ts';
import type { Original } from '../core/wire.ts';
import type { Pen } from '../answers/pen.ts';
import type { Books } from '../books/books.ts';
import type { Hold } from '../books/spending/claim.ts';
import type { Spent } from './continuation.ts';
import type { TimeLimits } from './departures.ts';
import type { PlanRules } from '../resilience/decide.ts';
import type { Dispatcher } from '../resilience/dispatcher.ts';
import type { Stay } from '../resilience/place.ts';
import type { Lease } from '../resilience/target.ts';
import type { Choice } from '../routing/choose.ts';
import type { RoutingMemory, RoutingView } from '../routing/view.ts';
import type { Shadows } from './shadow.ts';

/** Everything a request needs from outside; built once, in `compose.ts`. */
export interface Gateway {
  providers: ReadonlyMap<string, Provider>;
  /** Replaced as a whole when the rules change. */
  routing: RoutingView;
  memory: RoutingMemory;
  dispatcher: Dispatcher;
  shadows: Shadows;
  /** What the operator allows requests that ask for this name. */
  rulesOf: (model: string) => ModelRules;
  transport: Transport;
  reasoning: Cache;
  books: Books;
  recorder: Recorder;
  /** Where nothing runs on by itself (Workers): what is to be done behind each request. Must not reject. */
  afterwards: (() => Promise<void>) | undefined;
  clock: Clock;
  timers: Timers;
  /** 0 to 1. */
  random: () => number;
  times: TimeLimits;
  /** When a provider breaks off in mid-answer. */
  onBreak: 'error' | 'continue';
  /** The operator's own words for an emergency in which nobody answers. */
  emergencyAnswer: string | undefined;
  /** What users ask may stand in the log. */
  logsAsks: boolean;
  /** `prefix` and so many random characters of base 62. */
  newId: (prefix: string, length: number) => string;
}

export interface ModelRules extends Omit<PlanRules, 'deadlineAt'> {
  balance: 'ordered' | 'headroom';
  /** For queueing, waiting and every attempt; milliseconds. */
  deadlineMs: number;
}

/** A parsed, authenticated request; `src/http/` makes it. */
export interface Inbound {
  request: ChatRequest;
  original: Original;
  /** What `request` could not hold of it. */
  lost: readonly Warning[];
  /** Writes the answer down in the client's wire. */
  pen: Pen;
  /** What the client calls a field of `request`. */
  fieldOf?: FieldOf | undefined;
  caller: Caller;
  /** The client key's name; sessions and remembered reasoning are apart by it. */
  key: string;
  requestId: string;
  /** `x-signalbox-strict`: nothing may be dropped or changed. */
  strict: boolean;
  priority: Priority;
  /** `x-signalbox-deadline-ms`, if it was sent. */
  deadlineMs: number | undefined;
  /** What the client and its key let the request cost and take. */
  ceilings: Ceilings;
  /** The client's headers, by their lower-case names; for the rules. */
  header: (name: string) => string | undefined;
  /** When the client leaves, everything done for it stops. */
  client: Departure;
  /** Keeps work running that the client does not wait for. */
  background: (work: Promise<void>) => void;
  /** What became of each deployment, in order; written on the way, so that a refusal can tell it too. */
  attempts: Attempt[];
  /** Headers that the client gets, whatever becomes of its request; written on the way. */
  told: Record<string, string>;
}

/** An answer and where it came from. */
export interface Outcome<Body> {
  body: Body;
  facts: AnswerFacts;
  candidate: Candidate;
  warnings: readonly Warning[];
  attempts: readonly Attempt[];
  /** Where it had to wait for room. */
  stay: Stay | undefined;
  /** Still held; the books give it back. */
  lease: Lease;
  /** Of the whole request, in US dollars; known when the books are closed, and the price is. */
  costUsd?: number | undefined;
  /** Of a stream, whose cost is known only when its headers are long gone. */
  expectedCostUsd?: number | undefined;
}

/** The operator's own words, where nobody answered. */
export interface Fallback<Body> {
  body: Body;
  candidate: undefined;
  attempts: readonly Attempt[];
}

export type Reply<Body> = Outcome<Body> | Fallback<Body>;

/** What is known of a request from its beginning, and what becomes of it. */
export interface Plan extends Inbound {
  startedAt: number;
  deadlineAt: number;
  rules: ModelRules;
  firstTokenMs?: number;
  estimate: Estimate;
  choice: Choice;
  candidates: readonly Candidate[];
  /** Where it is no conversation. */
  task?: TaskKind;
  /** A copy of another request, for the operator's eyes. */
  isShadow?: boolean;
  /** Of the limits and budgets over it. */
  hold?: Hold | undefined;
  /** What broken attempts took whose answer went on elsewhere. */
  broken?: readonly Spent[];
}
