/** When everybody asks for what: a pure function of the seed. */
import { luck, sequence } from './luck.ts';
import { type Priority, type Tenant, TENANTS, type Weather } from './scenario.ts';

/** `bad` and `too_long` are the caller's fault and may reach a provider once. A `leaver` hangs up before its answer. */
export type Kind = 'plain' | 'bad' | 'too_long' | 'leaver';

const BAD = 0.015;
const TOO_LONG = 0.01;
const LEAVES = 0.01;

export interface Arrival {
  id: string;
  atMs: number;
  tenant: string;
  priority: Priority;
  stream: boolean;
  inputTokens: number;
  outputTokens: number;
  /** Clients ask for more than the answer takes. */
  maxTokens: number;
  /** Texts differ in density, and nobody counts tokens before the call. */
  charsPerToken: number;
  kind: Kind;
  /** A `leaver`'s patience. */
  leavesAfterMs: number;
}

export function arrivals(weather: Weather): Arrival[] {
  const all = TENANTS.flatMap((tenant) => arrivalsOf(tenant, weather)).toSorted((a, b) => a.atMs - b.atMs);
  return all.map((arrival, index) => ({ ...arrival, id: `s${weather.seed}n${index}` }));
}

function arrivalsOf(tenant: Tenant, { seed, load, durationMs }: Weather): Omit<Arrival, 'id'>[] {
  const random = sequence(Math.floor(luck(`${seed} ${tenant.name}`) * 2 ** 32));
  const { burst } = tenant;
  const phaseMs = burst ? random() * (burst.onMs + burst.offMs) : 0;
  const found: Omit<Arrival, 'id'>[] = [];
  let atMs = 0;
  for (;;) {
    atMs += (-Math.log(1 - random()) * 1_000) / (tenant.perSecond * load);
    if (burst) atMs += silence(atMs + phaseMs, burst);
    if (atMs >= durationMs) return found;
    found.push(arrivalOf(tenant, atMs, random));
  }
}

/** What is left of a pause that this moment falls into. */
function silence(atMs: number, { onMs, offMs }: NonNullable<Tenant['burst']>): number {
  const into = atMs % (onMs + offMs);
  return into < onMs ? 0 : onMs + offMs - into;
}

function arrivalOf(tenant: Tenant, atMs: number, random: () => number): Omit<Arrival, 'id'> {
  const between = ([least, most]: readonly [number, number], share: number) =>
    Math.round(least + share * (most - least));
  const outputTokens = between(tenant.outputTokens, random());
  return {
    atMs,
    tenant: tenant.name,
    priority: tenant.priority,
    stream: random() < tenant.streamShare,
    inputTokens: between(tenant.inputTokens, random() ** 2), // Many short ones, a few long ones.
    outputTokens,
    maxTokens: Math.round(outputTokens * (1 + random())) + 16,
    charsPerToken: 3.4 + random() * 1.2,
    kind: kindOf(random()),
    leavesAfterMs: 50 + random() * 450,
  };
}

function kindOf(draw: number): Kind {
  if (draw < BAD) return 'bad';
  if (draw < BAD + TOO_LONG) return 'too_long';
  return draw < BAD + TOO_LONG + LEAVES ? 'leaver' : 'plain';
}
