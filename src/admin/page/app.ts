/**
 * The page for people, in front of the admin API and on its address. What it is made of is the same for everybody and
 * open; every fact in it is asked of the API with the token.
 */
import { Hono } from 'hono';
import { asGatewayError, errorBody } from '../../core/errors.ts';
import { guard, type Lock } from '../guard.ts';
import type { AdminSources } from '../sources.ts';
import { type Asset, assetAt, PAGE_HEADERS } from './assets.ts';
import { type Ask, contextOf, createPlay, environmentOf } from './play.ts';

export interface PageOptions {
  admin: Ask;
  /** The router's own API, by the web's own types on every runtime. */
  router: Ask;
  lock: Lock;
  sources: Pick<AdminSources, 'directory'>;
}

export function createPageApp({ admin, router, lock, sources }: PageOptions): Hono {
  const app = new Hono();
  for (const path of ['/', '/admin', '/admin/']) app.get(path, (c) => show(assetAt('index.html'), c.req.raw));
  app.get('/admin/page/:name', (c, next) => {
    const asset = assetAt(c.req.param('name'));
    return asset ? show(asset, c.req.raw) : next();
  });
  app.use('/admin/v1/play/*', guard(lock, sources));
  app.route('/admin/v1/play', createPlay(router));
  app.all('*', (c) => admin(c.req.raw, environmentOf(c), contextOf(c)));
  app.onError((cause) => {
    const error = asGatewayError(cause);
    return Response.json(errorBody(error), { status: error.status, headers: { 'cache-control': 'no-store' } });
  });
  return app;
}

function show(asset: Asset | undefined, request: Request): Response {
  if (!asset) return new Response(null, { status: 404 });
  const { body, type, etag } = asset;
  const headers = { ...PAGE_HEADERS, 'content-type': type, etag };
  const isKnown = request.headers.get('if-none-match')?.includes(etag) === true;
  return isKnown ? new Response(null, { status: 304, headers }) : new Response(body, { headers });
}
