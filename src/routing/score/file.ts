import * as z from 'zod';
import { FEATURES, type FeatureName, type WordFeature, WORD_FEATURES } from './features.ts';
import { stem } from './words.ts';

/** By language, parted by commas. A star at the end of a word stands for any ending. */
const words = z.record(z.string().regex(/^[a-z]{2,3}$/, 'must be the code of a language'), z.string());

/** What is `up` can only raise the score, what is `down` only lower it, whatever weights somebody fits. */
const shapes = {
  up: shapesOf(z.number().min(0, 'must be 0 or more: it can only raise the score').max(10)),
  down: shapesOf(z.number().min(-10).max(0, 'must be 0 or less: it can only lower the score')),
};

function shapesOf(w: z.ZodNumber) {
  const description = z.string().optional();
  const counted = z.strictObject({
    description,
    w,
    mean: z.number().nonnegative(),
    sd: z.number().min(0.01),
    cap: z.number().positive(),
  });
  return { counted, worded: counted.extend({ words }) };
}

function feature(name: FeatureName) {
  return shapes[FEATURES[name]].counted;
}

function wordFeature(name: WordFeature) {
  return shapes[FEATURES[name]].worded;
}

/** `routing-rules/complexity.json`. */
export const ComplexityFile = z
  .strictObject({
    $schema: z.string().optional(),
    description: z.string().optional(),
    scale: z.strictObject({ description: z.string().optional(), oneThird: z.number(), twoThirds: z.number() }),
    features: z.strictObject({
      length: feature('length'),
      brief: feature('brief'),
      sentences: feature('sentences'),
      questions: feature('questions'),
      parts: feature('parts'),
      items: feature('items'),
      numbers: feature('numbers'),
      formulas: feature('formulas'),
      codeLines: feature('codeLines'),
      pasted: feature('pasted'),
      trace: feature('trace'),
      diff: feature('diff'),
      reasoning: wordFeature('reasoning'),
      maths: wordFeature('maths'),
      quantities: wordFeature('quantities'),
      analysis: wordFeature('analysis'),
      design: wordFeature('design'),
      systems: wordFeature('systems'),
      code: wordFeature('code'),
      constraints: wordFeature('constraints'),
      trouble: wordFeature('trouble'),
      explain: wordFeature('explain'),
      lookUp: wordFeature('lookUp'),
      chat: wordFeature('chat'),
      edit: wordFeature('edit'),
      quick: wordFeature('quick'),
      tools: feature('tools'),
      toolParameters: feature('toolParameters'),
      structured: feature('structured'),
      conversation: feature('conversation'),
      media: feature('media'),
      effort: feature('effort'),
    } satisfies Record<FeatureName, z.ZodType>),
  })
  .superRefine((file, context) => {
    for (const { path, message } of mistakes(file)) context.addIssue({ code: 'custom', path, message });
  });

export type ComplexityFile = z.infer<typeof ComplexityFile>;

/** Throws an error that names every mistake in the data. */
export function parseComplexity(data: unknown): ComplexityFile {
  const parsed = ComplexityFile.safeParse(data);
  if (!parsed.success) throw new Error(`The complexity score is invalid:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The words of a list, of all languages. */
export function wordsOf(list: Readonly<Record<string, string>>): string[] {
  return Object.values(list).flatMap(entriesOf);
}

function entriesOf(text: string): string[] {
  return text.split(',').map((word) => word.trim());
}

interface Mistake {
  path: string[];
  message: string;
}

function mistakes({ scale, features }: Pick<ComplexityFile, 'scale' | 'features'>): Mistake[] {
  const found: Mistake[] = [];
  if (scale.twoThirds <= scale.oneThird) {
    found.push({ path: ['scale', 'twoThirds'], message: `must be above oneThird, ${scale.oneThird}` });
  }
  const lists = new Map<string, WordFeature>();
  for (const name of WORD_FEATURES) {
    for (const [language, text] of Object.entries(features[name].words)) {
      for (const word of entriesOf(text)) {
        const message = wordMistake(word) ?? claim(lists, word, name);
        if (message) found.push({ path: ['features', name, 'words', language], message });
      }
    }
  }
  return found;
}

const MAX_WORD = 60;

function wordMistake(word: string): string | undefined {
  const text = stem(word);
  if (text === '') return 'there is an empty word between two commas';
  if (text.includes('*')) return `"${word}": a star may only stand at the end`;
  return text.length > MAX_WORD ? `"${word}" is longer than ${MAX_WORD} characters` : undefined;
}

/** A word of two lists would count for one of them only. */
function claim(lists: Map<string, WordFeature>, word: string, name: WordFeature): string | undefined {
  const text = stem(word);
  const owner = lists.get(text) ?? name;
  lists.set(text, owner);
  return owner === name ? undefined : `"${word}" is already a word of "${owner}"`;
}
