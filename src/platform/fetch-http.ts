/** Requests and answers by the web's own types: Workers, and tests. */
import { Departure } from '../core/departure.ts';
import { GatewayError } from '../core/errors.ts';
import type { Frames } from '../attempt/live.ts';
import { type Call, type HttpPort, KEEP_ALIVE, type Manners } from '../http/port.ts';

/** Gone by the stream's own cancel too: `request.signal` alone fires late or never (workerd without its flag). */
const clients = new WeakMap<Request, Departure>();

export const fetchHttp: HttpPort = {
  header: (c, name) => c.req.header(name),

  async readBody(c, maxBytes) {
    const utf8 = new TextDecoder();
    let text = '';
    for await (const chunk of chunksOf(c, maxBytes)) text += utf8.decode(chunk, { stream: true });
    return text + utf8.decode();
  },

  async readText(c, maxBytes) {
    return { text: await this.readBody(c, maxBytes) };
  },

  async readBytes(c, maxBytes) {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of chunksOf(c, maxBytes)) chunks.push(chunk);
    return new Uint8Array(await new Blob(chunks).arrayBuffer());
  },

  client(c) {
    const client = new Departure();
    clients.set(c.req.raw, client);
    const { signal } = c.req.raw;
    if (signal.aborted) client.leave();
    else signal.addEventListener('abort', () => client.leave(), { once: true });
    return client;
  },

  background: keepRunning,

  send: (_c, status, headers, body) => new Response(body, { status, headers }),

  stream(c, headers, frames, manners) {
    const closed = Promise.withResolvers<void>();
    keepRunning(c, closed.promise);
    const leave = () => clients.get(c.req.raw)?.leave();
    return new Response(pulled(frames, { ...manners, leave, closed: closed.resolve }), { headers });
  },

  pass(c, headers, frames) {
    const closed = Promise.withResolvers<void>();
    keepRunning(c, closed.promise);
    const leave = () => clients.get(c.req.raw)?.leave();
    return new Response(passed(frames, { leave, closed: closed.resolve }), { headers });
  },
};

async function* chunksOf(c: Call, maxBytes: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = c.req.raw.body?.getReader();
  let size = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true as const, value: undefined };
    if (done) return;
    size += value.byteLength;
    if (size > maxBytes) {
      await reader?.cancel();
      throw new GatewayError('request_too_large', `The body is larger than ${maxBytes} bytes`);
    }
    yield value;
  }
}

/** Workers end a request's work when its answer is out or its client leaves; the books must still be closed. */
function keepRunning(c: Call, work: Promise<void>): void {
  try {
    c.executionCtx.waitUntil(work);
  } catch {
    // Hono throws where the runtime has no execution context (tests on Node); there nothing is ever cut short.
  }
}

interface PullOptions extends Manners {
  leave: () => void;
  closed: () => void;
}

function pulled(frames: Frames, { keepAliveMs, broken, leave, closed }: PullOptions): ReadableStream<Uint8Array> {
  const utf8 = new TextEncoder();
  // Started at once: a generator that was never started would not close its books when the client leaves.
  let pending: Promise<IteratorResult<string | Uint8Array, void>> | undefined = frames.next();
  pending.catch(() => {}); // Whoever pulls hears of it.
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          pending ??= frames.next();
          const next = await orSilence(pending, keepAliveMs);
          if (next === 'silence') return controller.enqueue(utf8.encode(KEEP_ALIVE));
          pending = undefined;
          if (!next.done)
            return controller.enqueue(typeof next.value === 'string' ? utf8.encode(next.value) : next.value);
        } catch (cause) {
          controller.enqueue(utf8.encode(broken(cause)));
        }
        controller.close();
        closed();
      },
      async cancel() {
        leave();
        await pending?.catch(() => {}); // It fails by our own abort.
        await frames.return(undefined);
        closed();
      },
    },
    { highWaterMark: 0 },
  );
}

function passed(frames: Frames, { leave, closed }: Pick<PullOptions, 'leave' | 'closed'>): ReadableStream<Uint8Array> {
  const utf8 = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await frames.next();
          if (!done) return controller.enqueue(typeof value === 'string' ? utf8.encode(value) : value);
          controller.close();
        } catch (cause) {
          controller.error(cause);
        }
        closed();
      },
      async cancel() {
        leave();
        await frames.return(undefined);
        closed();
      },
    },
    { highWaterMark: 0 },
  );
}

async function orSilence<T>(pending: Promise<T>, ms: number): Promise<T | 'silence'> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<'silence'>((resolve) => {
    timer = setTimeout(resolve, ms, 'silence');
  });
  try {
    return await Promise.race([pending, silence]);
  } finally {
    clearTimeout(timer);
  }
}
