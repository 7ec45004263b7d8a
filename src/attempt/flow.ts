import type { AnswerFacts, AnswerSink } from '../core/answer.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import type { IncomingResponse } from '../core/ports.ts';
import type { Exchange, StreamReader } from '../core/provider.ts';
import { copiesOf } from '../answers/copies.ts';
import type { StreamWriter } from '../answers/pen.ts';
import { ChatRelay } from '../answers/relay.ts';
import { replay } from '../answers/replay.ts';
import { StopFilter } from '../answers/stop-filter.ts';
import type { Tape } from '../answers/tape.ts';
import { guessUsage } from '../answers/usage.ts';
import { WireRelay } from '../answers/wire-relay.ts';
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
  /** The provider has said its end, and only the connection's is to come. */
  readonly ended?: boolean;
  /** Where the text is kept, so that another flow can go on with it. */
  tape?: Tape | undefined;
  /** Says the end in the place of a provider who broke off behind the last word of the answer. */
  conclude?: () => string;
}

/** What an answer is written on. */
export interface Paper {
  writer: StreamWriter;
  /** Before the writer: sees or changes what is said. */
  sink: AnswerSink;
  /** Of this attempt. */
  facts: AnswerFacts;
  tape?: Tape;
}

export async function openFlow(work: Work, exchange: Exchange): Promise<Flow> {
  const { json, toolRequired } = exchange.emulate ?? {};
  if (json || toolRequired) return checkedFlow(work);
  if (exchange.relay === work.pen.wire) return relayingFlow(work, exchange);
  const writer = writerOf(work);
  return translatingFlow(work, exchange, { writer, sink: writer, facts: writer.facts });
}

export function writerOf({ pen, stamp, includeUsage }: Work): StreamWriter {
  return pen.stream({ ...stamp, includeUsage });
}

/** The provider's own frames, untouched. */
async function relayingFlow(work: Work, exchange: Exchange): Promise<Flow> {
  const response = await send(work, exchange);
  const relay = exchange.relay === 'chat' ? chatRelay(work) : new WireRelay(exchange, work.pen);
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
    get ended() {
      return relay.ended;
    },
  };
}

function chatRelay({ includeUsage, provider, call }: Work): ChatRelay {
  return new ChatRelay({ includeUsage, classify: provider.classify, choices: call.request.n ?? 1 });
}

export async function translatingFlow(work: Work, exchange: Exchange, paper: Paper): Promise<Flow> {
  const { writer, sink, facts, tape } = paper;
  const { stop, copies = 1 } = exchange.emulate ?? {};
  const filter = stop && new StopFilter(sink, stop);
  const sinks = copiesOf(filter ?? sink, copies);
  const readers = sinks.map((sink) => exchange.openStream(sink));
  const responses = await sendAll(work, exchange, copies);
  facts.upstreamId = responses[0]?.requestId;
  const { source, reader } = joined(responses, readers);
  let failure: GatewayError | undefined;
  const conclude = () => {
    if (!facts.usage) sink.usage(guessUsage(work.promptTokens, facts.characters));
    writer.close();
    return writer.take();
  };
  return {
    source,
    facts,
    tape,
    conclude,
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
      return conclude();
    },
    get done() {
      return filter?.done ?? false;
    },
    get ended() {
      return reader.ended ?? false;
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
function joined(
  responses: readonly IncomingResponse[],
  readers: readonly StreamReader[],
): { source: AsyncIterator<Uint8Array>; reader: StreamReader } {
  const sources = responses.map((response) => response.body[Symbol.asyncIterator]());
  const [source] = sources;
  const [reader] = readers;
  if (!source || !reader) throw new GatewayError('internal', 'There is no stream to read');
  if (sources.length === 1) return { source, reader };
  let open = sources.length;
  const merged = merge(sources, {
    chunk: (index, bytes) => readers[index]?.push(bytes),
    end: (index) => {
      readers[index]?.end();
      open--;
    },
  });
  const end = () => {
    if (open > 0) throw new GatewayError('truncated', 'The provider broke off one of several answers');
  };
  return { source: merged, reader: { push: () => {}, end } };
}

/** Has the answer checked whole, then says it as a stream: nothing unchecked may be delivered. */
async function checkedFlow(work: Work): Promise<Flow> {
  const request = { ...work.call.request, stream: false };
  const timeouts = { ...work.timeouts, firstByteMs: work.timeouts.wholeMs };
  const whole = { ...work, timeouts, call: { ...work.call, request, original: undefined } };
  work.gather();
  const collected = await collectChecked(whole, translate(whole));
  const writer = writerOf(work);
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
