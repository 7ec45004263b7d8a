/** What is done with every request before its door reads it: who asks, by which id it is known, how urgent it is. */
import type { Hono } from 'hono';
import { type DoorName, forbiddenDoor, type Keys, mayEnter } from '../core/caller.ts';
import { lowest } from '../core/ceilings.ts';
import type { Clock } from '../core/ports.ts';
import { inBytes, longOriginal, type Original } from '../core/wire.ts';
import { CHAT } from '../doors/chat/door.ts';
import type { Door } from '../doors/door.ts';
import type { BodyLimits } from '../doors/json.ts';
import type { Inbound } from '../gateway/gateway.ts';
import { type KeyCheck, whoAsks } from './authenticate.ts';
import type { Call, Called } from './call.ts';
import { ceilingsOf } from './ceilings.ts';
import type { HeaderValues } from './headers.ts';
import type { BodyText, HttpPort } from './port.ts';
import { strictOf } from './strict.ts';
import { urgencyOf } from './urgency.ts';

export type App = Hono<Called>;

export interface EntranceParts {
  http: HttpPort;
  keys: Keys;
  keyCheck: KeyCheck;
  clock: Clock;
  newId: (prefix: string, length: number) => string;
}

/** `door`: whose words a refusal is said in, before a body has been read. Throws `unauthenticated`. */
export type Enter = (c: Call, door: Door) => void;

export function entrance({ http, keys, keyCheck, clock, newId }: EntranceParts): Enter {
  const prefixes = new Prefixes();
  return (c, door) => {
    const nowMs = clock.now();
    c.set('door', door);
    c.set('requestId', newId(prefixes.at(nowMs), 15));
    c.set(
      'caller',
      whoAsks((name) => http.header(c, name), keys, { check: keyCheck, nowMs }),
    );
    c.set('onTheWay', { attempts: [], told: {} });
  };
}

/** Ids are in the order of time: where they are kept, an index of them grows at its end. */
class Prefixes {
  #atMs = -1;
  #prefix = '';

  at(nowMs: number): string {
    if (nowMs !== this.#atMs) this.#prefix = `req_${nowMs.toString(36).padStart(9, '0')}`;
    this.#atMs = nowMs;
    return this.#prefix;
  }
}

/** All that is known of a request but what it asks. */
export type Asked = Omit<Inbound, 'request' | 'original' | 'lost' | 'pen'>;

/** Throws `invalid_request` for headers that cannot be meant. */
export function askedBy(c: Call, http: HttpPort): Asked {
  const header = (name: string) => http.header(c, name);
  const caller = c.get('caller');
  const { attempts, told } = c.get('onTheWay');
  const { priority, deadlineMs } = urgencyOf(header('x-signalbox-priority'), header('x-signalbox-deadline-ms'), caller);
  return {
    caller,
    key: caller.name,
    requestId: c.get('requestId'),
    strict: strictOf(header),
    priority,
    deadlineMs,
    ceilings: lowest(caller.ceilings, ceilingsOf(header)),
    header,
    client: http.client(c),
    background: (work) => http.background(c, work),
    attempts,
    told,
  };
}

/** Throws `forbidden` where the key may not come in here, and what the door throws for a body that it cannot take. */
export function inboundOf(c: Call, door: Door, parts: ReadingParts): Inbound | Promise<Inbound> {
  enter(c, door.name);
  const body = parts.http.readText(c, parts.limits.maxBodyBytes);
  if (body instanceof Promise) return body.then((whole) => inboundFrom(c, door, parts, whole));
  return inboundFrom(c, door, parts, body);
}

export interface ReadingParts {
  http: HttpPort;
  limits: BodyLimits;
}

/** The same where the body is read already. */
export function inboundFrom(c: Call, door: Door, { http, limits }: ReadingParts, body: BodyText): Inbound {
  const asked = askedBy(c, http);
  const entry = door.read(body.text, { limits, header: asked.header, param: (name) => c.req.param(name) });
  const { request, lost, pen, fieldOf } = entry; // To spread a second object takes V8 ten times as long.
  const original = keptOf(entry.original, body);
  const ceilings = entry.ceilings ? lowest(asked.ceilings, entry.ceilings) : asked.ceilings;
  return { ...asked, request, original, lost, pen, fieldOf, ceilings };
}

/** Which may be another than came, if the door took something out. */
function keptOf(original: Original, { text, bytes }: BodyText): Original {
  if (!bytes) return original;
  return longOriginal(original, original.text === text ? bytes : inBytes(original.text));
}

/** Throws `forbidden` where the key may not come in by this door. */
export function enter(c: Call, door: DoorName): void {
  const caller = c.get('caller');
  if (!mayEnter(caller, door)) throw forbiddenDoor(caller, door);
}

/** What stands on every answer. */
export function headersOf(c: Call): HeaderValues {
  const requestId: string | undefined = c.get('requestId');
  const onTheWay: Called['Variables']['onTheWay'] | undefined = c.get('onTheWay');
  const headers: HeaderValues = { ...onTheWay?.told, 'cache-control': 'no-store', vary: 'Authorization' };
  if (!requestId) return headers;
  headers['x-request-id'] = requestId;
  const { requestIdHeader } = doorOf(c);
  if (requestIdHeader) headers[requestIdHeader] = requestId;
  return headers;
}

export function doorOf(c: Call): Door {
  return c.get('door') ?? CHAT;
}
