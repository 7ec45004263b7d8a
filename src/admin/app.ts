/** The operator's API, an application of its own: on its own address on Node, below `/admin` on Workers. */
import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { asGatewayError, errorBody, GatewayError } from '../core/errors.ts';
import { type Endpoint, endpoint, json } from './endpoint.ts';
import { guard, type Lock } from './guard.ts';
import { openApi } from './openapi.ts';
import { PLAY } from './page/play.ts';
import type { BodyReader } from './reading.ts';
import { changeEndpoints } from './routes/changes.ts';
import { healthEndpoints } from './routes/health.ts';
import { keyEndpoints } from './routes/keys.ts';
import { limitEndpoints } from './routes/limits.ts';
import { requestEndpoints } from './routes/requests.ts';
import { rulesEndpoints } from './routes/rules.ts';
import { stateEndpoints } from './routes/state.ts';
import { statementEndpoints } from './routes/statements.ts';
import { tenantEndpoints } from './routes/tenants.ts';
import { usageEndpoints } from './routes/usage.ts';
import type { AdminSources } from './sources.ts';

export interface AdminOptions {
  sources: AdminSources;
  lock: Lock;
  /** Of the web's own types, on Node, too: nobody is in a hurry here. */
  http: BodyReader;
}

type App = Hono<{ Variables: { requestId: string } }>;

const ENDPOINTS: readonly Endpoint[] = [
  ...healthEndpoints,
  ...limitEndpoints,
  ...keyEndpoints,
  ...tenantEndpoints,
  ...usageEndpoints,
  ...requestEndpoints,
  ...statementEndpoints,
  ...stateEndpoints,
  ...rulesEndpoints,
  ...changeEndpoints,
  ...['/openapi.json', '/admin/openapi.json'].map((path) =>
    endpoint(
      {
        method: 'get',
        path,
        summary: 'This document',
        answer: { status: 200, schema: z.record(z.string(), z.unknown()) },
      },
      ({ sources: { about } }) => json(documentOf(about)),
    ),
  ),
];

/** Made once: it takes 20 ms. */
const documents = new WeakMap<AdminSources['about'], object>();

function documentOf(about: AdminSources['about']): object {
  const known = documents.get(about);
  if (known) return known;
  const made = openApi([...ENDPOINTS, ...PLAY], about.version);
  documents.set(about, made);
  return made;
}

/** No answer is kept, framed, sniffed, or read by a page of another origin; there are no CORS headers at all. */
const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

export function createAdminApp({ sources, lock, http }: AdminOptions): App {
  const app: App = new Hono();
  app.use('*', async (c, next) => {
    c.set('requestId', sources.issue.newId('adm_', 24));
    await next();
    for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
    c.header('x-request-id', c.get('requestId'));
  });
  app.use('*', guard(lock, sources));
  for (const { method, path, handle } of ENDPOINTS) app.on(method.toUpperCase(), path, (c) => handle(c, sources, http));
  app.notFound(({ req: { method, path } }) => {
    const message = `There is no ${method} ${path.slice(0, 100)}; GET /admin/openapi.json lists what there is`;
    throw new GatewayError('route_not_found', message);
  });
  app.onError((cause, c) => refuse(c, cause, sources));
  return app;
}

function refuse(c: Context, cause: unknown, { onFailure }: AdminSources): Response {
  const error = asGatewayError(cause);
  const { status, retryAfterMs } = error;
  if (status >= 500 && error.cause !== undefined) onFailure(error.cause, c.get('requestId'));
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (retryAfterMs !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfterMs / 1_000)));
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  return new Response(JSON.stringify(errorBody(error)), { status, headers });
}
