/**
 * Another harness's storm against the running server: one that knows nothing of ours. It is a folder with `storm.mjs`
 * and `show.mjs` (by default `../shared/storm`), copied first because it writes its results beside itself.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { amount, print, run, seedsOf, tell } from './command-line.ts';
import { startServer } from './server.ts';

const HELP = `npm exec -- node bench/storm/outside.ts [options]: the running server in another harness's storm; a run takes about 70 s

      --harness DIR    where it is (default ../shared/storm)
      --seeds N        seeds 1 to N, one after the other (default 1)
      --seed N         this seed only
      --load N         multiple of the usual load (default 1)
      --seconds N      how much of the storm (default 60)
      --calm           no faults, only limits
      --continue       broken streams are continued (stream.onBreak: continue)
  -h, --help           this text`;

const OPTIONS = {
  harness: { type: 'string', default: '../shared/storm' },
  seeds: { type: 'string', default: '1' },
  seed: { type: 'string' },
  load: { type: 'string', default: '1' },
  seconds: { type: 'string', default: '60' },
  calm: { type: 'boolean', default: false },
  continue: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const PORT = 8899;
const CLIENT_HEADERS = JSON.stringify({ authorization: 'Bearer client-key-of-{tenant}' });

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return print(HELP);
  const folder = copyOf(values.harness);
  const conditions = [
    '--load',
    String(amount('load', values.load)),
    '--duration',
    String(amount('seconds', values.seconds)),
  ];
  if (values.calm) conditions.push('--calm');
  for (const seed of seedsOf(values)) {
    const environment = { STORM_ON_BREAK: values.continue ? 'continue' : 'error' };
    const server = await startServer(new URL('outside.yaml', import.meta.url), { port: PORT, environment });
    try {
      await harness(folder, ['storm.mjs', '--target', 'url', '--seed', String(seed), ...conditions], server.pid);
    } finally {
      server.stop();
    }
    tell(`seed ${seed} at ×${values.load} is done`);
  }
  print(await harness(folder, ['show.mjs'], 0));
  tell(`The harness's own figures are in ${join(folder, 'results')}`);
}

/** Only its programs: results of others are not ours to show. */
function copyOf(harness: string): string {
  if (!existsSync(join(harness, 'storm.mjs'))) throw new Error(`--harness: there is no storm.mjs in ${harness}`);
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-storm-'));
  for (const name of readdirSync(harness)) {
    if (name.endsWith('.mjs') || name === 'targets')
      cpSync(join(harness, name), join(folder, name), { recursive: true });
  }
  return folder;
}

/** What it prints. Throws what it complained of if it fails. */
function harness(folder: string, command: readonly string[], serverPid: number): Promise<string> {
  const child = spawn(process.execPath, command, {
    cwd: folder,
    env: {
      ...process.env,
      STORM_URL: `http://127.0.0.1:${PORT}/v1/chat/completions`,
      STORM_HEADERS: CLIENT_HEADERS,
      STORM_PID: String(serverPid),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => child.kill('SIGTERM');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return new Promise((resolve, reject) => {
    let output = '';
    let complaint = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString('utf8')));
    child.stderr.on('data', (data: Buffer) => (complaint += data.toString('utf8')));
    child.once('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${command.join(' ')} ended with ${code}: ${complaint}`)),
    );
  });
}

run('storm', main);
