/** What a client says and must hear. The facts of a request travel inside its text, so any gateway forwards them. */
import type { Arrival, Kind } from './arrivals.ts';
import { MODEL } from './scenario.ts';

/** What a provider can know of a request: all of it stands in the prompt. */
export interface Facts {
  id: string;
  inputTokens: number;
  outputTokens: number;
  kind: Kind;
}

const KINDS: readonly string[] = ['plain', 'bad', 'too_long', 'leaver'] satisfies Kind[];
const FACTS = /<<(\w{1,40}) in (\d{1,7}) out (\d{1,6}) (\w{1,10})>>/;
const FILLER = 'The wind rose, and with it the sea. '.repeat(400);

export function promptOf({ id, inputTokens, outputTokens, kind, charsPerToken }: Arrival): string {
  const facts = `<<${id} in ${inputTokens} out ${outputTokens} ${kind}>> `;
  return facts + FILLER.slice(0, Math.max(0, Math.round(inputTokens * charsPerToken) - facts.length));
}

export function bodyOf(arrival: Arrival): string {
  return JSON.stringify({
    model: MODEL,
    messages: [{ role: 'user', content: promptOf(arrival) }],
    max_tokens: arrival.maxTokens,
    ...(arrival.stream && { stream: true }),
  });
}

/** Undefined where a text carries none: it is no request of the storm's. */
export function factsIn(text: string): Facts | undefined {
  const [, id, input, output, kind] = FACTS.exec(text) ?? [];
  if (id === undefined || kind === undefined || !KINDS.includes(kind)) return undefined;
  return { id, inputTokens: Number(input), outputTokens: Number(output), kind: kind as Kind };
}

/** The one right answer. Its words are numbered: a piece that is lost, doubled or another request's shows. */
export function answerTo({ id, outputTokens }: Pick<Facts, 'id' | 'outputTokens'>): string {
  let text = `Answer ${id}:`;
  for (let word = 0; word < outputTokens; word++) text += ` w${word}`;
  return `${text} end ${id}`;
}
