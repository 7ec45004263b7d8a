import type { AnswerFacts } from '../core/answer.ts';
import type { Warning } from '../core/provider.ts';
import { type Flow, openFlow } from './flow.ts';
import { translate, type Work } from './send.ts';

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
  const flow = await openFlow(work, exchange);
  return { frames: await commit(flow), facts: flow.facts, warnings: exchange.warnings };
}

type Pieces = (string | Uint8Array)[];

/** Reads up to the first content. */
async function commit(flow: Flow): Promise<Frames> {
  const held: Pieces = [];
  try {
    while (!flow.facts.said) {
      const { done, value } = await flow.source.next();
      held.push(done ? flow.end() : flow.push(value));
      if (flow.failure) throw flow.failure;
      if (done) return replayed(held);
    }
  } catch (cause) {
    await flow.source.return?.();
    throw cause;
  }
  return rest(flow, held);
}

async function* replayed(held: Pieces): Frames {
  for (const piece of held) if (piece.length > 0) yield piece;
}

async function* rest(flow: Flow, held: Pieces): Frames {
  try {
    for (const piece of held) if (piece.length > 0) yield piece;
    while (!flow.done) {
      const { done, value } = await flow.source.next();
      if (done) break;
      const piece = flow.push(value);
      if (piece.length > 0) yield piece;
      if (flow.failure) throw flow.failure;
    }
    const last = flow.end();
    if (last) yield last;
  } finally {
    await flow.source.return?.(); // The client left, or has all it wants: stop paying the provider.
  }
}
