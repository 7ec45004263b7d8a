import { Recent } from './recent.ts';

/** Which deployment of a pool is in use: a better one has to be clearly better to take its place. */
export interface Lead {
  id: string | undefined;
}

/** One a pool, by the pool's name. */
export class Leads {
  readonly #leads: Recent<Lead>;

  constructor(maxPools: number) {
    this.#leads = new Recent(maxPools);
  }

  of(pool: string): Lead {
    const known = this.#leads.get(pool);
    if (known) return known;
    const lead: Lead = { id: undefined };
    this.#leads.set(pool, lead);
    return lead;
  }
}
