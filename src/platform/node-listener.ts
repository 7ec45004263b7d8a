/** Requests to an application whose answers go through the node port, and what it answers otherwise. */
import type { RequestListener } from 'node:http';
import type { NodeBindings } from './node-http.ts';
import { NodeVisit } from './node-visit.ts';
import { atEndOfTurn } from './turn.ts';
import { READ_MS } from './unread.ts';
import type { Visit } from './visit.ts';

export type Fetch = (request: Request, bindings: NodeBindings) => Response | Promise<Response>;

export interface Asked {
  method?: string | undefined;
  /** As it stood on the request line. */
  url?: string | undefined;
}

export function nodeListener(fetch: Fetch, readMs = READ_MS): RequestListener {
  return (incoming, outgoing) => {
    atEndOfTurn(() => void respond(fetch, incoming, new NodeVisit(incoming, outgoing, readMs)));
  };
}

/** Never rejects. */
export async function respond(fetch: Fetch, asked: Asked, visit: Visit): Promise<void> {
  try {
    const response = await fetch(toRequest(asked), { visit });
    if (!visit.isUnanswered) return; // By the port, as most are.
    visit.send(response.status, Object.fromEntries(response.headers), await response.text());
  } catch {
    visit.abort();
  }
}

/** What routes are found by. Headers and the body are the door's to read. */
function toRequest({ method, url = '/' }: Asked): Request {
  const isAbsolute = url.startsWith('http://') || url.startsWith('https://');
  return { method, url: isAbsolute ? url : `http://node${url}` } as Request;
}
