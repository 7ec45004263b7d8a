/** `npm run storm:real`: the same storm over loopback, in real time, against the running server. */
import { type ChildProcess, fork } from 'node:child_process';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { arrivals } from './arrivals.ts';
import { drive } from './clients.ts';
import { amount, durationOf, print, run, seedsOf, STORM_HELP, STORM_OPTIONS, tell } from './command-line.ts';
import type { Notice, Order } from './fakes.ts';
import { gatesOf } from './gates.ts';
import { type Metrics, metricsOf } from './metrics.ts';
import { gateTable, outageTable, seedTable, summaryTable, table } from './report.ts';
import type { Weather } from './scenario.ts';
import { type Server, startServer } from './server.ts';
import { CONFIGURATION } from './storm.ts';

const HELP = `npm run storm:real -- [options]: the running server between real sockets; a run takes about 65 s

      --seeds N        seeds 1 to N, one after the other (default 1)
      --load N         multiple of the usual load (default 1)
${STORM_HELP}`;

const OPTIONS = {
  ...STORM_OPTIONS,
  seeds: { type: 'string', default: '1' },
  load: { type: 'string', default: '1' },
} as const;

/** So that the server's code is compiled and its connections are open before anything counts. */
const WARM_UP: Weather = { seed: 999, load: 0.5, durationMs: 2_000, calm: true };
/** Between an order and the moment that it names. */
const NOTICE_MS = 300;

interface Run {
  metrics: Metrics;
  cpuMsPerRequest: number | undefined;
  peakMb: number | undefined;
  machineLoad: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) return print(HELP);
  const load = amount('load', values.load);
  const durationMs = durationOf(values);
  const runs: Run[] = [];
  for (const seed of seedsOf(values)) {
    runs.push(await weather({ seed, load, durationMs, calm: values.calm }, values.continue));
    tell(`seed ${seed} at ×${load} is done`);
  }
  const metrics = runs.map((each) => each.metrics);
  const gates = gatesOf(load, metrics, values.continue);
  if (values.json) print(runs.map((each) => JSON.stringify(each)).join('\n'));
  else {
    print(summaryTable(new Map([[load, metrics]])));
    print(`\n${outageTable(metrics)}\n\n${seedTable(metrics)}\n\n${costTable(runs)}`);
    if (values.gate) print(`\n${gateTable(load, gates)}`);
  }
  if (values.gate && gates.some(({ passed }) => !passed)) process.exitCode = 1;
}

/** One run, with a server and providers of its own. */
async function weather(conditions: Weather, continued: boolean): Promise<Run> {
  const fakes = fork(new URL('fakes.ts', import.meta.url));
  let server: Server | undefined;
  try {
    const { ports } = (await heard(fakes)) as Extract<Notice, { ports: object }>;
    const addresses = Object.entries(ports).map(([name, port]) => [
      `STORM_${name.toUpperCase()}`,
      `http://127.0.0.1:${port}`,
    ]);
    const environment = { ...Object.fromEntries(addresses), STORM_ON_BREAK: continued ? 'continue' : 'error' };
    server = await startServer(CONFIGURATION, { port: 0, environment });
    await drive(server.port, arrivals(WARM_UP), Date.now());
    return await measured(conditions, fakes, server);
  } finally {
    server?.stop();
    fakes.disconnect();
  }
}

async function measured(conditions: Weather, fakes: ChildProcess, server: Server): Promise<Run> {
  const startMs = Date.now() + NOTICE_MS;
  const started = heard(fakes);
  fakes.send({ order: 'start', weather: conditions, startMs } satisfies Order);
  await started;
  const before = server.cost();
  const experiences = await drive(server.port, arrivals(conditions), startMs);
  const after = server.cost();
  const report = heard(fakes);
  fakes.send({ order: 'report' } satisfies Order);
  const { calls } = (await report) as Extract<Notice, { calls: object }>;
  return {
    metrics: metricsOf(conditions, experiences, calls),
    cpuMsPerRequest: before && after && (after.cpuMs - before.cpuMs) / experiences.length,
    peakMb: after?.peakMb,
    machineLoad: loadavg()[0] ?? 0,
  };
}

function heard(fakes: ChildProcess): Promise<Notice> {
  return new Promise((resolve, reject) => {
    const died = () => reject(new Error('The fake providers ended'));
    fakes.once('exit', died);
    fakes.once('message', (message) => {
      fakes.off('exit', died);
      resolve(message as Notice);
    });
  });
}

/** Of the server's process alone. The machine's load tells how much of it to believe. */
function costTable(runs: readonly Run[]): string {
  return table(
    ['seed', 'CPU ms per request', 'peak MB', 'load average'],
    runs.map(({ metrics, cpuMsPerRequest, peakMb, machineLoad }) => [
      String(metrics.seed),
      cpuMsPerRequest?.toFixed(2) ?? 'unknown',
      peakMb?.toFixed(0) ?? 'unknown',
      machineLoad.toFixed(1),
    ]),
  );
}

run('storm:real', main);
