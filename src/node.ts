/** The local server and its tools: `signalbox [start|check|explain|replay|fit]`. */
import { parseArgs } from 'node:util';
import { ConfigurationError } from './config/parse.ts';
import { type Command, COMMANDS, UsageError } from './server/commands.ts';
import { version } from './server/version.ts';

const GENERAL = { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } } as const;

async function main(): Promise<number> {
  const { name, command } = findCommand();
  const { values, positionals } = parseArgs({ options: { ...GENERAL, ...command.options }, allowPositionals: true });
  if (values.help === true) return print(command.help);
  if (values.version === true) return print(version());
  const operands = positionals.slice(positionals[0] === name ? 1 : 0);
  checkOperands(name, command, operands);
  return command.run(values, operands);
}

function checkOperands(name: string, { operands: wanted, words }: Command, given: readonly string[]): void {
  const [least, most] = typeof wanted === 'number' ? [wanted, wanted] : wanted;
  const extra = given.slice(most).join(' ');
  if (extra !== '') throw new UsageError(`${words ? `signalbox ${name} takes ${words}` : ONE}, not also "${extra}"`);
  if (given.length < least) throw new UsageError(`signalbox ${name} needs ${words ?? 'more'}`);
}

const ONE = 'signalbox takes one command';

/** The first word that is no option's value. Options that no command has are refused here, those of another one later. */
function findCommand(): { name: string; command: Command } {
  const options = Object.assign(
    {},
    GENERAL,
    ...Object.values(COMMANDS).map((each) => each.options),
  ) as Command['options'];
  const { positionals } = parseArgs({ options, allowPositionals: true });
  const [name = 'start'] = positionals;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return { name, command };
  throw new UsageError(`There is no command "${name}"; there are ${Object.keys(COMMANDS).join(', ')}`);
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

main().then(
  (code) => {
    if (code !== 0) process.exitCode = code;
  },
  (cause: unknown) => {
    const expected = cause instanceof ConfigurationError || cause instanceof UsageError || isArgumentError(cause);
    const message = cause instanceof Error ? (expected ? cause.message : cause.stack) : String(cause);
    process.stderr.write(
      `${message}\n${expected && !(cause instanceof ConfigurationError) ? 'Try: signalbox --help\n' : ''}`,
    );
    process.exitCode = 1;
  },
);

function isArgumentError(cause: unknown): boolean {
  return cause instanceof TypeError && 'code' in cause && String(cause.code).startsWith('ERR_PARSE_ARGS');
}
