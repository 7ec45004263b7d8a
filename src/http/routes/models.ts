import { type Context, Hono } from 'hono';
import { type Caller, forbiddenName, mayUse } from '../../core/caller.ts';
import type { Deployment } from '../../core/deployment.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { Door } from '../../doors/door.ts';
import { MESSAGES } from '../../doors/messages/door.ts';
import type { RoutingView } from '../../routing/view.ts';
import { send } from '../converse.ts';
import type { HttpPort } from '../port.ts';
import { pageOf, toModel } from './anthropic-models.ts';

type Called = { Variables: { caller: Caller; door: Door } };

export interface ModelParts {
  gateway: { readonly routing: RoutingView };
  http: Pick<HttpPort, 'header' | 'send'>;
  clock: Clock;
}

/** `GET /v1/models` and `/v1/models/{id}`: the names that the client's key may ask for, as its SDK reads them. */
export function modelRoutes(parts: ModelParts): Hono<Called> {
  const { gateway, http, clock } = parts;
  const namesFor = (caller: Caller) => {
    const { routing } = gateway; // It changes with the rules.
    const names = new Set([...routing.servedRoutes, ...routing.models.keys()]);
    return [...names].filter((id) => mayUse(caller, id, routing.rules.routes));
  };
  const forOpenAi = (id: string) => ({
    id,
    object: 'model' as const,
    created: Math.floor(clock.now() / 1000),
    owned_by: deploymentsOf(id, gateway.routing)[0]?.endpoint.name ?? 'signalbox',
  });
  /** Anthropic's SDKs always send its version. Their errors are then in its words, too. */
  const isAnthropics = (c: Context<Called>) => {
    const isTheirs = http.header(c, 'anthropic-version') !== undefined;
    if (isTheirs) c.set('door', MESSAGES);
    return isTheirs;
  };
  const forAnthropic = (id: string) => toModel(id, deploymentsOf(id, gateway.routing));
  return new Hono<Called>()
    .get('/', (c) => {
      const names = namesFor(c.get('caller'));
      if (!isAnthropics(c)) return send(c, parts, { object: 'list', data: names.map(forOpenAi) });
      const { limit, after_id: afterId, before_id: beforeId } = c.req.query();
      return send(c, parts, pageOf(names, { limit, afterId, beforeId }, forAnthropic));
    })
    .get('/:id{.+}', (c) => {
      const isTheirs = isAnthropics(c);
      const id = c.req.param('id');
      requireKnown(id, c.get('caller'), gateway.routing);
      return send(c, parts, isTheirs ? forAnthropic(id) : forOpenAi(id));
    });
}

function requireKnown(id: string, caller: Caller, routing: RoutingView): void {
  if (!mayUse(caller, id, routing.rules.routes)) throw forbiddenName(caller, id);
  if (routing.servedRoutes.has(id) || deploymentsOf(id, routing).length > 0) return;
  throw new GatewayError('model_not_found', `There is no model "${id}" here; GET /v1/models lists them`, {
    param: 'model',
  });
}

function deploymentsOf(id: string, { models, direct }: RoutingView): readonly Deployment[] {
  const named = models.get(id);
  if (named) return named;
  const found = direct(id);
  return found ? [found] : [];
}
