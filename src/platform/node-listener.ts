/**
 * `node:http` to an application whose answers go through the node port. `@hono/node-server` does this for every kind of
 * application; what we do not need of it (its own headers, close listeners) took 3 of 60 us a request.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { atEndOfTurn } from './turn.ts';

type Fetch = (request: Request, bindings: object) => Response | Promise<Response>;

export function nodeListener(fetch: Fetch): RequestListener {
  return (incoming, outgoing) => {
    atEndOfTurn(() => void respond(fetch, incoming, outgoing));
  };
}

async function respond(fetch: Fetch, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  try {
    const response = await fetch(toRequest(incoming), { incoming, outgoing });
    if (outgoing.headersSent || outgoing.destroyed) return; // By the port, as most are.
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(await response.text());
  } catch (cause) {
    outgoing.destroy(cause instanceof Error ? cause : undefined);
  }
}

/** What routes are found by. Headers and the body are the door's to read. */
function toRequest({ method, url = '/' }: IncomingMessage): Request {
  const isAbsolute = url.startsWith('http://') || url.startsWith('https://');
  return { method, url: isAbsolute ? url : `http://node${url}` } as Request;
}
