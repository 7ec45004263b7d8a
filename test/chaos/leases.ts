import { vi } from 'vitest';
import { Limiter } from '../../src/limits/limiter.ts';

const takes = vi.spyOn(Limiter.prototype, 'take');

/** Room that calls have taken of limits whose name holds this, and have not given back. */
export function openLeases(name: string): number {
  const limiters = new Set((takes.mock.contexts as Limiter[]).filter(({ resource }) => resource.includes(name)));
  return [...limiters].reduce((sum, { open }) => sum + open, 0);
}
