import { z } from 'zod';
import { createLexicon, type Lexicon } from './lexicon.ts';

/** Names end up in a response header. */
const name = z.string().regex(/^[\w.:-]+$/, 'must consist of letters, digits and . : _ -');
const description = z.string().optional();

const signal = z.strictObject({ description, weight: z.number().min(-1).max(1), full: z.number().positive() });
const wordSignal = signal.extend({ words: z.array(z.string().min(1)) });

const tier = z.strictObject({
  name,
  description,
  /** The lowest score that belongs here. */
  from: z.number().min(0).max(1),
  /** Names that clients may ask for, best first; the ones not configured are skipped. */
  models: z.array(z.string()),
});

const route = z.strictObject({ description, atLeast: name.optional(), atMost: name.optional() });

/** `routing-rules/default.json`. */
export const RulesFile = z
  .strictObject({
    $schema: z.string().optional(),
    description,
    routes: z.record(name, route),
    tiers: z.array(tier).min(1),
    followUp: z.strictObject({ description, shorterThan: z.int().nonnegative() }),
    signals: z.strictObject({
      length: signal,
      parts: signal,
      reasoning: wordSignal,
      code: wordSignal,
      simple: wordSignal,
      tools: signal,
      structure: signal,
      conversation: signal,
      images: signal,
      effort: signal,
    }),
  })
  .superRefine((file, context) => {
    for (const { path, message } of mistakes(file)) context.addIssue({ code: 'custom', path, message });
  });

export type RulesFile = z.infer<typeof RulesFile>;
export type SignalName = keyof RulesFile['signals'];

export interface Rules extends RulesFile {
  /** The words of all signals, ready to be found in one pass. */
  lexicon: Lexicon;
  /** Every model that a tier names. */
  listed: ReadonlySet<string>;
}

/** Throws an error that names every mistake in the data. */
export function createRules(data: unknown): Rules {
  const parsed = RulesFile.safeParse(data);
  if (!parsed.success) throw new Error(`The routing rules are invalid:\n${z.prettifyError(parsed.error)}`);
  const { tiers, signals } = parsed.data;
  const { reasoning, code, simple } = signals;
  const lexicon = createLexicon({ reasoning: reasoning.words, code: code.words, simple: simple.words });
  return { ...parsed.data, lexicon, listed: new Set(tiers.flatMap(({ models }) => models)) };
}

interface Mistake {
  path: (string | number)[];
  message: string;
}

function mistakes(file: Pick<RulesFile, 'tiers' | 'routes'>): Mistake[] {
  return [...tierMistakes(file.tiers), ...routeMistakes(file)];
}

function tierMistakes(tiers: RulesFile['tiers']): Mistake[] {
  const found: Mistake[] = [];
  if (tiers[0]?.from !== 0) found.push({ path: ['tiers', 0, 'from'], message: 'the first tier must begin at 0' });
  for (const [index, { name, from }] of tiers.entries()) {
    const before = tiers[index - 1];
    if (before && from <= before.from) {
      const message = `must be above ${before.from}, where "${before.name}" begins: thresholds ascend`;
      found.push({ path: ['tiers', index, 'from'], message });
    }
    if (tiers.findIndex((tier) => tier.name === name) < index) {
      found.push({ path: ['tiers', index, 'name'], message: `there are two tiers called "${name}"` });
    }
  }
  return found;
}

function routeMistakes({ tiers, routes }: Pick<RulesFile, 'tiers' | 'routes'>): Mistake[] {
  const found: Mistake[] = [];
  const rank = (name: string) => tiers.findIndex((tier) => tier.name === name);
  for (const [route, { atLeast, atMost }] of Object.entries(routes)) {
    for (const [field, name] of Object.entries({ atLeast, atMost })) {
      if (name === undefined || rank(name) >= 0) continue;
      found.push({ path: ['routes', route, field], message: `no tier is called "${name}"` });
    }
    if (atLeast !== undefined && atMost !== undefined && rank(atLeast) > rank(atMost)) {
      found.push({ path: ['routes', route], message: `\`atLeast\` "${atLeast}" is above \`atMost\` "${atMost}"` });
    }
  }
  return found;
}
