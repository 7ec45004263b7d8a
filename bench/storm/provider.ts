/** One provider in the storm: what it says to each call by its limits, its troubles and the call's own luck. */
import { Buckets } from './buckets.ts';
import { lognormal, luck } from './luck.ts';
import { answered, badGateway, brokenConnection, REFUSAL_MS, refused, type Reply } from './reply.ts';
import { type Ailment, FAULTS, type ProviderSpec, SQUEEZES, type Weather, type WireName } from './scenario.ts';
import { anthropicWire } from './wires/anthropic.ts';
import { bedrockWire } from './wires/bedrock.ts';
import { geminiWire } from './wires/gemini.ts';
import { openaiWire } from './wires/openai.ts';
import { type Asked, EPOCH_MS, type HttpRequest, type Trouble, type Wire } from './wires/wire.ts';

const WIRES: Record<WireName, Wire> = {
  anthropic: anthropicWire,
  openai: openaiWire,
  bedrock: bedrockWire,
  gemini: geminiWire,
};

const SLOW_MS = 7_000;
/** An announcement counts as known this long after it was sent; one may not obey what is still on its way. */
const TRAVEL_MS = 5;

/** One call as the provider's books have it. */
export interface UpstreamCall {
  provider: string;
  /** The request's, or empty for a stranger's. */
  id: string;
  /** Which call for this request at this provider, from 1. */
  attempt: number;
  atMs: number;
  endedMs: number;
  status: number;
  /** Made before a time that the provider had announced. */
  impolite: boolean;
  /** A whole and true answer went out. */
  completed: boolean;
}

export interface Visit {
  reply: Reply;
  /** To be called once, when the reply is at its end or the caller has gone. */
  end(nowMs: number, complete: boolean): void;
}

export class ProviderModel {
  readonly calls: UpstreamCall[] = [];
  readonly #spec: ProviderSpec;
  readonly #weather: Weather;
  readonly #wire: Wire;
  readonly #buckets: Buckets;
  readonly #attempts = new Map<string, number>();
  #announcements: { knownMs: number; untilMs: number }[] = [];
  #inFlight = 0;

  constructor(spec: ProviderSpec, weather: Weather) {
    this.#spec = spec;
    this.#weather = weather;
    this.#wire = WIRES[spec.wire];
    this.#buckets = new Buckets(spec);
  }

  /** A call has arrived. `nowMs` counts from the start of the storm. */
  visit(request: HttpRequest, nowMs: number): Visit {
    const asked = this.#wire.read(request);
    const id = asked?.facts.id ?? '';
    const attempt = (this.#attempts.get(id) ?? 0) + 1;
    this.#attempts.set(id, attempt);
    const impolite = this.#isImpolite(nowMs);
    const call: UpstreamCall = {
      provider: this.#spec.name,
      id,
      attempt,
      atMs: nowMs,
      endedMs: nowMs,
      status: 0,
      impolite,
      completed: false,
    };
    this.calls.push(call);
    const visit = asked ? this.#attend(asked, call) : this.#brief(call, refused(this.#wire.refusal('bad', undefined)));
    call.status = visit.reply.status;
    visit.reply.headers['date'] = new Date(EPOCH_MS + nowMs).toUTCString();
    return visit;
  }

  #attend(asked: Asked, call: UpstreamCall): Visit {
    const { atMs: nowMs, attempt } = call;
    const draw = (what: string) =>
      luck(`${this.#weather.seed} ${this.#spec.name} ${asked.facts.id} ${attempt} ${what}`);
    const ails = this.#ailments(nowMs, draw);
    if (ails.has('down')) return this.#brief(call, this.#dead(draw('way')));
    const trouble = troubleOf(ails, asked, asked.key === this.#spec.key);
    if (trouble) return this.#brief(call, refused(this.#wire.refusal(trouble, undefined)));
    return this.#throttle(asked, call) ?? this.#serve(asked, { call, draw, ails });
  }

  /** A reply that occupies nothing. */
  #brief(call: UpstreamCall, reply: Reply): Visit {
    return { reply, end: (nowMs) => void (call.endedMs = nowMs) };
  }

  #dead(draw: number): Reply {
    if (draw < 0.4) return brokenConnection();
    if (draw < 0.6) return badGateway();
    return refused(this.#wire.refusal(draw < 0.8 ? 'error' : 'overloaded', undefined));
  }

  /** Takes what the call needs, or refuses it and takes nothing. */
  #throttle(asked: Asked, call: UpstreamCall): Visit | undefined {
    const { atMs: nowMs } = call;
    const factor = this.#factor(nowMs);
    const need = this.#wire.need(asked);
    const { concurrency = Infinity } = this.#spec;
    this.#buckets.refill(nowMs, factor);
    const full = this.#inFlight >= concurrency ? ({ dimension: 'concurrency', waitMs: 0 } as const) : undefined;
    const shortage = this.#buckets.shortage(need, factor) ?? full;
    if (!shortage) {
      this.#buckets.take(need);
      return undefined;
    }
    const refusal = this.#wire.refusal('rate', shortage);
    this.#announce(nowMs, refusal.announcedMs);
    return this.#brief(call, refused({ ...refusal, headers: { ...refusal.headers, ...this.#limits(nowMs) } }));
  }

  #serve(asked: Asked, { call, draw, ails }: { call: UpstreamCall; draw: Draw; ails: ReadonlySet<Ailment> }): Visit {
    const { firstTokenMs, totalMs, sigma } = this.#spec;
    const flaw = FLAWS.find((ailment) => ails.has(ailment));
    const firstMs = ails.has('slow') ? SLOW_MS : lognormal([draw('a'), draw('b')], firstTokenMs, sigma);
    const writingMs = Math.max(20, lognormal([draw('c'), draw('d')], totalMs - firstTokenMs, sigma));
    const reply = answered({
      wire: this.#wire,
      asked,
      headers: this.#limits(call.atMs),
      firstMs,
      totalMs: firstMs + writingMs,
      flaw,
      draw: draw('way'),
    });
    this.#inFlight++;
    return {
      reply,
      end: (nowMs, complete) => {
        this.#inFlight--;
        call.endedMs = nowMs;
        call.completed = complete && flaw === undefined;
        const share = (nowMs - call.atMs - firstMs) / writingMs;
        const written = Math.round(asked.facts.outputTokens * Math.min(Math.max(share, 0), 1));
        this.#buckets.take(this.#wire.settle(asked, written));
      },
    };
  }

  #limits(nowMs: number): Record<string, string> {
    return this.#wire.limitHeaders(this.#buckets.levels(), EPOCH_MS + nowMs);
  }

  #ailments(nowMs: number, draw: Draw): ReadonlySet<Ailment> {
    const ails = new Set<Ailment>();
    if (this.#weather.calm) return ails;
    for (const { id, provider, fromMs, toMs, chance, ailment } of FAULTS) {
      if (provider !== this.#spec.name || nowMs < fromMs || nowMs >= toMs) continue;
      if (chance >= 1 || draw(id) < chance) ails.add(ailment);
    }
    return ails;
  }

  #factor(nowMs: number): number {
    if (this.#weather.calm) return 1;
    const isNow = (it: { provider: string; fromMs: number; toMs: number }) =>
      it.provider === this.#spec.name && nowMs >= it.fromMs && nowMs < it.toMs;
    return SQUEEZES.find(isNow)?.factor ?? 1;
  }

  #announce(nowMs: number, waitMs: number | undefined): void {
    if (waitMs === undefined) return;
    this.#announcements = this.#announcements.filter(({ untilMs }) => untilMs > nowMs);
    this.#announcements.push({ knownMs: nowMs + REFUSAL_MS + TRAVEL_MS, untilMs: nowMs + waitMs });
  }

  #isImpolite(nowMs: number): boolean {
    return this.#announcements.some(({ knownMs, untilMs }) => knownMs <= nowMs && nowMs < untilMs);
  }
}

type Draw = (what: string) => number;

/** In which an answer is given, though no good one. */
const FLAWS: readonly Ailment[] = ['sour', 'broken', 'stalled', 'cut', 'page'];

/** Sickness comes before the caller's fault: a dead provider does not read what it is asked. */
function troubleOf(ails: ReadonlySet<Ailment>, { facts }: Asked, isKeyRight: boolean): Trouble | undefined {
  if (!isKeyRight || ails.has('revoked')) return 'credential';
  if (ails.has('error')) return 'error';
  if (ails.has('spent')) return 'spent';
  if (ails.has('overloaded')) return 'overloaded';
  return facts.kind === 'bad' || facts.kind === 'too_long' ? facts.kind : undefined;
}
