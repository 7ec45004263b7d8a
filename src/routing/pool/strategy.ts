/** How a pool's deployments are put in order. */
export const STRATEGIES = ['order', 'weighted', 'cheapest', 'fastest', 'balanced', 'sticky'] as const;

export type Strategy = (typeof STRATEGIES)[number];
