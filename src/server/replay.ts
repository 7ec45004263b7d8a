/** `signalbox replay LOG --config NEW`. */
import { check } from './check.ts';
import { dollars, table } from './columns.ts';
import type { Loaded } from './configuration.ts';
import { BadLines, readLog } from './log-lines.ts';
import { createRechooser } from './rechoose.ts';
import { type Shift, Tally } from './tally.ts';

export interface ReplayOptions {
  /** `-` is standard input. */
  file: string;
  json: boolean;
}

const PROGRESS_EVERY_MS = 2_000;
/** The same log and configuration give the same answer. */
const SEED = 0x5161;
const LOOK_EVERY_LINES = 500;

const UNKNOWN = [
  "A conversation's later turns might have been others, had another model answered.",
  "Other models write answers of other lengths; the recorded lengths are used, in each model's own tokens.",
  'Prompt caches are reckoned from the log; what a provider would really have kept is not known.',
  'Learned weights (routing.overlay) are left out: they need the words, which the log does not have.',
  'Limits, outages and failing over are left out: everybody is taken to answer at once.',
];

export async function replayFile(loaded: Loaded, { file, json }: ReplayOptions): Promise<number> {
  const { gateway } = check(loaded);
  const rechoose = createRechooser(gateway.routing, seeded(SEED));
  const tally = new Tally();
  const bad = new BadLines();
  const progress = createProgress(Date.now());
  let unrecorded = 0;
  for await (const line of readLog(file, bad)) {
    progress(tally.requests);
    if (line.message !== 'request') continue;
    const { routing } = line;
    if (routing) tally.add(line, rechoose({ ...line, routing }));
    else unrecorded++;
  }
  process.stdout.write(`${json ? toJson(tally, bad, unrecorded) : toText(tally, bad, unrecorded)}\n`);
  return 0;
}

/** On standard error, for a log that takes long. */
function createProgress(startedAt: number): (requests: number) => void {
  let [lines, toldAt] = [0, startedAt];
  return (requests) => {
    lines++;
    if (lines % LOOK_EVERY_LINES !== 0 || Date.now() - toldAt < PROGRESS_EVERY_MS) return;
    toldAt = Date.now();
    process.stderr.write(`${requests} requests after ${Math.round((toldAt - startedAt) / 1000)} s\n`);
  };
}

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function toJson(tally: Tally, bad: BadLines, unrecorded: number): string {
  const { requests, moved, refused, lacksScore, cost, moves } = tally;
  return JSON.stringify({
    requests,
    moved,
    refused,
    cost,
    tiers: Object.fromEntries(tally.tiers),
    deployments: Object.fromEntries(tally.deployments),
    causes: Object.fromEntries(tally.causes),
    moves,
    lacksScore,
    unrecorded,
    badLines: bad,
    unknown: UNKNOWN,
  });
}

function toText(tally: Tally, bad: BadLines, unrecorded: number): string {
  const { requests, moved, refused, lacksScore, tiers, deployments, causes } = tally;
  return [
    `${requests} requests, of which ${moved} would go elsewhere${refused > 0 ? ` and ${refused} would be refused` : ''}`,
    ...costOf(tally),
    ...shifts('tier', tiers),
    ...shifts('deployment', deployments),
    ...section(
      'moved by',
      [...causes]
        .toSorted(([, a], [, b]) => b - a)
        .slice(0, 20)
        .map(([cause, count]) => [String(count), cause]),
    ),
    ...section('the greatest changes', movesOf(tally)),
    '',
    'What a replay cannot know:',
    ...UNKNOWN.map((line) => `- ${line}`),
    ...(lacksScore > 0 ? [`- ${lacksScore} requests had no score in the log; they count as asks without words.`] : []),
    ...(unrecorded > 0
      ? [`- ${unrecorded} requests are left out: models asked for by name, of which no rule spoke then.`]
      : []),
    ...(bad.count > 0 ? [`- ${bad.count} lines could not be read: ${bad.first.join('; ')}`] : []),
  ].join('\n');
}

function costOf({ cost, requests }: Tally): string[] {
  const { beforeUsd, afterUsd } = cost;
  if (cost.requests === 0) return ['cost: unknown'];
  const change = beforeUsd > 0 ? ` (${afterUsd >= beforeUsd ? '+' : ''}${percent(afterUsd / beforeUsd - 1)})` : '';
  const known = cost.requests < requests ? `, for the ${cost.requests} requests whose cost is known` : '';
  return [`cost: $${dollars(beforeUsd)} -> $${dollars(afterUsd)}${change}${known}`];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function shifts(what: string, counts: ReadonlyMap<string, Shift>): string[] {
  const rows = [...counts]
    .toSorted(([, a], [, b]) => b.after - a.after || b.before - a.before)
    .map(([name, { before, after }]) => [name, String(before), '->', String(after)]);
  return section(`by ${what}, before and after`, rows);
}

function movesOf({ moves }: Tally): string[][] {
  return moves.map(({ requestId, from, to, reason, costBeforeUsd, costAfterUsd }) => [
    requestId,
    `${from} -> ${to}`,
    `$${dollars(costBeforeUsd)} -> $${dollars(costAfterUsd)}`,
    reason,
  ]);
}

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : ['', title, ...table(rows).map((line) => `  ${line}`)];
}
