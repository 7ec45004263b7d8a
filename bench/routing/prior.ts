/** The score that is measured. Everything else here knows it by this file alone. */
import { readFileSync } from 'node:fs';
import { parseComplexity } from '../../src/routing/score/file.ts';
import { createScorer, type Scorer } from '../../src/routing/score/scorer.ts';
import type { Overlay } from '../../src/routing/learn/overlay.ts';

const FILE = new URL('../../routing-rules/complexity.json', import.meta.url);

export function createPrior(): { scorerWith: (overlay?: Overlay) => Scorer; bytes: number } {
  const text = readFileSync(FILE, 'utf8');
  const file = parseComplexity(JSON.parse(text));
  return { scorerWith: (overlay) => createScorer(file, overlay), bytes: Buffer.byteLength(text) };
}
