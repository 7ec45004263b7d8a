/**
 * How well the score tells where the strong model is needed: npm run bench:routing
 *
 * The tables go to standard output as markdown, progress to standard error. Every draw has a fixed seed.
 */
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { calibrate, COURSES } from './calibrated.ts';
import { readData } from './data.ts';
import { latency } from './latency.ts';
import { bills } from './money.ts';
import { createPrior } from './prior.ts';
import { sanity } from './sanity.ts';
import { billTable, calibratedTable, latencyTable, sanityTable, zeroShotTable } from './tables.ts';
import { macroOf, zeroShot } from './zero-shot.ts';

const HELP = `npm run bench:routing -- [options]
      --data DIR   the prompts and their scores (default: ../shared/routing-bench)
      --quick      fewer redraws: intervals are rough
  -h, --help       this text`;
const USUAL_DATA = fileURLToPath(new URL('../../../shared/routing-bench', import.meta.url));
const REDRAWS = 500;
const QUICK_REDRAWS = 100;

function main(): void {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: USUAL_DATA },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    print(HELP);
    return;
  }
  const data = readData(values.data);
  const { scorerWith, bytes } = createPrior();
  const times = values.quick ? QUICK_REDRAWS : REDRAWS;

  tell('zero-shot …');
  const sets = zeroShot(data, scorerWith(), times);
  if (sets.length > 0) print(zeroShotTable(sets, macroOf(sets)));

  const calibrated = COURSES.flatMap((course) => {
    tell(`${course.name} …`);
    return calibrate(course, { data, scorerWith, times }) ?? [];
  });
  print(calibratedTable(calibrated));

  tell('money …');
  print(billTable(bills(data, scorerWith)));

  tell('labels, latency …');
  const scorers = [
    { name: 'our prior', scorer: scorerWith(), bytes },
    ...calibrated.map(({ name, sample, file }) => ({
      name: `calibrated: ${name}`,
      scorer: scorerWith(sample),
      bytes: JSON.stringify(file).length,
    })),
  ];
  print(sanityTable(scorers.map(({ name, scorer }) => ({ name, found: sanity(data, scorer) }))));
  print(
    latencyTable(
      scorers.slice(0, 2).map(({ name, scorer, bytes: size }) => ({ name, bytes: size, ...latency(data, scorer) })),
    ),
  );
  print(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, load ${loadavg()[0]?.toFixed(1)}.`,
  );
}

function print(text: string): void {
  process.stdout.write(`${text}\n\n`);
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

try {
  main();
} catch (cause) {
  tell(cause instanceof Error ? cause.message : String(cause));
  process.exitCode = 1;
}
