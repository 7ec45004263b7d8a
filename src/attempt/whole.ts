import type { AnswerFacts } from '../core/answer.ts';
import type { Exchange, Warning } from '../core/provider.ts';
import { Listener } from '../answers/listener.ts';
import type { AnswerCollector } from '../answers/collector.ts';
import { factsOfWhole } from '../answers/relay.ts';
import { collect } from './collect.ts';
import { insist } from './insist.ts';
import { MAX_ANSWER_BYTES, send, translate, type Work } from './send.ts';

export interface WholeAnswer {
  /** JSON text, in the client's wire. */
  body: string;
  facts: AnswerFacts;
  warnings: readonly Warning[];
}

/** One attempt, answered whole. */
export async function attemptWhole(work: Work): Promise<WholeAnswer> {
  const exchange = translate(work);
  const { warnings } = exchange;
  if (exchange.relay === work.pen.wire && !work.readAsStream) {
    const response = await send(work, exchange);
    const body = await response.text(MAX_ANSWER_BYTES);
    const facts = exchange.relay === 'chat' ? factsOfWhole(body, work.provider.classify) : factsOf(body, exchange);
    facts.upstreamId = response.requestId ?? facts.upstreamId;
    work.pen.heard?.(body);
    return { body, facts, warnings };
  }
  const collector = await collectChecked(work, exchange);
  return { body: work.pen.whole(collector, work.stamp), facts: collector.facts, warnings };
}

/** The answer, with everything the router promised in the provider's place. */
export function collectChecked(work: Work, exchange: Exchange): Promise<AnswerCollector> {
  const collected = collect(work, exchange);
  const { json, toolRequired } = exchange.emulate ?? {};
  return json || toolRequired ? collected.then((collector) => insist(work, exchange, collector)) : collected;
}

/** What is in an answer in another wire. Throws for what is none. */
function factsOf(body: string, exchange: Exchange): AnswerFacts {
  const listener = new Listener();
  exchange.readAnswer(body, listener);
  return listener.facts;
}
