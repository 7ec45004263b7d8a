import type { AnswerFacts } from '../core/answer.ts';
import type { Exchange, Warning } from '../core/provider.ts';
import { AnswerCollector } from '../answers/collector.ts';
import { copiesOf } from '../answers/copies.ts';
import { ChatRelay } from '../answers/relay.ts';
import { StopFilter } from '../answers/stop-filter.ts';
import { insist } from './insist.ts';
import { MAX_ANSWER_BYTES, send, translate, type Work } from './send.ts';

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

/** Calls (n times, where the provider answers once) and reads. */
export async function collect(work: Work, exchange: Exchange): Promise<AnswerCollector> {
  const collector = new AnswerCollector();
  const { stop, copies = 1 } = exchange.emulate ?? {};
  const sink = stop ? new StopFilter(collector, stop) : collector;
  if (copies === 1) {
    const { body, requestId } = await sendWhole(work, exchange);
    collector.facts.upstreamId = requestId;
    exchange.readAnswer(body, sink);
    return collector;
  }
  const siblings = work.client.child();
  const together = { ...work, client: siblings };
  try {
    await Promise.all(
      copiesOf(sink, copies).map(async (copy) => {
        const { body } = await sendWhole(together, exchange);
        exchange.readAnswer(body, copy);
      }),
    );
  } catch (cause) {
    siblings.leave(); // One failed, so nobody wants the others.
    throw cause;
  }
  return collector;
}

async function relayWhole(work: Work, exchange: Exchange): Promise<WholeAnswer> {
  const { body, requestId } = await sendWhole(work, exchange);
  const relay = new ChatRelay({ includeUsage: true, classify: work.provider.classify });
  relay.facts.upstreamId = requestId;
  relay.whole(body);
  return { body, facts: relay.facts, warnings: exchange.warnings };
}

async function sendWhole(work: Work, exchange: Exchange): Promise<{ body: string; requestId: string | undefined }> {
  const response = await send(work, exchange);
  return { body: await response.text(MAX_ANSWER_BYTES), requestId: response.requestId };
}
