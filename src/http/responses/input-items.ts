/** `GET /v1/responses/{id}/input_items`: pages of what the model was given. Pure. */
import * as z from 'zod';
import { GatewayError } from '../../core/errors.ts';
import { readShape } from '../../doors/json.ts';
import type { Item } from '../../doors/responses/stored.ts';

const Query = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: z.string().optional(),
});

export interface ItemPage {
  object: 'list';
  data: Item[];
  first_id: string | null;
  last_id: string | null;
  has_more: boolean;
}

/** Throws `invalid_request` for a query that cannot be followed. */
export function pageOf(input: readonly Item[], query: Record<string, string>): ItemPage {
  const { limit, order, after } = readShape(query, Query, 'query');
  const items = order === 'asc' ? input : input.toReversed();
  const start = after === undefined ? 0 : items.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && start === 0) throw wrong('after', 'there is no such item in this response');
  const data = items.slice(start, start + limit);
  const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
  return { object: 'list', data, ...ends, has_more: start + limit < items.length };
}

function wrong(param: string, message: string): GatewayError {
  return new GatewayError('invalid_request', `${param}: ${message}`, { param });
}
