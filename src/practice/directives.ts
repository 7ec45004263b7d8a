import type { Dialect } from './ask.ts';

/**
 * Troubles to order, written into the last user message:
 *
 *     [practice: status=529]            this status, in the provider's own error shape
 *     [practice: status=429 retry-after=2]
 *     [practice: error]                 an error event in the middle of the stream (`status=` chooses which)
 *     [practice: cut]                   the stream ends without its terminal event
 *     [practice: stall]                 the stream stops sending and stays open
 *     [practice: cut at=0]              … before the first word; `at=` goes with error, cut and stall
 *     [practice: slow=5000]             milliseconds until the first byte
 *     [practice: empty]                 a 200 that says nothing
 *     [practice: html]                  a proxy's HTML page instead of an answer (502, or `status=`)
 *     [practice: refuse]                the model declines
 *     [practice: words=500]             a long answer
 *     [practice: fast]                  no pause between words
 *     [practice: anthropic status=529]  only this dialect is in trouble
 */
export interface Directives {
  status?: number;
  retryAfterSeconds?: number;
  trouble?: 'error' | 'cut' | 'stall';
  /** Words delivered before the trouble; half of them if undefined. */
  at?: number;
  slowMs: number;
  empty: boolean;
  html: boolean;
  refuse: boolean;
  words?: number;
  fast: boolean;
  /** Said back in the answer, so that a slip of the pen is seen. */
  unknown: string[];
}

const DIRECTIVE = /\[practice:([^\]]*)\]/giu;
const DIALECTS: readonly string[] = ['anthropic', 'openai', 'gemini', 'bedrock'] satisfies Dialect[];
/** `setTimeout` fires at once for more. */
const LONGEST_MS = 2 ** 31 - 1;

const MEANINGS: Record<string, (into: Directives, value: number) => void> = {
  status: (into, value) => (into.status = value),
  'retry-after': (into, value) => (into.retryAfterSeconds = value),
  at: (into, value) => (into.at = value),
  slow: (into, value) => (into.slowMs = Math.min(value, LONGEST_MS)),
  words: (into, value) => (into.words = Math.min(value, 100_000)),
  error: (into) => (into.trouble = 'error'),
  cut: (into) => (into.trouble = 'cut'),
  stall: (into) => (into.trouble = 'stall'),
  empty: (into) => (into.empty = true),
  html: (into) => (into.html = true),
  refuse: (into) => (into.refuse = true),
  fast: (into) => (into.fast = true),
};
const NUMBERED = new Set(['status', 'retry-after', 'at', 'slow', 'words']);

export function readDirectives(text: string, dialect: Dialect): Directives {
  const found: Directives = { slowMs: 0, empty: false, html: false, refuse: false, fast: false, unknown: [] };
  for (const [, inner = ''] of text.matchAll(DIRECTIVE)) {
    const words = inner.toLowerCase().split(/\s+/u).filter(Boolean);
    const named = words.filter((word) => DIALECTS.includes(word));
    if (named.length > 0 && !named.includes(dialect)) continue;
    for (const word of words) if (!DIALECTS.includes(word)) obey(found, word);
  }
  return found;
}

export function withoutDirectives(text: string): string {
  return text
    .replaceAll(DIRECTIVE, '')
    .replaceAll(/[^\S\n]{2,}/gu, ' ')
    .trim();
}

function obey(into: Directives, word: string): void {
  const [name = '', value] = word.split('=');
  const meaning = Object.hasOwn(MEANINGS, name) ? MEANINGS[name] : undefined;
  const number = Number(value);
  const clear = NUMBERED.has(name) ? /^\d+$/u.test(value ?? '') && isPossible(name, number) : value === undefined;
  if (meaning && clear) meaning(into, number);
  else into.unknown.push(word);
}

/** `Response` takes no status outside of these. */
function isPossible(name: string, value: number): boolean {
  return name !== 'status' || (value >= 200 && value <= 599 && ![204, 205, 304].includes(value));
}
