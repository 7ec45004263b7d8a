import { type Context, Hono } from 'hono';
import { asJson } from '../converse.ts';
import type { HttpPort } from '../port.ts';

export interface HealthParts {
  http: Pick<HttpPort, 'send'>;
  isReady: () => boolean;
}

/** `/livez`: the process runs. `/readyz`: it takes requests (not while it drains). No key needed, nothing told. */
export function healthRoutes({ http, isReady }: HealthParts): Hono {
  const say = (c: Context, code: number, status: string) => http.send(c, code, asJson({}), JSON.stringify({ status }));
  return new Hono()
    .get('/livez', (c) => say(c, 200, 'ok'))
    .get('/readyz', (c) => (isReady() ? say(c, 200, 'ready') : say(c, 503, 'draining')));
}
