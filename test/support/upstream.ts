import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
  /** Resolves when the connection of this request is closed, however it is. */
  closed: Promise<void>;
}

/** A provider on loopback that does as it is told. */
export interface Upstream extends AsyncDisposable {
  url: string;
  received: Received[];
  /** What every request from now on is answered with. */
  respond(script: (outgoing: ServerResponse, request: Received) => void): void;
}

export async function startUpstream(): Promise<Upstream> {
  const received: Received[] = [];
  let script: (outgoing: ServerResponse, request: Received) => void = (outgoing) => outgoing.writeHead(500).end();
  const server = createServer((incoming, outgoing) => {
    let text = '';
    incoming.on('data', (chunk: Buffer) => (text += chunk));
    incoming.on('end', () => {
      const closed = new Promise<void>((resolve) => outgoing.once('close', resolve));
      const request = {
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: JSON.parse(text || '{}') as Record<string, unknown>,
        closed,
      };
      received.push(request);
      script(outgoing, request);
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    respond(next) {
      script = next;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

export const SSE = { 'content-type': 'text/event-stream' };

/** An OpenAI chunk as a frame. */
export function chatFrame(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }];
  return `data: ${JSON.stringify({ id: 'chatcmpl-up', object: 'chat.completion.chunk', created: 1, model: 'up-1', choices })}\n\n`;
}

export function chatAnswer(content: string): string {
  return JSON.stringify({
    id: 'chatcmpl-up',
    object: 'chat.completion',
    created: 1,
    model: 'up-1',
    choices: [
      { index: 0, message: { role: 'assistant', content, refusal: null }, logprobs: null, finish_reason: 'stop' },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  });
}

/** A whole Anthropic message. */
export function claudeAnswer(text: string, more: object = {}): string {
  return JSON.stringify({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-4-5',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 4 },
    ...more,
  });
}
