/** A provider's answer to one line of a batch, in the words of the door that the line came in by. Pure. */
import type { AnswerFacts } from '../core/answer.ts';
import type { BatchAnswer } from '../core/batch.ts';
import type { Usage } from '../core/chat.ts';
import type { Deployment } from '../core/deployment.ts';
import { asGatewayError, type GatewayError } from '../core/errors.ts';
import type { Provider } from '../core/provider.ts';
import { AnswerCollector, type AnswerStamp } from '../answers/collector.ts';
import { Listener } from '../answers/listener.ts';
import { guessUsage } from '../answers/usage.ts';
import type { Entry } from '../doors/door.ts';
import { estimate } from '../routing/estimate.ts';
import { type Translation, translated } from './place.ts';

export interface Reader {
  provider: Provider;
  deployment: Deployment;
  createdSeconds: number;
  newId: (prefix: string, length: number) => string;
}

export type Read =
  | { kind: 'answer'; body: string; facts: AnswerFacts; usage: Usage }
  | { kind: 'refusal'; failure: GatewayError };

export function readAnswer(entry: Entry, answer: BatchAnswer & { kind: 'answer' | 'refusal' }, reader: Reader): Read {
  const { provider } = reader;
  if (answer.kind === 'refusal') {
    const { status, body } = answer;
    return { kind: 'refusal', failure: provider.classify({ status, header: () => undefined, body }) };
  }
  try {
    const { body, facts } = written(entry, answer.body, { ...reader, ...translated(entry, reader) });
    return { kind: 'answer', body, facts, usage: facts.usage ?? guessOf(entry, facts) };
  } catch (cause) {
    return { kind: 'refusal', failure: asGatewayError(cause) };
  }
}

function written(
  { request, pen }: Entry,
  body: string,
  { exchange, passes, deployment, newId, createdSeconds }: Reader & Translation,
): { body: string; facts: AnswerFacts } {
  if (passes) {
    const listener = new Listener();
    exchange.readAnswer(body, listener);
    pen.heard?.(body);
    return { body, facts: listener.facts };
  }
  const collector = new AnswerCollector();
  exchange.readAnswer(body, collector);
  const legacyFunctions = Boolean(request.functions && !request.tools);
  const stamp: AnswerStamp = { newId, createdSeconds, model: deployment.providerModel, legacyFunctions };
  return { body: pen.whole(collector, stamp), facts: collector.facts };
}

function guessOf({ request, original }: Entry, { characters }: AnswerFacts): Usage {
  return guessUsage(estimate(request, original.text.length).inputTokens, characters);
}
