/** The router with a store and keys, on both runtimes. */
import { createAdaptorServer } from '@hono/node-server';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { vi } from 'vitest';
import { practiceFetch } from '../../src/practice/app.ts';
import { PRACTICE_KEY } from '../../src/practice/index.ts';
import { freePort, type Running, startNode } from '../support/servers.ts';

export interface House extends Running {
  close: () => Promise<void>;
}

export interface BatchHouse extends House {
  /** What the provider was asked: `POST /openai/v1/batches`; `left …` where nobody waited for the answer. */
  calls: string[];
  /** Until then its batches last. */
  endBatches: () => void;
}

export const KEYS = { app: 'client-key-0123456789', talker: 'talker-key-0123456789', other: 'other-key-0123456789' };
const READY_MS = 30_000;
/** A batch that nobody ends is not over before the tests are. */
const LONG_MS = 3_600_000;

const yamlOf = (folder: string, more: string) => `
log: { level: error }
admin: { enabled: false }
store: { path: "${join(folder, 'signalbox.db')}" }
keys:
  - { name: app, key: ${KEYS.app}, tenant: red }
  - { name: talker, key: ${KEYS.talker}, doors: [chat] }
  - { name: other, key: ${KEYS.other}, tenant: blue }
tenants: { red: {}, blue: {} }
${more}`;

type Start = (yaml: string, folder: string) => Promise<Running>;

/** With practice providers of its own, and nothing else configured. */
export async function startHouse(start: Start): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-doors-'));
  const running = await start(
    yamlOf(folder, 'batches: { pollSeconds: 1, upstream: [openai], run: [anthropic] }'),
    folder,
  );
  return Object.assign(running, { close: () => running.stop().then(() => rm(folder, { recursive: true })) });
}

/** With OpenAI elsewhere on this machine, so that its batches can be seen and ended. */
export async function startBatchHouse(start: Start): Promise<BatchHouse> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-doors-'));
  const calls: string[] = [];
  let skippedMs = 0;
  const practice = practiceFetch({ paceMs: 0, batchMs: LONG_MS, clock: { now: () => Date.now() + skippedMs } });
  const provider = createAdaptorServer({
    fetch: (request) => {
      const call = `${request.method} ${new URL(request.url).pathname}`;
      calls.push(call);
      request.signal.addEventListener('abort', () => calls.push(`left ${call}`));
      return practice(request);
    },
  }) as Server;
  await new Promise<void>((ready) => provider.listen(0, '127.0.0.1', ready));
  const openai = `openai: { baseUrl: "http://127.0.0.1:${portOf(provider)}/openai/v1", apiKey: ${PRACTICE_KEY} }`;
  const gpt = 'gpt-4.1: { deployments: [{ provider: openai, model: gpt-4.1 }] }';
  const batches = 'batches: { pollSeconds: 1, upstream: [openai] }';
  const more = `providers: { ${openai} }\nmodels: { ${gpt} }\n${batches}`;
  const running = await start(yamlOf(folder, more), folder);
  return Object.assign(running, {
    calls,
    endBatches: () => void (skippedMs += LONG_MS),
    async close() {
      await running.stop();
      provider.closeAllConnections();
      await new Promise((done) => provider.close(done));
      await rm(folder, { recursive: true });
    },
  });
}

export const onNode = (yaml: string): Promise<Running> => startNode(yaml);

/** `wrangler dev`: workerd, a D1 that is a file, and a path that does as a cron trigger does. */
export async function onWorkerd(yaml: string, folder: string): Promise<Running> {
  const [port, inspector] = [await freePort(), await freePort()];
  const config = join(folder, 'wrangler.toml');
  writeFileSync(config, WRANGLER);
  const wrangler = ['scripts/offline.ts', 'node_modules/.bin/wrangler', 'dev', '--config', config, '--ip', '127.0.0.1'];
  const places = ['--port', String(port), '--inspector-port', String(inspector), '--persist-to', join(folder, 'state')];
  const child = spawn(process.execPath, [...wrangler, ...places, '--var', `SIGNALBOX_YAML:${yaml}`], {
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  const url = `http://127.0.0.1:${port}`;
  await vi.waitUntil(() => fetch(`${url}/livez`).catch(() => false), { timeout: READY_MS, interval: 100 });
  return { url, output: () => output, stop: () => stop(child) };
}

const WRANGLER = `name = "signalbox"
main = "${resolve('src/worker.ts')}"
compatibility_date = "2026-10-20"
compatibility_flags = ["nodejs_compat", "enable_request_signal"]
send_metrics = false
minify = true
keep_names = false
[[rules]]
type = "Text"
globs = ["**/*.yaml"]
fallthrough = false
[[d1_databases]]
binding = "DB"
database_name = "signalbox"
database_id = "signalbox"
[triggers]
crons = ["*/5 * * * *"]
`;

function stop(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    child.once('exit', () => done());
    process.kill(-(child.pid ?? 0), 'SIGKILL'); // workerd is a child of wrangler.
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
