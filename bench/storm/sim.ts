/** `npm run storm`: the storm in virtual time, many times over, as tables. The output repeats byte for byte. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { amount, durationOf, print, run, seedsOf, STORM_HELP, STORM_OPTIONS, tell } from './command-line.ts';
import { gatesOf } from './gates.ts';
import type { Metrics } from './metrics.ts';
import { gateTable, outageTable, seedTable, summaryTable } from './report.ts';
import type { StormOptions } from './storm.ts';
import { onThreads } from './threads.ts';

const HELP = `npm run storm -- [options]: the real gateway between fake clients and fake providers, in virtual time

      --seeds N        seeds 1 to N (default 5)
      --loads LIST     multiples of the usual load (default 1,1.6,2)
      --threads N      default: as many as there are cores
${STORM_HELP}`;

const OPTIONS = {
  ...STORM_OPTIONS,
  seeds: { type: 'string', default: '5' },
  loads: { type: 'string', default: '1,1.6,2' },
  threads: { type: 'string', default: String(availableParallelism()) },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return print(HELP);
  const runs = await onThreads<StormOptions, Metrics>(new URL('sim-worker.ts', import.meta.url), jobsOf(values), {
    threads: amount('threads', values.threads),
    tell: ({ seed, load }) => tell(`seed ${seed} at ×${load} is done`),
  });
  const byLoad = Map.groupBy(runs, ({ load }) => load);
  if (values.json) print(runs.map((metrics) => JSON.stringify(metrics)).join('\n'));
  else report(byLoad, values);
  if (!values.gate) return;
  const all = [...byLoad].flatMap(([load, same]) => gatesOf(load, same, values.continue));
  if (all.some(({ passed }) => !passed)) process.exitCode = 1;
}

function report(byLoad: ReadonlyMap<number, readonly Metrics[]>, values: Values): void {
  print(summaryTable(byLoad));
  for (const [load, same] of byLoad) {
    print(`\nOutages at ×${load}\n\n${outageTable(same)}`);
    if (values.gate) print(`\n${gateTable(load, gatesOf(load, same, values.continue))}`);
  }
  print(`\nEach run\n\n${seedTable([...byLoad.values()].flat())}`);
}

function jobsOf(values: Values): StormOptions[] {
  const durationMs = durationOf(values);
  const onBreak = values.continue ? 'continue' : 'error';
  return values.loads
    .split(',')
    .map((load) => amount('loads', load))
    .flatMap((load) =>
      seedsOf(values).map((seed) => ({ seed, load, durationMs, calm: values.calm, onBreak }) as const),
    );
}

run('storm', main);
