import type { AnswerFacts } from '../core/answer.ts';
import type { Exchange, Warning } from '../core/provider.ts';
import type { AnswerCollector } from '../answers/collector.ts';
import { ChatRelay } from '../answers/relay.ts';
import { collect, sendWhole } from './collect.ts';
import { insist } from './insist.ts';
import { translate, type Work } from './send.ts';

export interface WholeAnswer {
  /** The chat completion as JSON text. */
  body: string;
  facts: AnswerFacts;
  warnings: readonly Warning[];
}

/** One attempt, answered whole. */
export async function attemptWhole(work: Work): Promise<WholeAnswer> {
  const exchange = translate(work);
  if (exchange.relay) return relayWhole(work, exchange);
  const collector = await collectChecked(work, exchange);
  return {
    body: JSON.stringify(collector.answer(work.stamp)),
    facts: collector.facts,
    warnings: exchange.warnings,
  };
}

/** The answer, with everything the router promised in the provider's place. */
export async function collectChecked(work: Work, exchange: Exchange): Promise<AnswerCollector> {
  const collector = await collect(work, exchange);
  const { json, toolRequired } = exchange.emulate ?? {};
  return json || toolRequired ? insist(work, exchange, collector) : collector;
}

async function relayWhole(work: Work, exchange: Exchange): Promise<WholeAnswer> {
  const { body, requestId } = await sendWhole(work, exchange);
  const relay = new ChatRelay({ includeUsage: true, classify: work.provider.classify });
  relay.facts.upstreamId = requestId;
  relay.whole(body);
  return { body, facts: relay.facts, warnings: exchange.warnings };
}
