import type { AnswerSink } from '../core/answer.ts';
import { GatewayError } from '../core/errors.ts';
import type { Exchange, StreamReader } from '../core/provider.ts';
import { AnswerCollector } from '../answers/collector.ts';
import { copiesOf } from '../answers/copies.ts';
import { StopFilter } from '../answers/stop-filter.ts';
import { isBreak, letEnd } from './ending.ts';
import { MAX_ANSWER_BYTES, send, type Work } from './send.ts';

/** Calls (n times, where the provider answers once) and reads. */
export function collect(work: Work, exchange: Exchange): Promise<AnswerCollector> {
  const collector = new AnswerCollector();
  const { stop, copies = 1 } = exchange.emulate ?? {};
  const sink = stop ? new StopFilter(collector, stop) : collector;
  return copies === 1
    ? read(work, exchange, { sink, collector })
    : readCopies(work, exchange, { sink, collector }, copies);
}

/** What is said into the sink is collected in the end. */
interface Reading {
  sink: AnswerSink;
  collector: AnswerCollector;
}

async function readCopies(
  work: Work,
  exchange: Exchange,
  { sink, collector }: Reading,
  copies: number,
): Promise<AnswerCollector> {
  const siblings = work.client.child();
  const together = { ...work, client: siblings };
  try {
    await Promise.all(copiesOf(sink, copies).map((copy) => read(together, exchange, { sink: copy, collector })));
  } catch (cause) {
    siblings.leave(); // One failed, so nobody wants the others.
    throw cause;
  }
  return collector;
}

function read(work: Work, exchange: Exchange, reading: Reading): Promise<AnswerCollector> {
  return work.readAsStream ? readStream(work, exchange, reading) : readWhole(work, exchange, reading);
}

async function readWhole(work: Work, exchange: Exchange, { sink, collector }: Reading): Promise<AnswerCollector> {
  const response = await send(work, exchange);
  const body = await response.text(MAX_ANSWER_BYTES);
  collector.facts.upstreamId = response.requestId;
  exchange.readAnswer(body, sink);
  return collector;
}

/** Throws when the stream ends before the answer does, as no whole answer could tell. */
async function readStream(work: Work, exchange: Exchange, { sink, collector }: Reading): Promise<AnswerCollector> {
  const { facts } = collector;
  const reader = exchange.openStream(sink);
  const response = await send(work, exchange);
  facts.upstreamId = response.requestId;
  const source = response.body[Symbol.asyncIterator]();
  let bytes = 0;
  try {
    while (!reader.ended) {
      const piece = await source.next();
      if (piece.done) break;
      bytes += piece.value.byteLength;
      if (bytes > MAX_ANSWER_BYTES) throw new GatewayError('fault', 'The provider sent more than an answer may hold');
      reader.push(piece.value);
      if (facts.said) work.begun();
    }
    reader.end();
    void letEnd(source);
  } catch (cause) {
    await source.return?.();
    const mayBeComplete = facts.finishReason !== undefined && isBreak(cause);
    if (!mayBeComplete || !hasEnded(reader)) throw cause;
  }
  return collector;
}

function hasEnded(reader: StreamReader): boolean {
  try {
    reader.end();
    return true;
  } catch {
    return false; // The break says it better.
  }
}
