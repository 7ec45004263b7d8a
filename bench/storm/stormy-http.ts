/** An HTTP port (`src/http/port.ts`) for clients in the same process: no socket, no web stream, the same application. */
import { Departure } from '../../src/core/departure.ts';
import type { Call } from '../../src/http/call.ts';
import type { HttpPort, Manners } from '../../src/http/port.ts';

/** One request and what came back for it. */
export interface Ticket {
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
  body: string;
  client: Departure;
  /** Of the answer; 0 as long as there is none. */
  status: number;
  text: string;
  /** The answer is at its end. */
  whenDone: () => void;
}

const ticketOf = (c: Call): Ticket => c.env as Ticket;
/** Hono wants one from every handler; the answer itself is in the ticket. */
const NOTHING = new Response(null);
const utf8 = new TextDecoder();

export const stormyHttp: HttpPort = {
  header: (c, name) => ticketOf(c).headers[name],
  readBody: (c) => Promise.resolve(ticketOf(c).body),
  readText: (c) => Promise.resolve({ text: ticketOf(c).body }),
  readBytes: (c) => Promise.resolve(new TextEncoder().encode(ticketOf(c).body)),
  client: (c) => ticketOf(c).client,
  background() {},

  send(c, status, _headers, body) {
    const ticket = ticketOf(c);
    ticket.status = status;
    ticket.text = body;
    ticket.whenDone();
    return NOTHING;
  },

  stream(c, _headers, frames, manners) {
    const ticket = ticketOf(c);
    ticket.status = 200;
    void pour(ticket, frames, manners); // Ends every stream itself and never rejects.
    return NOTHING;
  },

  pass(c, headers, frames) {
    return this.stream(c, headers, frames, { keepAliveMs: Infinity, broken: () => '' });
  },
};

async function pour(ticket: Ticket, frames: Parameters<HttpPort['stream']>[2], { broken }: Manners): Promise<void> {
  try {
    for await (const frame of frames) {
      ticket.text += typeof frame === 'string' ? frame : utf8.decode(frame);
      if (ticket.client.gone) break; // Leaving the loop closes the upstream and the books.
    }
  } catch (cause) {
    ticket.text += broken(cause);
  }
  ticket.whenDone();
}
