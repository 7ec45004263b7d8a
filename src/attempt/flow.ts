import type { AnswerFacts } from '../core/answer.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import type { IncomingResponse } from '../core/ports.ts';
import type { Exchange, StreamReader } from '../core/provider.ts';
import { ChunkWriter } from '../answers/chunk-writer.ts';
import { copiesOf } from '../answers/copies.ts';
import { ChatRelay } from '../answers/relay.ts';
import { replay } from '../answers/replay.ts';
import { StopFilter } from '../answers/stop-filter.ts';
import { guessUsage } from '../answers/usage.ts';
import { merge } from './merge.ts';
import { send, translate, type Work } from './send.ts';
import { collectChecked } from './whole.ts';

/** Bytes of the provider in, frames for the client out. */
export interface Flow {
  source: AsyncIterator<Uint8Array>;
  facts: AnswerFacts;
  /** The frames of these bytes. What goes wrong among them is in `failure`, so that what came before is not lost. */
  push(bytes: Uint8Array): string | Uint8Array;
  readonly failure: GatewayError | undefined;
  /** The provider's bytes are at an end; throws if the answer is not. */
  end(): string;
  /** The client needs no more, whatever the provider still writes. */
  readonly done: boolean;
}

export async function openFlow(work: Work, exchange: Exchange): Promise<Flow> {
  const { json, toolRequired } = exchange.emulate ?? {};
  if (json || toolRequired) return checkedFlow(work);
  return exchange.relay ? relayingFlow(work, exchange) : translatingFlow(work, exchange);
}

/** The provider's own frames, untouched. */
async function relayingFlow(work: Work, exchange: Exchange): Promise<Flow> {
  const response = await send(work, exchange);
  const { classify } = work.provider;
  const relay = new ChatRelay({ includeUsage: work.includeUsage, classify, choices: work.call.request.n ?? 1 });
  relay.facts.upstreamId = response.requestId;
  return {
    source: response.body[Symbol.asyncIterator](),
    facts: relay.facts,
    push: (bytes) => relay.push(bytes),
    get failure() {
      return relay.failure;
    },
    end: () => relay.end(),
    done: false,
  };
}

async function translatingFlow(work: Work, exchange: Exchange): Promise<Flow> {
  const writer = new ChunkWriter({ ...work.stamp, includeUsage: work.includeUsage });
  const { stop, copies = 1 } = exchange.emulate ?? {};
  const filter = stop && new StopFilter(writer, stop);
  const sinks = copiesOf(filter ?? writer, copies);
  const readers = sinks.map((sink) => exchange.openStream(sink));
  const responses = await sendAll(work, exchange, copies);
  writer.facts.upstreamId = responses[0]?.requestId;
  const { source, reader } = joined(responses, readers);
  let failure: GatewayError | undefined;
  return {
    source,
    facts: writer.facts,
    push(bytes) {
      try {
        reader.push(bytes);
      } catch (cause) {
        failure = asGatewayError(cause);
      }
      return writer.take();
    },
    get failure() {
      return failure;
    },
    end() {
      if (!filter?.done) reader.end();
      writer.facts.usage ??= guessUsage(work.promptTokens, writer.facts.characters);
      writer.close();
      return writer.take();
    },
    get done() {
      return filter?.done ?? false;
    },
  };
}

/** All or none: when one call fails, the others are not wanted. */
async function sendAll(work: Work, exchange: Exchange, copies: number): Promise<IncomingResponse[]> {
  if (copies === 1) return [await send(work, exchange)];
  const siblings = work.client.child();
  const together = { ...work, client: siblings };
  try {
    return await Promise.all(Array.from({ length: copies }, () => send(together, exchange)));
  } catch (cause) {
    siblings.leave();
    throw cause;
  }
}

/** Several streams as one. Each chunk goes to its own reader on the way; what comes out is only a signal to write. */
function joined(responses: readonly IncomingResponse[], readers: readonly StreamReader[]) {
  const sources = responses.map((response) => response.body[Symbol.asyncIterator]());
  const [source] = sources;
  const [reader] = readers;
  if (!source || !reader) throw new GatewayError('internal', 'There is no stream to read');
  if (sources.length === 1) return { source, reader };
  const merged = merge(sources, {
    chunk: (index, bytes) => readers[index]?.push(bytes),
    end: (index) => readers[index]?.end(),
  });
  return { source: merged, reader: { push: () => {}, end: () => {} } };
}

/** Has the answer checked whole, then says it as a stream: nothing unchecked may be delivered. */
async function checkedFlow(work: Work): Promise<Flow> {
  const request = { ...work.call.request, stream: false };
  const whole = { ...work, call: { ...work.call, request, original: undefined } };
  const collected = await collectChecked(whole, translate(whole));
  const writer = new ChunkWriter({ ...work.stamp, includeUsage: work.includeUsage });
  replay(collected, writer);
  writer.close();
  return {
    source: (async function* () {})(),
    facts: writer.facts,
    push: () => '',
    failure: undefined,
    end: () => writer.take(),
    done: false,
  };
}
