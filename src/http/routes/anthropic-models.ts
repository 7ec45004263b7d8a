/** The same models in the words of Anthropic's `GET /v1/models`. */
import type { Deployment } from '../../core/deployment.ts';
import { GatewayError } from '../../core/errors.ts';

/** Of a list, in its order: the newest first there, the operator's here. */
export interface PageAsked {
  limit: string | undefined;
  afterId: string | undefined;
  beforeId: string | undefined;
}

const USUAL_LIMIT = 20;
const MAX_LIMIT = 1_000;
/** What Anthropic, too, says of a model whose age it does not know. */
const UNKNOWN_AGE = '1970-01-01T00:00:00Z';

export function toModel(id: string, deployments: readonly Deployment[] = []): object {
  const [first] = deployments;
  return {
    type: 'model',
    id,
    display_name: id,
    created_at: UNKNOWN_AGE,
    max_input_tokens: first?.capabilities.contextTokens ?? null,
    max_tokens: first?.capabilities.outputTokens ?? null,
    capabilities: null,
    line: null,
    lifecycle: 'active',
    deprecated_at: null,
    retires_at: null,
  };
}

/** Throws `invalid_request` for a page that there is not. */
export function pageOf(ids: readonly string[], asked: PageAsked, modelOf: (id: string) => object): object {
  const limit = limitOf(asked.limit);
  const from = asked.afterId === undefined ? 0 : placeOf(ids, asked.afterId, 'after_id') + 1;
  const to = asked.beforeId === undefined ? ids.length : placeOf(ids, asked.beforeId, 'before_id');
  const between = ids.slice(from, to);
  const page = asked.beforeId === undefined ? between.slice(0, limit) : between.slice(-limit);
  return {
    data: page.map(modelOf),
    has_more: page.length < between.length,
    first_id: page[0] ?? null,
    last_id: page.at(-1) ?? null,
  };
}

function limitOf(asked: string | undefined): number {
  const limit = asked === undefined ? USUAL_LIMIT : Number(asked);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new GatewayError('invalid_request', `limit: is a whole number from 1 to ${MAX_LIMIT}`, { param: 'limit' });
}

function placeOf(ids: readonly string[], id: string, param: string): number {
  const place = ids.indexOf(id);
  if (place >= 0) return place;
  throw new GatewayError('invalid_request', `${param}: is no model of this list`, { param });
}
