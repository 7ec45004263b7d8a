import { GatewayError } from '../../src/core/errors.ts';
import type { EmbeddingsTask } from '../../src/core/task.ts';

/** Tokens are another model's: only OpenAI's can be read by it. Throws `unsupported`. */
export function textsOf({ inputs }: EmbeddingsTask, provider: string): string[] {
  return inputs.map((input) => {
    if (typeof input === 'string') return input;
    throw new GatewayError('unsupported', `${provider} embeds texts, not tokens`, { param: 'input' });
  });
}

export function inBatches<T>(all: readonly T[], size: number): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < all.length; start += size) batches.push(all.slice(start, start + size));
  return batches;
}
