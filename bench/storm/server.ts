/** The running server as a child process, and what it cost. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('../../bin/signalbox.js', import.meta.url));
const START_MS = 20_000;
/** Linux counts a process's time in these. */
const TICK_MS = 10;

export interface Server {
  port: number;
  pid: number;
  /** CPU milliseconds since its start, and the most memory it ever held, in MB. Undefined where there is no /proc. */
  cost(): { cpuMs: number; peakMb: number } | undefined;
  stop(): void;
}

/** No credential of this machine may find its way in. */
const CLEAN = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(AWS|OPENAI|ANTHROPIC|GEMINI|GOOGLE|SIGNALBOX)_/.test(name)),
);

/** `port` 0: any. Throws what it said if it does not come up. */
export async function startServer(
  configuration: URL,
  { port, environment }: { port: number; environment: Record<string, string> },
): Promise<Server> {
  const child = spawn(
    process.execPath,
    [
      '--max-semi-space-size=8',
      '--no-concurrent-recompilation',
      ENTRY,
      '--config',
      fileURLToPath(configuration),
      '--port',
      String(port),
    ],
    {
      env: { ...CLEAN, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  const { pid } = child;
  if (pid === undefined) throw new Error('The server could not be started');
  const heard = await listening(child);
  return { port: heard, pid, cost: () => costOf(pid), stop: () => void child.kill('SIGTERM') };
}

function listening(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = () => reject(new Error(`The server did not come up:\n${said}`));
    const late = setTimeout(fail, START_MS);
    const hear = (data: Buffer) => {
      if (said.length < 64 * 1024) said += data.toString('utf8');
      const found = /listens on http:\/\/[^/]*:(\d+)\/v1/.exec(said)?.[1];
      if (found === undefined) return;
      clearTimeout(late);
      resolve(Number(found));
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', () => {
      clearTimeout(late);
      fail();
    });
  });
}

function costOf(pid: number): { cpuMs: number; peakMb: number } | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const peakKb = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return { cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS, peakMb: Number(peakKb) / 1_024 };
  } catch {
    return undefined; // Not Linux, or the process has gone.
  }
}
