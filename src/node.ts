/** The local server: `signalbox [start|check] [--config FILE]`. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ConfigurationError } from './config/parse.ts';
import { check } from './server/check.ts';
import { HELP, loadConfiguration } from './server/configuration.ts';
import { serve } from './server/serve.ts';

const OPTIONS = {
  config: { type: 'string', short: 'c' },
  host: { type: 'string' },
  port: { type: 'string', short: 'p' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const [command = 'start', ...rest] = positionals;
  if (values.help) return print(HELP);
  if (values.version) return print(version());
  if (rest.length > 0) throw new UsageError(`signalbox takes one command, not also "${rest.join(' ')}"`);
  switch (command) {
    case 'start':
      return serve(await loadConfiguration(values, process.env));
    case 'check': {
      const loaded = await loadConfiguration(values, process.env);
      check(loaded);
      return print(`${loaded.source}: valid. ${loaded.describe()}`);
    }
    default:
      throw new UsageError(`There is no command "${command}"; there are start and check`);
  }
}

class UsageError extends Error {}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return String((manifest as { version: string }).version);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

main().catch((cause: unknown) => {
  const expected = cause instanceof ConfigurationError || cause instanceof UsageError || isArgumentError(cause);
  const message = cause instanceof Error ? (expected ? cause.message : cause.stack) : String(cause);
  process.stderr.write(
    `${message}\n${expected && !(cause instanceof ConfigurationError) ? 'Try: signalbox --help\n' : ''}`,
  );
  process.exitCode = 1;
});

function isArgumentError(cause: unknown): boolean {
  return cause instanceof TypeError && 'code' in cause && String(cause.code).startsWith('ERR_PARSE_ARGS');
}
