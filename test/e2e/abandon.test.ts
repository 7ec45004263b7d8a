/** Clients that leave in mid-stream, by the thousand: nothing crashes, nothing stays open, and the next one is served. */
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { startNode } from '../support/servers.ts';
import { chatFrame, SSE, startUpstream } from '../support/upstream.ts';

/** ABANDON=10000 is the figure that we publish. */
const STREAMS = Number(process.env.ABANDON ?? 1_000);
const AT_ONCE = 100;
const BODY = JSON.stringify({ model: 'one', stream: true, messages: [{ role: 'user', content: 'Hi' }] });

it(`${STREAMS} abandoned streams`, { timeout: 300_000 }, async () => {
  await using upstream = await startUpstream();
  let open = 0;
  upstream.respond((outgoing) => {
    open++;
    const timer = setInterval(() => outgoing.write(chatFrame({ content: 'on and on ' })), 5);
    outgoing.on('close', () => {
      open--;
      clearInterval(timer);
    });
    outgoing.writeHead(200, SSE).write(chatFrame({ role: 'assistant', content: 'on' }));
  });
  const running = await startNode(`
log: { level: error }
providers: { up: { dialect: openai, baseUrl: "${upstream.url}/v1", apiKey: key } }
models: { one: { deployments: [{ provider: up, model: m }] } }
`);
  try {
    for (let done = 0; done < STREAMS; done += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => abandon(running.url, index % 2 === 0)));
      upstream.received.length = 0;
    }
    for (let tries = 0; open > 0 && tries < 100; tries++) await new Promise((later) => setTimeout(later, 50));
    expect(open).toBe(0);
    upstream.respond((outgoing) =>
      outgoing.writeHead(200, SSE).end(`${chatFrame({ content: 'served' }, 'stop')}data: [DONE]\n\n`),
    );
    const next = await fetch(`${running.url}/v1/chat/completions`, { method: 'POST', body: BODY });
    expect(await next.text()).toContain('served');
    expect(running.output()).not.toMatch(/"level":50|Unhandled|Error:/);
  } finally {
    await running.stop();
  }
});

/** Asks, reads the first bytes, and is gone: by a reset, or by closing. */
function abandon(url: string, reset: boolean): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`);
    });
    socket.once('data', () => (reset ? socket.resetAndDestroy() : socket.destroy()));
    socket.on('error', () => {});
    socket.once('close', () => resolve());
  });
}
