import * as z from 'zod';
import { DENSE_NAMES } from './dense.ts';
import { GRAM_BUCKETS } from './grams.ts';

const share = z.number().min(0).max(1);

/** What an overlay was learned from, and how it did on labels that it had not seen. */
export const Provenance = z.strictObject({
  labels: z.int().positive(),
  fittedAt: z.string().describe('Given by whoever ran the fit.'),
  weak: z.string().optional().describe('The model that the cheap end of the labels stands for.'),
  strong: z.string().optional(),
  sources: z.record(z.string(), z.int()).describe('How many labels came from where.'),
  heldBack: z
    .strictObject({ overlay: z.number(), prior: z.number(), length: z.number() })
    .describe('APGR over five folds, each scored by a fit without it. 0.5 is chance.'),
  sanity: share.describe('How often the blended score puts a hard sentence of ours above an easy one.'),
});
export type Provenance = z.infer<typeof Provenance>;

const Feature = z.strictObject({ mean: z.number(), deviation: z.number().nonnegative(), weight: z.number() });

/** `overlay.json`, as `signalbox fit` writes it. */
export const OverlayFile = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1),
    provenance: Provenance,
    halfway: z.number().positive().describe('With so many labels the overlay makes half of the score.'),
    output: z.strictObject({ mean: z.number(), deviation: z.number().positive() }),
    level: z
      .strictObject({ mean: z.number(), deviation: z.number().positive() })
      .describe("The prior's z on the same asks, in whose units the overlay speaks."),
    features: z.record(z.string(), Feature),
    grams: z.strictObject({
      scale: z.number().positive().describe('What one step of the weights below is worth.'),
      weights: z.base64().describe('One signed byte for each bucket.'),
    }),
  })
  .superRefine((file, context) => {
    for (const { path, message } of mistakes(file)) context.addIssue({ code: 'custom', path, message });
  });
export type OverlayFile = z.infer<typeof OverlayFile>;

/** Throws an error that names every mistake. */
export function parseOverlay(data: unknown): OverlayFile {
  const parsed = OverlayFile.safeParse(data);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `- ${path.join('.')}: ${message}`);
  throw new Error(['The overlay is invalid:', ...lines].join('\n'));
}

interface Mistake {
  path: string[];
  message: string;
}

function mistakes({ features, grams }: Pick<OverlayFile, 'features' | 'grams'>): Mistake[] {
  const found: Mistake[] = [];
  for (const name of DENSE_NAMES) {
    if (!features[name]) found.push({ path: ['features', name], message: 'is missing; please fit again' });
  }
  for (const name of Object.keys(features)) {
    if (!DENSE_NAMES.includes(name)) found.push({ path: ['features', name], message: 'is unknown; please fit again' });
  }
  const bytes = Math.floor((grams.weights.replace(/=+$/, '').length * 3) / 4);
  if (bytes !== GRAM_BUCKETS) {
    found.push({ path: ['grams', 'weights'], message: `must be ${GRAM_BUCKETS} bytes, not ${bytes}` });
  }
  return found;
}

export function fromBase64(text: string): Int8Array {
  return Int8Array.from(atob(text), (character) => character.charCodeAt(0));
}

export function toBase64(bytes: Int8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte & 0xff);
  return btoa(text);
}
