import type { Usage } from '../core/chat.ts';

/** The usage of two calls that served one request. */
export function addUsage(sum: Usage | undefined, usage: Usage | undefined): Usage | undefined {
  if (!sum || !usage) return sum ?? usage;
  return addNumbers(sum as unknown as Tally, usage as unknown as Tally) as unknown as Usage;
}

type Tally = { [name: string]: number | boolean | Tally | null | undefined };

function addNumbers(a: Tally, b: Tally): Tally {
  const sum: Tally = { ...a };
  for (const [name, value] of Object.entries(b)) {
    const known = sum[name];
    if (typeof value === 'number' && typeof known === 'number') sum[name] = known + value;
    else if (isTally(value) && isTally(known)) sum[name] = addNumbers(known, value);
    else sum[name] = value ?? known;
  }
  return sum;
}

function isTally(value: unknown): value is Tally {
  return typeof value === 'object' && value !== null;
}

/** What a request must have cost when nobody counted: four characters a token, marked as a guess. */
export function guessUsage(promptTokens: number, answerCharacters: number): Usage {
  const completion = Math.ceil(answerCharacters / 4);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completion,
    total_tokens: promptTokens + completion,
    usage_estimated: true,
  };
}
