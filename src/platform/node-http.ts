/**
 * Requests and answers straight from and to sockets, under Hono's routes.
 * A web stream costs 1.6 × as much an event, and one on a closed connection has crashed the process (Node 24).
 */
import { isUtf8 } from 'node:buffer';
import { LONG_TEXT } from '../core/wire.ts';
import type { Frames } from '../attempt/live.ts';
import { type BodyText, type Call, type HttpPort, KEEP_ALIVE, type Manners } from '../http/port.ts';
import type { Bytes, Visit } from './visit.ts';

/** What Hono hands on to the port as its bindings. */
export interface NodeBindings {
  visit: Visit;
}

/** For Hono, who wants one. Nobody looks at it: the first look at Node's own `Response` loads its web client. */
const ANSWERED = Object.freeze({}) as Response;

const visitOf = (c: Call): Visit => (c.env as NodeBindings).visit;

export const nodeHttp: HttpPort = {
  header: (c, name) => visitOf(c).header(name),

  readBody(c, maxBytes) {
    const bytes = visitOf(c).read(maxBytes);
    return bytes instanceof Promise ? bytes.then(asText) : asText(bytes);
  },

  readText(c, maxBytes) {
    const bytes = visitOf(c).read(maxBytes);
    return bytes instanceof Promise ? bytes.then(asBodyText) : asBodyText(bytes);
  },

  readBytes: (c, maxBytes) => visitOf(c).read(maxBytes),

  client: (c) => visitOf(c).client(),

  background() {}, // Nothing is ever cut short.

  send(c, status, headers, body) {
    const visit = visitOf(c);
    if (visit.isUnanswered) visit.send(status, headers, body);
    return ANSWERED;
  },

  stream(c, headers, frames, manners) {
    const visit = visitOf(c);
    visit.begin(headers);
    void pour(visit, frames, manners); // Ends every stream itself and never rejects.
    return ANSWERED;
  },

  pass(c, headers, frames) {
    const visit = visitOf(c);
    visit.begin(headers);
    void poured(visit, frames).then(
      () => visit.end(),
      () => visit.abort(), // The books have the reason.
    );
    return ANSWERED;
  },
};

function asText(bytes: Bytes): string {
  return unmarked(bytes).toString('utf8');
}

function asBodyText(body: Bytes): BodyText {
  const bytes = unmarked(body);
  const text = bytes.toString('utf8');
  if (bytes.length < LONG_TEXT) return { text };
  return { text, bytes: isUtf8(bytes) ? bytes : Buffer.from(text) }; // What was understood is what goes on.
}

/** Without the byte order mark that JSON may not have and Windows' tools write: Workers leave it out, too. */
function unmarked(bytes: Bytes): Bytes {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

async function pour(visit: Visit, frames: Frames, { keepAliveMs, broken }: Manners): Promise<void> {
  let quiet = false;
  let isFull = false;
  const heartbeat = setInterval(() => {
    if (quiet && !isFull) visit.write(KEEP_ALIVE);
    quiet = true;
  }, keepAliveMs);
  try {
    for await (const frame of frames) {
      quiet = false;
      if (visit.isGone) break; // Leaving the loop closes the upstream and the books.
      if (visit.write(frame)) continue;
      isFull = true;
      await visit.drained();
      isFull = false;
    }
  } catch (cause) {
    if (!visit.isGone) visit.write(broken(cause));
  } finally {
    clearInterval(heartbeat);
    visit.end();
  }
}

async function poured(visit: Visit, frames: Frames): Promise<void> {
  for await (const frame of frames) {
    if (visit.isGone) break;
    if (!visit.write(frame)) await visit.drained();
  }
}
