/** Programs of others, run to their end: nothing of this machine's environment but what is given, and never for long. */
import { spawn } from 'node:child_process';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

interface Running {
  folder?: string;
  environment?: Record<string, string>;
  withinMs?: number;
}

export function run(command: string, options: readonly string[], running: Running = {}): Promise<Ended> {
  const { folder, environment = {}, withinMs = 60_000 } = running;
  const child = spawn(command, options, {
    ...(folder && { cwd: folder }),
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: withinMs,
    killSignal: 'SIGKILL',
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output }));
  });
}
