/** Requests to an application whose answers go through the node port, and what it answers otherwise. */
import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
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

/** Requests that may wait on one connection for the answers before them: `node:http` reads on and on, 4 KB each. */
const MAX_PIPELINED = 100;

export function nodeListener(fetch: Fetch, readMs = READ_MS): RequestListener {
  const unanswered = new WeakMap<Socket, number>();
  const count = (socket: Socket, change: number) => {
    const sum = (unanswered.get(socket) ?? 0) + change;
    unanswered.set(socket, sum);
    return sum;
  };
  return (incoming, outgoing) => {
    const { socket } = incoming;
    if (count(socket, 1) > MAX_PIPELINED) return void socket.destroy(); // An answer would have to wait for the others.
    outgoing.on('close', () => count(socket, -1));
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
