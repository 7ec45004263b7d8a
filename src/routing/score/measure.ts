import type { Ask } from '../ask.ts';
import { FEATURE_NAMES, type FeatureName } from './features.ts';
import type { Reading } from './lines.ts';
import { read } from './read.ts';
import type { WordTree } from './words.ts';

export interface ScoreInput {
  ask: Ask;
  toolCount: number;
  /** Of all tools together. */
  toolParameters: number;
  /** An answer by a JSON schema is asked for. */
  structured: boolean;
  /** In the conversation. */
  messages: number;
  effort: string | undefined;
}

/** The amounts of all features, in their order and each in its own unit. */
export function measure(input: ScoreInput, tree: WordTree, values: Float64Array): void {
  const reading = read(input.ask.text, tree, values);
  measureText(reading, unreadOf(input.ask), values);
  values[AT.tools] = doublings(input.toolCount);
  values[AT.toolParameters] = doublings(input.toolParameters);
  values[AT.structured] = input.structured ? 1 : 0;
  values[AT.conversation] = doublings(input.messages - 1);
  values[AT.media] = input.ask.media;
  values[AT.effort] = EFFORTS.get(input.effort ?? 'none') ?? 0;
}

const AT = Object.fromEntries(FEATURE_NAMES.map((name, index) => [name, index])) as Record<FeatureName, number>;

/** Twice as much of something is one more, whether it is a word or a page. */
function doublings(amount: number): number {
  return Math.log2(1 + Math.max(0, amount));
}

/** An ask of fewer characters is very short. */
const BRIEF = 40;

/** "Who", "no" and "just" say something about a short ask; in a long one they are chance. */
const WORDS_OF_SHORT_ASKS = ['lookUp', 'chat', 'quick'] as const satisfies readonly FeatureName[];
const SHORT = 60;

function measureText(reading: Reading, unread: number, values: Float64Array): void {
  const written = reading.length + reading.pasted;
  values[AT.length] = doublings(reading.length);
  const share = Math.min(1, (SHORT / Math.max(1, reading.length)) ** 2);
  for (const name of WORDS_OF_SHORT_ASKS) values[AT[name]] = (values[AT[name]] ?? 0) * share;
  values[AT.brief] = Math.max(0, 1 - written / BRIEF);
  values[AT.sentences] = doublings(reading.sentences);
  values[AT.questions] = doublings(reading.questions - 1);
  values[AT.parts] = doublings(reading.commas);
  values[AT.items] = doublings(reading.items);
  values[AT.numbers] = doublings(reading.numbers);
  values[AT.formulas] = doublings(reading.formulaMarks);
  values[AT.codeLines] = doublings(reading.codeLines);
  values[AT.pasted] = doublings((reading.pasted + unread) / 100);
  values[AT.trace] = doublings(reading.traceLines);
  values[AT.diff] = doublings(reading.diffLines);
}

/** What was left out of the middle of a very long ask. */
function unreadOf({ length, text }: Ask): number {
  return Math.max(0, length - text.length);
}

const EFFORTS = new Map([
  ['low', 0.1],
  ['medium', 0.3],
  ['high', 0.7],
  ['xhigh', 1],
  ['max', 1],
]);
