import { EventStreamCodec } from '@smithy/eventstream-codec';

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)),
  (text) => new TextEncoder().encode(text),
);

/** One frame as AWS writes it. */
export function frame(headers: Record<string, string>, body: unknown): Uint8Array {
  const named = Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }] as const);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return codec.encode({ headers: Object.fromEntries(named), body: new TextEncoder().encode(text) });
}

export function event(type: string, body: unknown): Uint8Array {
  return frame({ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }, body);
}

export function exception(type: string, message: string): Uint8Array {
  const headers = { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' };
  return frame(headers, { message });
}

export function join(frames: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(frames.reduce((length, bytes) => length + bytes.length, 0));
  let at = 0;
  for (const bytes of frames) {
    joined.set(bytes, at);
    at += bytes.length;
  }
  return joined;
}

export function eventStream(...events: (readonly [type: string, body: unknown])[]): Uint8Array {
  return join(events.map(([type, body]) => event(type, body)));
}
