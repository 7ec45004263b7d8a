/** Made-up deployments, and what a pool may be asked about them. */
import type { Deployment } from '../../../src/core/deployment.ts';
import type { PoolView } from '../../../src/routing/pool/view.ts';
import { ABLE } from '../../support/call.ts';

export function deploymentOf(id: string, parts: Partial<Deployment> = {}): Deployment {
  const [provider = id, providerModel = id] = id.split('/');
  return {
    id,
    endpoint: {
      name: provider,
      dialect: 'test',
      baseUrl: 'http://127.0.0.1:1',
      credential: { kind: 'none' },
      settings: {},
      account: provider,
    },
    providerModel,
    model: providerModel,
    capabilities: ABLE,
    price: undefined,
    family: 'test',
    ...parts,
  };
}

/** Prices, times to the first content and room by deployment id; everything else is unknown, and there is room. */
export interface Known {
  usd?: Record<string, number | undefined>;
  ms?: Record<string, number | undefined>;
  tokensPerSecond?: Record<string, number | undefined>;
  room?: Record<string, number | undefined>;
}

export function viewOf(
  { usd = {}, ms = {}, tokensPerSecond = {}, room = {} }: Known = {},
  parts: Partial<PoolView> = {},
): PoolView {
  return {
    random: () => 0.5,
    expectedOutputTokens: 0,
    speedOf: ({ id }) => {
      const firstTokenMs = ms[id];
      return firstTokenMs === undefined ? undefined : { firstTokenMs, tokensPerSecond: tokensPerSecond[id] };
    },
    costOf: ({ id }) => usd[id],
    roomOf: ({ id }) => room[id] ?? 1,
    weights: undefined,
    session: undefined,
    pinned: undefined,
    lead: { id: undefined },
    ...parts,
  };
}

/** The same numbers every time, spread well (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How often each came first. */
export function firsts(times: number, arrangeOnce: () => readonly Deployment[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let time = 0; time < times; time++) {
    const id = arrangeOnce()[0]?.id ?? 'none';
    counts[id] = (counts[id] ?? 0) + 1;
  }
  return counts;
}
