import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Running {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** What it has printed so far. */
  output(): string;
  stop(): Promise<void>;
}

/** No credential of the machine that runs the tests may find its way in. */
const CLEAN_ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(AWS|OPENAI|ANTHROPIC|GEMINI|GOOGLE|SIGNALBOX)_/.test(name)),
);

/** The local server as a user starts it, with this configuration (or none). */
export async function startNode(yaml?: string, environment: Record<string, string> = {}): Promise<Running> {
  const options = yaml === undefined ? [] : ['--config', configurationFile(yaml)];
  const child = spawn(process.execPath, ['bin/signalbox.js', '--port', '0', ...options], {
    env: { ...CLEAN_ENVIRONMENT, ...environment },
  });
  const output = collect(child);
  await until(() => {
    if (child.exitCode !== null) throw new Error(`The server ended: ${output()}`);
    return /listens on (http:\S+)\/v1/.test(output());
  });
  const url = /listens on (http:\S+)\/v1/.exec(output())?.[1] ?? '';
  return { url, output, stop: () => stop(child) };
}

/** The Worker in local workerd, through `wrangler dev`. */
export async function startWorker(yaml?: string): Promise<Running> {
  const port = await freePort();
  const variables = yaml === undefined ? [] : ['--var', `SIGNALBOX_YAML:${yaml}`];
  const inspector = await freePort();
  const child = spawn(
    process.execPath,
    [
      'scripts/offline.ts',
      'node_modules/.bin/wrangler',
      'dev',
      '--port',
      String(port),
      '--inspector-port',
      String(inspector),
      ...variables,
    ],
    { env: CLEAN_ENVIRONMENT, detached: true },
  );
  const output = collect(child);
  const url = `http://127.0.0.1:${port}`;
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`wrangler ended: ${output()}`);
    return fetch(`${url}/livez`).then(
      (response) => response.ok,
      () => false,
    );
  });
  return { url, output, stop: () => stop(child, true) };
}

let bundled: string | undefined;

/** The bundle in plain workerd, the closest there is to production: it forwards a client's leaving, `wrangler dev` does not. */
export async function startWorkerd(yaml: string): Promise<Running> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-workerd-'));
  bundled ??= bundle();
  cpSync(bundled, folder, { recursive: true });
  const text = readdirSync(folder).find((name) => name.endsWith('.yaml')) ?? '';
  writeFileSync(join(folder, 'config.capnp'), capnp({ port, text, yaml }));
  const child = spawn('node_modules/.bin/workerd', ['serve', join(folder, 'config.capnp')], {
    env: CLEAN_ENVIRONMENT,
    detached: true,
  });
  const output = collect(child);
  const url = `http://127.0.0.1:${port}`;
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`workerd ended: ${output()}`);
    return fetch(`${url}/livez`).then(
      (response) => response.ok,
      () => false,
    );
  });
  return { url, output, stop: () => stop(child, true) };
}

function bundle(): string {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-bundle-'));
  const command = ['scripts/offline.ts', 'node_modules/.bin/wrangler', 'deploy', '--dry-run', '--outdir', folder];
  execFileSync(process.execPath, command, { env: CLEAN_ENVIRONMENT, stdio: 'pipe' });
  return folder;
}

function capnp({ port, text, yaml }: { port: number; text: string; yaml: string }): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["public", "private", "local"]))
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "./${text}", text = embed "${text}")
  ],
  compatibilityDate = "2026-10-20",
  compatibilityFlags = ["nodejs_compat", "enable_request_signal"],
  bindings = [(name = "SIGNALBOX_YAML", text = ${JSON.stringify(yaml)})]
);
`;
}

function configurationFile(yaml: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'signalbox-')), 'signalbox.yaml');
  writeFileSync(file, yaml, { mode: 0o600 });
  return file;
}

function collect(child: ChildProcess): () => string {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk));
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk));
  return () => text;
}

async function until(ready: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await ready()) return;
    await new Promise((later) => setTimeout(later, 50));
  }
  throw new Error('Not ready after 30 s');
}

/** `wrangler` starts workerd as a child of its own, so its whole group goes. */
function stop(child: ChildProcess, group = false): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.pid === undefined) return resolve();
    child.once('exit', () => resolve());
    process.kill(group ? -child.pid : child.pid, 'SIGKILL');
  });
}

/** Below those that the system gives to outgoing connections: it would not let anybody listen where one has been. */
const PORTS = { first: 20_000, count: 12_000 };

export function freePort(): Promise<number> {
  const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(freePort()))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
  });
}
