import type { AnswerSink } from '../core/answer.ts';
import type { Exchange } from '../core/provider.ts';
import { AnswerCollector } from '../answers/collector.ts';
import { copiesOf } from '../answers/copies.ts';
import { StopFilter } from '../answers/stop-filter.ts';
import { MAX_ANSWER_BYTES, send, type Work } from './send.ts';

/** Calls (n times, where the provider answers once) and reads. */
export async function collect(work: Work, exchange: Exchange): Promise<AnswerCollector> {
  const collector = new AnswerCollector();
  const { stop, copies = 1 } = exchange.emulate ?? {};
  const sink = stop ? new StopFilter(collector, stop) : collector;
  if (work.readAsStream && copies === 1) return readStream(work, exchange, { collector, sink });
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

interface Reading {
  collector: AnswerCollector;
  sink: AnswerSink;
}

/** Throws when the stream ends before the answer does, as no whole answer could tell. */
async function readStream(work: Work, exchange: Exchange, { collector, sink }: Reading): Promise<AnswerCollector> {
  const reader = exchange.openStream(sink);
  const response = await send(work, exchange);
  collector.facts.upstreamId = response.requestId;
  for await (const bytes of response.body) {
    reader.push(bytes);
    if (collector.facts.said) work.begun();
  }
  reader.end();
  return collector;
}

async function sendWhole(work: Work, exchange: Exchange): Promise<{ body: string; requestId: string | undefined }> {
  const response = await send(work, exchange);
  return { body: await response.text(MAX_ANSWER_BYTES), requestId: response.requestId };
}
