/** `signalbox fit --labels FILE`. */
import { writeFileSync } from 'node:fs';
import complexity from '../../routing-rules/complexity.json' with { type: 'json' };
import { ConfigurationError } from '../config/parse.ts';
import { fitOverlay } from '../routing/learn/fit.ts';
import type { LabelRow } from '../routing/learn/labels.ts';
import type { Provenance } from '../routing/learn/overlay-file.ts';
import { parseComplexity } from '../routing/score/file.ts';
import { createScorer } from '../routing/score/scorer.ts';
import { check } from './check.ts';
import type { Loaded } from './configuration.ts';
import { labelsFrom } from './labels.ts';
import { BadLines } from './log-lines.ts';

export interface FitOptions {
  files: readonly string[];
  /** Where the overlay goes. */
  out: string;
}

/** Resolves with the exit code: 1 where what was learned is refused, and then nothing is written. */
export async function fitFiles(loaded: Loaded, { files, out }: FitOptions): Promise<number> {
  const { rules, tiers } = check(loaded).gateway.routing;
  const rows: LabelRow[] = [];
  for (const file of files) {
    const bad = new BadLines();
    rows.push(...(await labelsFrom(file, rules.ranks, bad)));
    if (bad.count > 0) process.stderr.write(`${file}: ${bad.count} lines left out: ${bad.first.join('; ')}\n`);
  }
  const prior = parseComplexity(complexity);
  const modelOf = (tier: string | undefined) => (tier === undefined ? undefined : tiers.get(tier)?.[0]?.id);
  const result = fitOverlay(rows, {
    scorerWith: (overlay) => createScorer(prior, overlay),
    fittedAt: new Date().toISOString(),
    weak: modelOf(rules.tiers[0]?.name),
    strong: modelOf(rules.tiers.at(-1)?.name),
  });
  if (!result.ok) {
    process.stderr.write(`Refused: ${result.reason}\nNothing was written.\n`);
    return 1;
  }
  write(out, result.file);
  process.stdout.write(
    `${out}: ${told(result.file.provenance)}\nName it in the configuration: routing: { overlay: ${out} }\n`,
  );
  return 0;
}

function write(out: string, file: object): void {
  try {
    writeFileSync(out, `${JSON.stringify(file)}\n`);
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unwritable';
    throw new ConfigurationError(out, [`cannot be written (${why})`]);
  }
}

function told({ labels, heldBack, sanity }: Provenance): string {
  const { overlay, prior, length } = heldBack;
  const figures = `APGR ${overlay.toFixed(3)}; without it ${prior.toFixed(3)}, plain length ${length.toFixed(3)}`;
  return `learned from ${labels} labels. On labels it had not seen: ${figures}. Sanity ${sanity.toFixed(2)}.`;
}
