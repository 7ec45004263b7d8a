import type { AnswerFacts } from '../core/answer.ts';
import { GatewayError } from '../core/errors.ts';
import type { IncomingResponse } from '../core/ports.ts';
import type { Exchange, StreamReader, Warning } from '../core/provider.ts';
import { ChunkWriter } from '../answers/chunk-writer.ts';
import { copiesOf } from '../answers/copies.ts';
import { ChatRelay } from '../answers/relay.ts';
import { replay } from '../answers/replay.ts';
import { StopFilter } from '../answers/stop-filter.ts';
import { guessUsage } from '../answers/usage.ts';
import { merge } from './merge.ts';
import { send, translate, type Work } from './send.ts';
import { collectChecked } from './whole.ts';

/** What the client gets, a piece at a time: whole `text/event-stream` frames. */
export type Frames = AsyncGenerator<string | Uint8Array, void, undefined>;

export interface LiveAnswer {
  frames: Frames;
  facts: AnswerFacts;
  warnings: readonly Warning[];
}

/**
 * One attempt, answered as it is written. Resolves at the commit point: the first content is there. What fails before
 * is this attempt's failure, and another may follow; what fails after is thrown out of `frames`.
 */
export async function attemptLive(work: Work): Promise<LiveAnswer> {
  const exchange = translate(work);
  const { json, toolRequired } = exchange.emulate ?? {};
  const flow = json || toolRequired ? await openChecked(work) : await openFlow(work, exchange);
  const frames = await commit(flow);
  return { frames, facts: flow.facts, warnings: exchange.warnings };
}

/** Bytes of the provider in, frames for the client out. */
interface Flow {
  source: AsyncIterator<Uint8Array>;
  facts: AnswerFacts;
  push(bytes: Uint8Array): string | Uint8Array;
  /** The provider's bytes are at an end; throws if the answer is not. */
  end(): string;
  /** The client needs no more, whatever the provider still writes. */
  readonly done: boolean;
}

async function openFlow(work: Work, exchange: Exchange): Promise<Flow> {
  if (!exchange.relay) return translatingFlow(work, exchange);
  const response = await send(work, exchange);
  const relay = new ChatRelay({ includeUsage: work.includeUsage, classify: work.provider.classify });
  return {
    source: response.body[Symbol.asyncIterator](),
    facts: relay.facts,
    push: (bytes) => relay.push(bytes),
    end: () => relay.end(),
    done: false,
  };
}

async function translatingFlow(work: Work, exchange: Exchange): Promise<Flow> {
  const writer = new ChunkWriter({ ...work.stamp, includeUsage: work.includeUsage });
  const { stop, copies = 1 } = exchange.emulate ?? {};
  const filter = stop && new StopFilter(writer, stop);
  const sink = filter ?? writer;
  const sinks = copies === 1 ? [sink] : copiesOf(sink, copies);
  const readers = sinks.map((copy) => exchange.openStream(copy));
  const responses = await sendAll(work, exchange, copies);
  const [reader] = readers;
  if (!reader) throw new GatewayError('internal', 'No stream to read');
  const sources = responses.map((response) => response.body[Symbol.asyncIterator]());
  return {
    source: sources[0] && sources.length === 1 ? sources[0] : mergeInto(sources, readers),
    facts: writer.facts,
    push(bytes) {
      if (copies === 1) reader.push(bytes);
      return writer.take();
    },
    end() {
      if (copies === 1 && !filter?.done) reader.end();
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
  const siblings = new AbortController();
  const together = { ...work, signal: AbortSignal.any([work.signal, siblings.signal]) };
  try {
    return await Promise.all(Array.from({ length: copies }, () => send(together, exchange)));
  } catch (cause) {
    siblings.abort();
    throw cause;
  }
}

/** Several streams into one: each chunk goes to its own reader on the way; what comes out is only a signal to write. */
function mergeInto(sources: AsyncIterator<Uint8Array>[], readers: StreamReader[]): AsyncIterator<Uint8Array> {
  return merge(sources, {
    chunk: (index, bytes) => readers[index]?.push(bytes),
    end: (index) => readers[index]?.end(),
  });
}

/** Has the answer checked whole, then says it as a stream: nothing unchecked may be delivered. */
async function openChecked(work: Work): Promise<Flow> {
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
    end: () => writer.take(),
    done: false,
  };
}

/** Reads up to the first content. */
async function commit(flow: Flow): Promise<Frames> {
  const held: (string | Uint8Array)[] = [];
  try {
    while (!flow.facts.said) {
      const { done, value } = await flow.source.next();
      if (done) {
        held.push(flow.end());
        return replayed(held);
      }
      held.push(flow.push(value));
    }
  } catch (cause) {
    await flow.source.return?.();
    throw cause;
  }
  return rest(flow, held);
}

async function* replayed(held: readonly (string | Uint8Array)[]): Frames {
  for (const piece of held) if (piece.length > 0) yield piece;
}

async function* rest(flow: Flow, held: readonly (string | Uint8Array)[]): Frames {
  try {
    for (const piece of held) if (piece.length > 0) yield piece;
    while (!flow.done) {
      const { done, value } = await flow.source.next();
      if (done) break;
      const piece = flow.push(value);
      if (piece.length > 0) yield piece;
    }
    yield flow.end();
  } finally {
    await flow.source.return?.(); // The client left, or has all it wants: stop paying the provider.
  }
}
