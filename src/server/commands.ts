/** The commands of `signalbox`: their options, their help, and where their work is done. */
import type { ParseArgsConfig } from 'node:util';
import { HELP, loadConfiguration } from './configuration.ts';
import { KEY_OPTIONS, keyCommandOf, KEYS_HELP } from './key-options.ts';

/** As the command line has them. */
export type Values = Readonly<Record<string, string | boolean | string[] | boolean[] | undefined>>;

export interface Command {
  help: string;
  options: NonNullable<ParseArgsConfig['options']>;
  /** Of the words behind the command; most take none. */
  operands: number | readonly [least: number, most: number];
  /** What they are. */
  words?: string;
  /** Resolves with the exit code. What it needs is loaded when it is called: a server needs no replay. */
  run: (values: Values, operands: readonly string[]) => Promise<number>;
}

export class UsageError extends Error {}

const config = { config: { type: 'string', short: 'c' } } as const;
const address = { host: { type: 'string' }, port: { type: 'string', short: 'p' } } as const;
const json = { json: { type: 'boolean' } } as const;

const ALERTS_HELP = `signalbox alerts test: sends one message to each receiver of the configuration, and says who was reached.

  -c, --config FILE            configuration, as for signalbox start`;

export const COMMANDS: Readonly<Record<string, Command>> = {
  start: {
    help: HELP,
    options: { ...config, ...address },
    operands: 0,
    async run(values) {
      const { serve } = await import('./serve.ts');
      await serve(await load(values));
      return 0;
    },
  },
  check: {
    help: HELP,
    options: { ...config, ...address },
    operands: 0,
    async run(values) {
      const { check } = await import('./check.ts');
      const loaded = await load(values);
      check(loaded);
      process.stdout.write(`${loaded.source}: valid. ${loaded.describe()}\n`);
      return 0;
    },
  },
  explain: {
    help: `signalbox explain FILE: what would become of a chat request, and why. Nobody is called.

FILE holds the request as JSON; - reads it from standard input.

  -c, --config FILE            configuration, as for signalbox start
  -H, --header 'NAME: VALUE'   a header of the request; may be given several times
  -k, --key NAME               ask as the client key of this name
      --json                   as JSON, as POST /v1/route answers`,
    options: {
      ...config,
      ...json,
      header: { type: 'string', short: 'H', multiple: true },
      key: { type: 'string', short: 'k' },
    },
    operands: 1,
    words: 'one file',
    async run(values, [file = '']) {
      const { explainFile } = await import('./explain.ts');
      const { header, key } = values;
      const headers = Array.isArray(header) ? header.map(String) : [];
      return explainFile(await load(values), { file, headers, key: text(key), json: values.json === true });
    },
  },
  replay: {
    help: `signalbox replay LOG --config NEW: what another configuration would have chosen, and what that would have cost.

LOG is what a running signalbox has written (JSON lines); - reads standard input.

  -c, --config FILE            the configuration to try
      --json                   as JSON`,
    options: { ...config, ...json },
    operands: 1,
    words: 'one log',
    async run(values, [file = '']) {
      const { replayFile } = await import('./replay.ts');
      return replayFile(await load(values), { file, json: values.json === true });
    },
  },
  fit: {
    help: `signalbox fit --labels FILE: learn from your own traffic which asks need the strong model.

FILE holds labels (JSON lines or CSV), or is the log of a signalbox with \`log: { asks: true }\`: feedback and retries
with a stronger model are its labels. What was learned is refused (exit code 1) where it is no better than the shipped
score and than an ask's length.

  -l, --labels FILE            may be given several times
  -o, --out FILE               where to write the overlay (default: overlay.json); name it under routing.overlay
  -c, --config FILE            configuration, for the order of the tiers`,
    options: { ...config, labels: { type: 'string', short: 'l', multiple: true }, out: { type: 'string', short: 'o' } },
    operands: 0,
    async run(values) {
      const { labels, out } = values;
      if (!Array.isArray(labels)) throw new UsageError('signalbox fit needs --labels FILE');
      const { fitFiles } = await import('./fit.ts');
      return fitFiles(await load(values), { files: labels.map(String), out: text(out) ?? 'overlay.json' });
    },
  },
  keys: {
    help: KEYS_HELP,
    options: { ...config, ...json, ...KEY_OPTIONS },
    operands: [1, 2],
    words: '"create NAME", "list", "revoke KEY" or "rotate KEY"',
    async run(values, [verb = '', key]) {
      const [{ isChange, runKeys }, { openDatabase }, { sharedPlaceOf, readPlaceOf }] = await Promise.all([
        import('./keys.ts'),
        import('../platform/ledger/open.ts'),
        import('./stores.ts'),
      ]);
      const loaded = await load(values);
      const note = (line: string) => void process.stderr.write(`${line}\n`);
      const place = isChange(verb) ? sharedPlaceOf(loaded) : readPlaceOf(loaded);
      const database = await openDatabase(place, ({ message }) => note(message));
      const print = (line: string) => void process.stdout.write(`${line}\n`);
      return runKeys(keyCommandOf(verb, key, values), {
        declared: loaded.configuration,
        database,
        nowMs: Date.now(),
        print,
        note,
      });
    },
  },
  alerts: {
    help: ALERTS_HELP,
    options: config,
    operands: 1,
    words: 'the word "test"',
    async run(values, [verb]) {
      if (verb !== 'test') throw new UsageError(`signalbox alerts can only "test", not "${verb}"`);
      const { testAlerts } = await import('./alerts.ts');
      return testAlerts(await load(values), (line) => void process.stdout.write(`${line}\n`));
    },
  },
};

function load(values: Values) {
  return loadConfiguration(
    { config: text(values.config), host: text(values.host), port: text(values.port) },
    process.env,
  );
}

function text(value: Values[string]): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
