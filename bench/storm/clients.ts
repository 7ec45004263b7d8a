/** The storm's clients over real sockets: each asks at its moment, whatever became of those before. */
import { Agent, request } from 'node:http';
import type { Arrival } from './arrivals.ts';
import { judge, type Verdict } from './judge.ts';
import type { Experience } from './metrics.ts';
import { PATIENCE_MS } from './scenario.ts';
import { bodyOf } from './talk.ts';

const wallMs = () => performance.timeOrigin + performance.now();

/** `startMs`: in milliseconds since 1970. Resolves when everybody has an answer or none to hope for. */
export async function drive(port: number, asking: readonly Arrival[], startMs: number): Promise<Experience[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4_096 });
  try {
    return await Promise.all(asking.map((arrival) => meet(arrival, { port, agent, startMs })));
  } finally {
    agent.destroy();
  }
}

interface Way {
  port: number;
  agent: Agent;
  startMs: number;
}

async function meet(arrival: Arrival, way: Way): Promise<Experience> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, way.startMs + arrival.atMs - wallMs())));
  const askedMs = wallMs();
  const { verdict, status } = await ask(arrival, way);
  return { arrival, verdict, status, tookMs: wallMs() - askedMs, endedMs: wallMs() - way.startMs };
}

function ask(arrival: Arrival, { port, agent }: Way): Promise<{ verdict: Verdict; status: number }> {
  return new Promise((resolve) => {
    const body = bodyOf(arrival);
    let status = 0;
    let text = '';
    const end = (verdict: Verdict) => {
      clearTimeout(patience);
      resolve({ verdict, status });
      outgoing.destroy();
    };
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        agent,
        method: 'POST',
        path: '/v1/chat/completions',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          authorization: `Bearer client-key-of-${arrival.tenant}`,
          'x-signalbox-priority': arrival.priority,
        },
      },
      (incoming) => {
        status = incoming.statusCode ?? 0;
        incoming.setEncoding('utf8');
        incoming.on('data', (piece: string) => (text += piece));
        incoming.on('end', () => resolve({ verdict: judge(arrival, status, text), status }));
        incoming.on('close', () => clearTimeout(patience));
        incoming.on('error', () => end(status === 200 ? 'honest' : 'failed'));
      },
    );
    outgoing.on('error', () => end('failed'));
    const isLeaver = arrival.kind === 'leaver';
    const patienceMs = isLeaver ? arrival.leavesAfterMs : PATIENCE_MS;
    const patience = setTimeout(() => end(isLeaver ? 'left' : 'late'), patienceMs);
    outgoing.end(body);
  });
}
