import { Hono } from 'hono';
import { type Caller, forbiddenName, mayUse } from '../../core/caller.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { RoutingView } from '../../routing/view.ts';

type Called = { Variables: { caller: Caller } };

/** `GET /v1/models` and `/v1/models/{id}`: the names that the client's key may ask for. */
export function modelRoutes(gateway: { readonly routing: RoutingView }, clock: Clock): Hono<Called> {
  const list = (caller: Caller) => {
    const { routing } = gateway; // It changes with the rules.
    const created = Math.floor(clock.now() / 1000);
    const names = new Set([...routing.rules.routes.keys(), ...routing.models.keys()]);
    return [...names]
      .filter((id) => mayUse(caller, id, routing.rules.routes))
      .map((id) => ({
        id,
        object: 'model' as const,
        created,
        owned_by: ownerOf(id, routing),
      }));
  };
  return new Hono<Called>()
    .get('/', (c) => c.json({ object: 'list', data: list(c.get('caller')) }))
    .get('/:id{.+}', (c) => {
      const id = c.req.param('id');
      const caller = c.get('caller');
      if (!mayUse(caller, id, gateway.routing.rules.routes)) throw forbiddenName(caller, id);
      const known = list(caller).find((model) => model.id === id);
      const direct = known ? undefined : gateway.routing.direct(id);
      if (known) return c.json(known);
      if (direct) {
        return c.json({ id, object: 'model', created: Math.floor(clock.now() / 1000), owned_by: direct.endpoint.name });
      }
      throw new GatewayError('model_not_found', `There is no model "${id}" here; GET /v1/models lists them`, {
        param: 'model',
      });
    });
}

function ownerOf(id: string, routing: RoutingView): string {
  return routing.models.get(id)?.[0]?.endpoint.name ?? 'signalbox';
}
