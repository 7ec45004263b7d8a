/** Long lists, a page at a time, in the order of their names: what comes and goes meanwhile loses nobody a place. */
import { z } from 'zod';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 500;

export const Paging = {
  cursor: z.string().min(1).max(400).optional().describe('`cursor` of the page before'),
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
};

export interface Page<T> {
  data: T[];
  /** Null on the last page. */
  cursor: string | null;
}

export function pageOf<T>(
  all: readonly T[],
  nameOf: (one: T) => string,
  { cursor = '', limit }: { cursor?: string | undefined; limit: number },
): Page<T> {
  const named = all.map((one) => ({ one, name: nameOf(one) })).filter(({ name }) => name > cursor);
  named.sort((a, b) => (a.name < b.name ? -1 : 1));
  const data = named.slice(0, limit);
  return {
    data: data.map(({ one }) => one),
    cursor: named.length > limit ? (data.at(-1)?.name ?? null) : null,
  };
}

export function pageSchema(item: z.ZodType) {
  return z.strictObject({ data: z.array(item), cursor: z.string().nullable().describe('For the next page') });
}
