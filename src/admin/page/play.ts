/**
 * The playground's way to the router: whoever has the admin token may send requests from the page, with a client's key
 * in `x-api-key`. The router's API has no CORS headers, so a page of another address could not; nothing is opened by
 * this that the key does not open.
 */
import { type Context, type ExecutionContext, Hono } from 'hono';
import * as z from 'zod';
import type { Described } from '../endpoint.ts';

/** An application's `fetch`. */
export type Ask = (request: Request, env?: object, context?: ExecutionContext) => Response | Promise<Response>;

const JSON_BODY = z.record(z.string(), z.unknown());

/** For the OpenAPI document, too. What they take and answer is the router's own: `/v1` without `/admin/v1/play`. */
export const PLAY: readonly Described[] = [
  {
    method: 'get',
    path: '/admin/v1/play/models',
    summary: "The router's models, as the client's key in `x-api-key` sees them",
    answer: { status: 200, schema: JSON_BODY },
  },
  {
    method: 'post',
    path: '/admin/v1/play/chat/completions',
    summary: "A chat, sent to the router with the client's key in `x-api-key`",
    body: JSON_BODY,
    answer: { status: 200, schema: JSON_BODY, types: ['text/event-stream'] },
  },
  {
    method: 'post',
    path: '/admin/v1/play/route',
    summary: "What would become of a chat, and why, with the client's key in `x-api-key`",
    body: JSON_BODY,
    answer: { status: 200, schema: JSON_BODY },
  },
];
const ROOT = '/admin/v1/play';

/** The token is not among them. */
const PASSED = ['content-type', 'x-api-key', 'x-signalbox-priority', 'x-signalbox-deadline-ms', 'x-signalbox-strict'];

export function createPlay(router: Ask): Hono {
  const app = new Hono();
  for (const { method, path: full } of PLAY) {
    const path = full.slice(ROOT.length);
    app.on(method.toUpperCase(), path, async (c) => {
      const asked = toRouter(c.req.raw, `/v1${path}`);
      const { status, body, headers } = await router(asked, environmentOf(c), contextOf(c));
      const told = new Headers(headers);
      told.set('cache-control', 'no-store');
      told.set('x-content-type-options', 'nosniff');
      told.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
      return new Response(body, { status, headers: told });
    });
  }
  return app;
}

function toRouter(request: Request, path: string): Request {
  const { method, body, signal, headers } = request;
  const passed = PASSED.map((name) => [name, headers.get(name)] as const);
  return new Request(new URL(path, request.url), {
    method,
    signal,
    headers: passed.filter((entry): entry is [string, string] => entry[1] !== null).map(([...entry]) => entry),
    ...(body && { body, duplex: 'half' }),
  });
}

export function environmentOf({ env }: Context): object {
  return env as object; // Bindings on Workers, node's own request on Node.
}

/** What keeps work running behind an answer on Workers. */
export function contextOf(c: Context): ExecutionContext | undefined {
  try {
    return c.executionCtx;
  } catch {
    return undefined; // Hono throws where the runtime has none: Node.
  }
}
