import type { Refusal } from '../../src/core/provider.ts';

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** How long until a used-up limit is full again, for servers that name no `retry-after`. */
export function resetMs(refusal: Refusal): number | undefined {
  const waits = ['requests', 'tokens'].flatMap((dimension) => {
    const isUsedUp = Number(refusal.header(`x-ratelimit-remaining-${dimension}`) ?? '1') === 0;
    return (isUsedUp && durationMs(refusal.header(`x-ratelimit-reset-${dimension}`))) || [];
  });
  return waits.length > 0 ? Math.max(...waits) : undefined;
}

/** OpenAI: `6m0s`, `12ms`, `7.66s`. Azure: seconds without a unit. */
export function durationMs(duration: string | undefined): number | undefined {
  if (!duration) return undefined;
  if (/^\d+$/.test(duration)) return Number(duration) * 1_000;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(duration)) return undefined;
  const parts = [...duration.matchAll(/([\d.]+)(ms|[smhd])/g)];
  return Math.ceil(parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS_MS[unit ?? ''] ?? 0), 0));
}
