/** What the storm's commands have in common: options, output and how they end. */
import { DURATION_MS } from './scenario.ts';

export const STORM_OPTIONS = {
  seed: { type: 'string' },
  seconds: { type: 'string', default: String(DURATION_MS / 1_000) },
  calm: { type: 'boolean', default: false },
  continue: { type: 'boolean', default: false },
  gate: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export const STORM_HELP = `      --seed N         this seed only
      --seconds N      how much of the storm, at most 60 (default 60)
      --calm           no faults, only limits
      --continue       broken streams are continued (stream.onBreak: continue)
      --gate           end with code 1 when a gate does not hold
      --json           the figures of every run, a line each, instead of tables
  -h, --help           this text`;

/** Throws, naming the option, for what is no positive number. */
export function amount(option: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`--${option}: "${text}" is no positive number`);
}

export function seedsOf({ seed, seeds }: { seed?: string | undefined; seeds: string }): number[] {
  if (seed !== undefined) return [amount('seed', seed)];
  return Array.from({ length: Math.floor(amount('seeds', seeds)) }, (_, index) => index + 1);
}

export function durationOf({ seconds }: { seconds: string }): number {
  return Math.min(amount('seconds', seconds) * 1_000, DURATION_MS);
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Progress; the tables alone go to standard output. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function run(command: string, main: () => Promise<void>): void {
  main().catch((cause: unknown) => {
    tell(`${cause instanceof Error ? cause.message : String(cause)}\nTry: npm run ${command} -- --help`);
    process.exitCode = 1;
  });
}
