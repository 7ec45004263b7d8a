import type { Deployment } from '../core/deployment.ts';
import { Kept } from '../core/kept.ts';
import type { Limits } from '../core/limits.ts';
import { JointLimits } from './joint.ts';
import { Limiter, type LimiterOptions } from './limiter.ts';
import type { Standing } from './standing.ts';

/** Of those that only clients name. */
const MAX_INVENTED = 2_000;

export interface LimitersOptions {
  /** Where a dialect's quotas have their days; UTC without it. */
  timeZoneOf?: ((dialect: string) => string | undefined) | undefined;
  /** See `LimiterOptions`. */
  leaseMs?: number | undefined;
  /** Limiters kept at most of those that only clients name; the oldest that has no call running goes first. */
  maxInvented?: number | undefined;
}

/**
 * One limiter for each account, region and family of models, made when it is first asked for; what it knows is this
 * process's own. Entries that share an account share what the first of them declared.
 */
export class Limiters {
  readonly #options: LimitersOptions;
  readonly #kept: Kept<Limiter>;
  readonly #limits = new WeakMap<Deployment, Limits>();

  constructor(options: LimitersOptions = {}) {
    this.#options = options;
    this.#kept = new Kept(options.maxInvented ?? MAX_INVENTED, ({ open }) => open === 0);
  }

  of(deployment: Deployment, nowMs: number): Limits {
    const known = this.#limits.get(deployment);
    if (known) return known;
    const limits = this.#join(deployment, nowMs);
    this.#limits.set(deployment, limits);
    return limits;
  }

  /** Of each that was asked since the start. */
  standings(nowMs: number): Standing[] {
    return Array.from(this.#kept.values(), (limiter) => limiter.standing(nowMs));
  }

  get size(): number {
    return this.#kept.size;
  }

  #join(deployment: Deployment, nowMs: number): Limits {
    const { endpoint, family, id, model, limits, isDirect = false } = deployment;
    const timeZone = this.#options.timeZoneOf?.(endpoint.dialect);
    const { region = endpoint.settings.location } = endpoint.settings;
    const resource = [endpoint.account, region ?? '', family].join('|');
    const account = this.#keep({ resource, declared: endpoint.limits, timeZone }, isDirect, nowMs);
    if (!limits) return account;
    const own = { resource: [resource, id, model].join('|'), declared: limits, timeZone, adaptive: false };
    return new JointLimits(this.#keep(own, isDirect, nowMs), account);
  }

  #keep(options: LimiterOptions, isInvented: boolean, nowMs: number): Limiter {
    const known = this.#kept.get(options.resource, isInvented);
    if (known) return known;
    const made = new Limiter({ ...options, leaseMs: this.#options.leaseMs }, nowMs);
    return this.#kept.add(options.resource, made, isInvented);
  }
}
