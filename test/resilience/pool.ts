/** A pool of deployments in virtual time, each of which ends its calls as it is told; everything taken of it is counted. */
import type { Candidate, Deployment } from '../../src/core/deployment.ts';
import { Departure } from '../../src/core/departure.ts';
import { type ErrorDetails, type ErrorKind, GatewayError } from '../../src/core/errors.ts';
import type { Amounts, Excess, LimitLease, LimitName, Limits, Throttle } from '../../src/core/limits.ts';
import type { Attempt, Fuse } from '../../src/core/ports.ts';
import { opossumFuse } from '../../src/platform/opossum-circuit.ts';
import type { Again, PlanRules } from '../../src/resilience/decide.ts';
import { FirstTokenTimes } from '../../src/resilience/first-token.ts';
import { Panic } from '../../src/resilience/panic.ts';
import { Parking } from '../../src/resilience/parking.ts';
import { carryOut } from '../../src/resilience/plan.ts';
import type { Arrival, PlanRequest, Pool, Purse, Step, Stop } from '../../src/resilience/request.ts';
import { RetryBudget } from '../../src/resilience/retry-budget.ts';
import { type Lease, Target } from '../../src/resilience/target.ts';
import { WaitingRoom } from '../../src/resilience/waiting-room.ts';
import { VirtualClock } from '../../bench/storm/virtual-clock.ts';
import { ABLE } from '../support/call.ts';

/** How one call ends, and after how many milliseconds. */
export interface Fate {
  end: 'ok' | ErrorKind;
  ms?: number;
  details?: ErrorDetails;
  /** It answers although nobody waits any more. */
  deaf?: boolean;
}

export interface DeploymentOptions {
  fates?: Fate[];
  /** Once those are used up; `ok` without it. */
  usually?: Fate;
  account?: string;
  contextTokens?: number;
  costUsd?: number | undefined;
  slots?: number;
  after?: Candidate['after'];
}

export interface Call {
  deployment: string;
  again: Again;
  at: number;
}

/** Slots and cooling; `held` is what is taken and not settled. */
export class FakeLimits implements Limits {
  readonly resource: string;
  readonly account: string;
  readonly #slots: number;
  readonly throttles: Throttle[] = [];
  /** What each lease was settled with, in order. */
  readonly settled: (Amounts | undefined)[] = [];
  held = 0;
  settledTwice = 0;
  restUntil = 0;
  /** Requests that may go at once at the most. */
  most = Infinity;

  constructor(resource: string, slots: number) {
    this.resource = this.account = resource;
    this.#slots = slots;
  }

  waitMs(need: Amounts, nowMs: number): number {
    if (this.exceeded(need)) return Infinity;
    return Math.max(this.restUntil - nowMs, this.held >= this.#slots ? 20 : 0);
  }

  why(need: Amounts, nowMs: number): LimitName | undefined {
    return this.waitMs(need, nowMs) > 0 ? 'concurrency' : undefined;
  }

  exceeded({ requests = 0 }: Amounts): Excess | undefined {
    const { most } = this;
    return requests > most ? { limit: 'requestsPerMinute', allowed: most, needed: requests } : undefined;
  }

  take(_need: Amounts, nowMs: number): LimitLease {
    this.held++;
    let isOpen = true;
    return {
      takenAtMs: nowMs,
      expiresAtMs: Infinity,
      heard: () => {},
      answered: () => {},
      settle: (actual) => {
        if (!isOpen) this.settledTwice++;
        if (isOpen) this.held--;
        isOpen = false;
        this.settled.push(actual);
      },
    };
  }

  throttled(throttle: Throttle, nowMs: number): void {
    this.throttles.push(throttle);
    this.rest(throttle.waitMs ?? 1_000, nowMs);
  }

  rest(forMs: number, nowMs: number): void {
    this.restUntil = nowMs + forMs;
  }

  room(): number {
    return Math.max(0, 1 - this.held / this.#slots);
  }
}

export interface Member {
  stop: Stop;
  limits: FakeLimits;
  fuse: Fuse;
  fates: Fate[];
  usually: Fate;
}

const PATIENT: Omit<PlanRules, 'deadlineAt'> = {
  maxCalls: 3,
  maxCostUsd: undefined,
  onContext: 'fail',
  onRefusal: 'return',
  maxWaitMs: 30_000,
  hedge: false,
};

export interface Result {
  arrival: Arrival<string> | undefined;
  error: GatewayError | undefined;
  attempts: Attempt[];
  calls: Call[];
  client: Departure;
  request: PlanRequest;
  endedAt: number;
}

/** As the configuration has it by default. */
export const FUSE = {
  windowMs: 30_000,
  minimumCalls: 10,
  failurePercent: 50,
  consecutive: 5,
  openMs: 5_000,
  maxOpenMs: 60_000,
  closeAfter: 2,
};

export class TestPool {
  readonly clock = new VirtualClock(0);
  readonly room: WaitingRoom<Lease>;
  readonly pool: Pool;
  readonly members = new Map<string, Member>();
  readonly #parking = new Parking({ probeMs: 60_000, maxProbeMs: 600_000 }, () => {});
  readonly #random: () => number;
  /** Answers that were given up after they had come. */
  discarded = 0;
  /** What the client's budgets have left for each request, and the most that was taken for one. */
  leftUsd: number | undefined;
  takenUsd = 0;
  balance: PlanRequest['balance'] = 'ordered';

  constructor(declared: Record<string, DeploymentOptions>, random: () => number = () => 0.5, perSecond = 10) {
    this.#random = random;
    this.room = new WaitingRoom<Lease>({ clock: this.clock, timers: this.clock }, { maxWaiting: 100 });
    this.pool = { budget: new RetryBudget({ percent: 20, perSecond }, 0), panic: new Panic(random) };
    for (const [id, options] of Object.entries(declared)) this.members.set(id, this.#member(id, options));
  }

  member(id: string): Member {
    const member = this.members.get(id);
    if (!member) throw new Error(`There is no "${id}"`);
    return member;
  }

  /** One request, to its end. `act` is called when it has begun. */
  async ask(rules: Partial<PlanRules> = {}, act: (client: Departure) => void = () => {}): Promise<Result> {
    const asked = this.begin(rules);
    act(asked.client);
    await this.clock.run();
    return asked.result;
  }

  begin(
    rules: Partial<PlanRules> = {},
    among = [...this.members.keys()],
    isLive = false,
  ): { client: Departure; result: Promise<Result> } {
    const client = new Departure();
    const calls: Call[] = [];
    const request: PlanRequest = {
      stops: among.map((id) => stopOf(this.member(id), isLive)),
      pool: this.pool,
      rules: { ...PATIENT, deadlineAt: this.clock.now() + 600_000, ...rules },
      balance: this.balance,
      isLive,
      priority: 'normal',
      tenant: 'one',
      cost: 1,
      arrivedAt: this.clock.now(),
      client,
      attempts: [],
      purse: this.leftUsd === undefined ? undefined : this.#purse(this.leftUsd),
      stay: undefined,
    };
    const caller = {
      attempt: (step: Step) => {
        calls.push({ deployment: step.stop.candidate.deployment.id, again: step.again, at: this.clock.now() });
        return this.#call(step, request.rules.deadlineAt);
      },
      discard: () => void this.discarded++,
    };
    const ports = { clock: this.clock, timers: this.clock, random: this.#random, room: this.room };
    const result = carryOut(request, caller, ports).then(
      (arrival) => ({ arrival, error: undefined }),
      (error: GatewayError) => ({ arrival: undefined, error }),
    );
    const { attempts } = request;
    const ended = result.then((end) => ({ ...end, attempts, calls, client, request, endedAt: this.clock.now() }));
    return { client, result: ended };
  }

  #purse(leftUsd: number): Purse {
    const costOf = (stop: Stop, beside?: Stop) => (stop.costUsd ?? 0) + (beside?.costUsd ?? 0);
    const lacks = (stop: Stop, beside?: Stop) =>
      costOf(stop, beside) > leftUsd ? new GatewayError('budget', 'It is spent', { retryAfterMs: 9_000 }) : undefined;
    const take = (stop: Stop, beside?: Stop) => {
      const refusal = lacks(stop, beside);
      if (!refusal) this.takenUsd = Math.max(this.takenUsd, costOf(stop, beside));
      return refusal;
    };
    return { lacks, take };
  }

  #call({ stop, lease, client }: Step, deadlineAt: number): Promise<string> {
    const { id } = stop.candidate.deployment;
    const member = this.member(id);
    const { end, ms = 10, details, deaf = false } = member.fates.shift() ?? member.usually;
    const startedAt = this.clock.now();
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const fails = (kind: ErrorKind, more?: ErrorDetails) => reject(new GatewayError(kind, `${id} says ${kind}`, more));
    if (!deaf) client.onGone(() => fails('client_gone'));
    const timers = [
      this.clock.after(deadlineAt - startedAt, () => fails('timeout')),
      this.clock.after(ms, () => {
        if (end !== 'ok') return fails(end, details);
        lease.answered('first', stop.pace, ms, this.clock.now());
        resolve(`from ${id}`);
      }),
    ];
    const callOff = () => timers.forEach((off) => off());
    void promise.then(callOff, callOff);
    return promise;
  }

  #member(id: string, options: DeploymentOptions): Member {
    const { fates = [], usually = { end: 'ok' }, account = id, contextTokens = 1_000, slots = 100 } = options;
    const limits = new FakeLimits(id, slots);
    const fuse = opossumFuse(this.clock, this.#random, FUSE);
    const deployment: Deployment = {
      id,
      endpoint: { name: id, dialect: 'test', baseUrl: '', credential: { kind: 'none' }, settings: {}, account },
      providerModel: id,
      model: 'asked',
      capabilities: { ...ABLE, contextTokens },
      price: undefined,
      family: 'f',
    };
    const candidate: Candidate = { deployment, reason: 'test', after: options.after };
    const times = new FirstTokenTimes({ floorMs: 5_000, capMs: 60_000, reasoningFloorMs: 60_000 });
    const target = new Target({ deployment, fuse, limits, parking: this.#parking, times, random: this.#random });
    const { whole: durations } = target.durations;
    const rest = { need: { requests: 1 }, pace: 'plain' as const, costUsd: options.costUsd };
    const stop: Stop = { candidate, target, durations, ...rest };
    return { stop, limits, fuse, fates: [...fates], usually };
  }
}

function stopOf({ stop }: Member, isLive: boolean): Stop {
  return isLive ? { ...stop, durations: stop.target.durations.first } : stop;
}

/** Opens the fuse, as five failures in a row do. */
export function breakFuse({ fuse }: Member, nowMs: number): void {
  for (let failures = 0; failures < 5; failures++) fuse.enter(nowMs).failed();
}

/** Four answers in a row that broke off after their first words. */
export function breakOff({ stop }: Member, nowMs: number): void {
  for (let answers = 0; answers < 4; answers++) stop.target.breaks.note('lost', nowMs);
}

/** Twenty calls that took so long to their first content. */
export function teachTimes({ stop }: Member, ms: number): void {
  for (let calls = 0; calls < 20; calls++) stop.target.times.note('plain', ms);
}
