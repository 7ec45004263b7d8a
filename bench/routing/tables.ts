import type { Calibrated } from './calibrated.ts';
import type { Measured } from './curves.ts';
import type { Latency } from './latency.ts';
import type { Bill } from './money.ts';
import type { Sanity } from './sanity.ts';
import type { Macro, ZeroShot } from './zero-shot.ts';

const RANDOM = '.500 / 50.0 / 80.0';

export function zeroShotTable(sets: readonly ZeroShot[], macro: Macro): string {
  const rows = sets.map(({ set, prompts, prior, length, oracle }) => [
    set,
    String(prompts),
    measured(prior),
    measured(length),
    RANDOM,
    figures(oracle),
  ]);
  const { low, high } = macro.interval;
  return [
    '### Without labels: APGR [95 %] / CPT50 / CPT80',
    '',
    table(['set', 'prompts', 'our prior', 'prompt length', 'random', 'oracle'], rows),
    '',
    'Always-weak closes none of the gap with no calls of the strong model, always-strong all of it with all.',
    '',
    `Mean of the sets: prior ${score(macro.prior)}, length ${score(macro.length)}; difference ${signed(macro.difference)} [${signed(low)}, ${signed(high)}].`,
  ].join('\n');
}

export function calibratedTable(courses: readonly Calibrated[]): string {
  const rows = courses.map(({ name, labels, prompts, blended, overlay, prior, length }) => [
    name,
    String(labels),
    String(prompts),
    measured(blended),
    figures(overlay),
    figures(prior),
    figures(length),
  ]);
  return [
    '### With labels: five draws, or five folds in five shuffles; APGR [95 %] / CPT50 / CPT80 on the rows not trained on',
    '',
    table(['set', 'labels', 'prompts', 'calibrated', 'overlay alone', 'prior', 'length'], rows),
  ].join('\n');
}

export function billTable(bills: readonly Bill[]): string {
  const rows = bills.map(({ name, quality, usd, ofOpus }) => [
    name,
    quality.toFixed(3),
    usd.toFixed(3),
    `${ofOpus.toFixed(1)} %`,
  ]);
  return [
    '### Money: nine tenths of the gap from Haiku 3 to Opus 3, three tiers, list prices of 2024',
    '',
    table(['who decides', 'mean score', 'USD per 1,000 prompts', 'of always-Opus'], rows),
  ].join('\n');
}

export function sanityTable(rows: readonly { name: string; found: Sanity | undefined }[]): string {
  return [
    '### Simple or complex: AUC',
    '',
    table(
      ['score', 'English', 'other languages', 'three tiers right', 'our sentences'],
      rows.flatMap(({ name, found }) =>
        found ? [[name, score(found.english), score(found.others), score(found.tiers), score(found.sentences)]] : [],
      ),
    ),
  ].join('\n');
}

export function latencyTable(rows: readonly ({ name: string; bytes: number } & Latency)[]): string {
  return [
    '### Time and size',
    '',
    table(
      ['score', 'prompts', 'mean µs', 'median µs', 'p99 µs', 'bytes of its file'],
      rows.map(({ name, bytes, prompts, meanUs, p50Us, p99Us }) => [
        name,
        String(prompts),
        meanUs.toFixed(1),
        p50Us.toFixed(1),
        p99Us.toFixed(1),
        String(bytes),
      ]),
    ),
  ].join('\n');
}

function measured(of: Measured): string {
  const { low, high } = of.interval;
  return `${score(of.apgr)} [${score(low)}, ${score(high)}] / ${of.cpt50.toFixed(1)} / ${of.cpt80.toFixed(1)}`;
}

function figures({ apgr, cpt50, cpt80 }: Pick<Measured, 'apgr' | 'cpt50' | 'cpt80'>): string {
  return `${score(apgr)} / ${cpt50.toFixed(1)} / ${cpt80.toFixed(1)}`;
}

/** As the field writes them: `.603`. */
function score(value: number): string {
  return value.toFixed(3).replace(/^(-?)0\./, '$1.');
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${score(value)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
