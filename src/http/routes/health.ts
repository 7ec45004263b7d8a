import { Hono } from 'hono';

/** `/livez`: the process runs. `/readyz`: it takes requests (not while it drains). No key needed, nothing told. */
export function healthRoutes(isReady: () => boolean): Hono {
  return new Hono()
    .get('/livez', (c) => c.json({ status: 'ok' }))
    .get('/readyz', (c) => (isReady() ? c.json({ status: 'ready' }) : c.json({ status: 'draining' }, 503)));
}
