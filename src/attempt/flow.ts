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
  /** It goes on with what the client has: what it says is said, whatever comes behind it. */
  readonly isRest?: boolean;
  /** Says the end in the place of a provider who broke off behind the last word of the answer. */
  conclude?(): string;
}

/** What an answer is written on. */
export interface Paper {
  writer: StreamWriter;
  /** Before the writer: sees or changes what is said. */
  sink: AnswerSink;
  /** Of this attempt. */
  facts: AnswerFacts;
  tape?: Tape;
  isRest?: boolean;
}

export function openFlow(work: Work, exchange: Exchange): Promise<Flow> {
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
  return new RelayFlow(response.body[Symbol.asyncIterator](), relay);
}

/** A class, as `TranslatingFlow` is: V8 makes a literal's getters by a call to its runtime each. */
class RelayFlow implements Flow {
  readonly source: AsyncIterator<Uint8Array>;
  readonly facts: AnswerFacts;
  readonly done = false;
  readonly #relay: ChatRelay | WireRelay;

  constructor(source: AsyncIterator<Uint8Array>, relay: ChatRelay | WireRelay) {
    this.source = source;
    this.facts = relay.facts;
    this.#relay = relay;
  }

  push(bytes: Uint8Array): Uint8Array {
    return this.#relay.push(bytes);
  }

  get failure(): GatewayError | undefined {
    return this.#relay.failure;
  }

  end(): string {
    return this.#relay.end();
  }

  get ended(): boolean {
    return this.#relay.ended;
  }
}

function chatRelay({ includeUsage, provider, call }: Work): ChatRelay {
  return new ChatRelay({ includeUsage, classify: provider.classify, choices: call.request.n ?? 1 });
}

export async function translatingFlow(work: Work, exchange: Exchange, paper: Paper): Promise<Flow> {
  const { sink, facts } = paper;
  const { stop, copies = 1 } = exchange.emulate ?? {};
  const filter = stop && new StopFilter(sink, stop, work.call.request.n ?? 1);
  const readers = copiesOf(filter ?? sink, copies).map((copy) => exchange.openStream(copy));
  const responses = await sendAll(work, exchange, copies);
  facts.upstreamId = responses[0]?.requestId;
  return new TranslatingFlow(joined(responses, readers), { paper, filter, promptTokens: work.promptTokens });
}

interface Joined {
  source: AsyncIterator<Uint8Array>;
  reader: StreamReader;
}

interface Translation {
  paper: Paper;
  filter: StopFilter | undefined;
  promptTokens: number;
}

class TranslatingFlow implements Flow {
  readonly source: AsyncIterator<Uint8Array>;
  readonly facts: AnswerFacts;
  readonly tape: Tape | undefined;
  failure: GatewayError | undefined;
  readonly #reader: StreamReader;
  readonly #translation: Translation;

  constructor({ source, reader }: Joined, translation: Translation) {
    this.source = source;
    this.facts = translation.paper.facts;
    this.tape = translation.paper.tape;
    this.#reader = reader;
    this.#translation = translation;
  }

  push(bytes: Uint8Array): string | Uint8Array {
    try {
      this.#reader.push(bytes);
    } catch (cause) {
      this.failure = asGatewayError(cause);
    }
    return this.#translation.paper.writer.take();
  }

  end(): string {
    if (!this.done) this.#reader.end();
    return this.conclude();
  }

  conclude(): string {
    const { paper, promptTokens } = this.#translation;
    const { facts, sink, writer } = paper;
    if (!facts.usage) sink.usage(guessUsage(promptTokens, facts.characters));
    writer.close();
    return writer.take();
  }

  get done(): boolean {
    return this.#translation.filter?.done ?? false;
  }

  get ended(): boolean {
    return this.#reader.ended ?? false;
  }

  get isRest(): boolean {
    return this.#translation.paper.isRest ?? false;
  }
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
function joined(responses: readonly IncomingResponse[], readers: readonly StreamReader[]): Joined {
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
