import type { ChatRequest } from '../core/chat.ts';
import { lastAsk, type Ask } from './ask.ts';
import { read, type Reading } from './lexicon.ts';
import type { Rules, SignalName } from './rules.ts';

export interface Complexity {
  /** 0 to 1. */
  score: number;
  tier: string;
  /** What each signal added or took away, the strongest first. */
  contributions: readonly Contribution[];
}

export interface Contribution {
  name: SignalName;
  value: number;
}

/** How hard a request is, by signals that anybody can read in `routing-rules/default.json`. Pure, and linear in the ask. */
export function scoreComplexity(request: ChatRequest, rules: Rules): Complexity {
  const ask = lastAsk(request, rules.followUp.shorterThan);
  const amounts = measure(request, ask, read(ask.text, rules.lexicon));
  const contributions: Contribution[] = [];
  let sum = 0;
  for (const [name, amount] of Object.entries(amounts) as [SignalName, number][]) {
    const { weight, full } = rules.signals[name];
    const value = weight * Math.min(amount / full, 1);
    if (value !== 0) contributions.push({ name, value });
    sum += value;
  }
  const score = Math.min(Math.max(sum, 0), 1);
  contributions.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  return { score, tier: tierFor(score, rules), contributions };
}

/** How much there is of each signal, in its own unit. */
function measure(request: ChatRequest, ask: Ask, reading: Reading): Record<SignalName, number> {
  return {
    length: ask.length + 2 * reading.wide,
    parts: reading.commas + 2 * reading.items,
    reasoning: reading.words.reasoning,
    code: reading.words.code + (isDenseWithCode(ask, reading) ? 2 : 0),
    simple: reading.words.simple,
    tools: (request.tools?.length ?? 0) + (request.functions?.length ?? 0),
    structure: request.response_format?.type === 'json_schema' ? 1 : 0,
    conversation: Math.max(0, request.messages.length - 1),
    images: ask.media,
    effort: EFFORTS.get(request.reasoning_effort ?? request.reasoning?.effort ?? 'none') ?? 0,
  };
}

const EFFORTS = new Map([
  ['low', 0.15],
  ['medium', 0.3],
  ['high', 0.7],
  ['xhigh', 1],
  ['max', 1],
]);

/** Prose has about one bracket in a hundred characters, code one in ten. */
function isDenseWithCode(ask: Ask, reading: Reading): boolean {
  return reading.codeMarks >= 6 && reading.codeMarks * 25 > ask.text.length;
}

function tierFor(score: number, { tiers }: Rules): string {
  const reached = tiers.findLast(({ from }) => score >= from) ?? tiers[0];
  return reached?.name ?? '';
}
