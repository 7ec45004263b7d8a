/** Long lists, a page at a time, in the order of their names: what comes and goes meanwhile loses nobody a place. */
import * as z from 'zod';

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
  all: Iterable<T>,
  nameOf: (one: T) => string,
  { cursor = '', limit }: { cursor?: string | undefined; limit: number },
): Page<T> {
  const first: { one: T; name: string }[] = [];
  for (const one of all) {
    const name = nameOf(one);
    const isLater = first.length > limit && name >= (first.at(-1)?.name ?? '');
    if (name <= cursor || isLater) continue;
    first.splice(placeOf(name, first), 0, { one, name });
    if (first.length > limit + 1) first.pop();
  }
  const data = first.slice(0, limit);
  return { data: data.map(({ one }) => one), cursor: first.length > limit ? (data.at(-1)?.name ?? null) : null };
}

/** Among many thousand only a page is put in order, so that nobody's answer waits for it. */
function placeOf(name: string, ordered: readonly { name: string }[]): number {
  let [from, to] = [0, ordered.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ordered[middle]?.name ?? '') < name) from = middle + 1;
    else to = middle;
  }
  return from;
}

export function pageSchema(item: z.ZodType) {
  return z.strictObject({ data: z.array(item), cursor: z.string().nullable().describe('For the next page') });
}
