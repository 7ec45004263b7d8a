/** The transport for Workers, and for whatever else has only `fetch`. */
import { GatewayError } from '../core/errors.ts';
import type { IncomingResponse, SendOptions, Transport } from '../core/ports.ts';
import type { OutgoingRequest } from '../core/provider.ts';

type Fetch = (request: Request) => Promise<Response>;

export function fetchTransport(send: Fetch = (request) => fetch(request)): Transport {
  return {
    async send(request, options) {
      const controller = new AbortController();
      const follow = () => controller.abort(new GatewayError('client_gone', 'The client closed the connection'));
      const release = options.client.onGone(follow);
      const outgoing = new Request(request.url, {
        method: request.method ?? 'POST',
        headers: request.headers,
        body: request.method === 'GET' ? null : bodyOf(request),
        redirect: 'manual', // A redirect could lead inside; it comes back as the 3xx it is.
        signal: controller.signal,
      });
      const late = setTimeout(
        () => controller.abort(new GatewayError('timeout', 'The provider did not answer in time')),
        options.firstByteMs,
      );
      try {
        const response = await send(outgoing);
        controller.signal.throwIfAborted(); // The practice providers inside a Worker answer all the same.
        return fetchedResponse(response, { controller, release, options });
      } catch (cause) {
        release();
        throw whyAborted(controller) ?? new GatewayError('unreachable', 'The provider cannot be reached', { cause });
      } finally {
        clearTimeout(late);
      }
    },
  };
}

function bodyOf({ body, bytes }: OutgoingRequest): BodyInit {
  if (!bytes) return body;
  const [first] = bytes;
  return first && bytes.length === 1 ? first : new Blob([...bytes]);
}

interface Connection {
  controller: AbortController;
  release: () => void;
  options: SendOptions;
}

function fetchedResponse(response: Response, connection: Connection): IncomingResponse {
  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    body: { [Symbol.asyncIterator]: () => chunksOf(response, connection) },
    async text(maxBytes) {
      const utf8 = new TextDecoder();
      let text = '';
      let bytes = 0;
      for await (const chunk of { [Symbol.asyncIterator]: () => chunksOf(response, connection) }) {
        bytes += chunk.byteLength;
        if (bytes > maxBytes) throw new GatewayError('fault', 'The provider sent more than an answer may hold');
        text += utf8.decode(chunk, { stream: true });
      }
      return text + utf8.decode();
    },
  };
}

async function* chunksOf(response: Response, connection: Connection): AsyncGenerator<Uint8Array> {
  const { controller, release, options } = connection;
  const reader = response.body?.getReader();
  if (!reader) return release();
  let finished = false;
  try {
    for (;;) {
      const { done, value } = await readWithin(options.idleMs, reader, controller);
      finished = done;
      if (done) return;
      yield value;
    }
  } catch (cause) {
    throw whyAborted(controller) ?? new GatewayError('truncated', 'The provider broke off in mid-answer', { cause });
  } finally {
    release();
    if (!finished) controller.abort();
  }
}

/** Only the provider's silence counts: what the client takes its time over is not read yet. */
async function readWithin(
  idleMs: number,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  controller: AbortController,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  const idle = setTimeout(() => controller.abort(new GatewayError('stalled', 'The provider stopped sending')), idleMs);
  try {
    return await reader.read();
  } finally {
    clearTimeout(idle);
  }
}

function whyAborted(controller: AbortController): GatewayError | undefined {
  const reason: unknown = controller.signal.reason;
  return reason instanceof GatewayError ? reason : undefined;
}
