/** The two ways to answer: whole, or as it is written. */
import type { AnswerFacts, AnswerSink } from '../core/answer.ts';
import type { Usage } from '../core/chat.ts';
import type { Warning } from '../core/provider.ts';
import type { ChunkOptions } from '../answers/chunk-writer.ts';
import { AnswerCollector } from '../answers/collector.ts';
import type { Pen } from '../answers/pen.ts';
import { attemptLive, LiveFrames } from './live.ts';
import type { Work } from './send.ts';
import { attemptWhole } from './whole.ts';

export interface Answered<Body> {
  body: Body;
  facts: AnswerFacts;
  warnings: readonly Warning[];
}

export interface Manner<Body> {
  /** One attempt at one deployment. */
  attempt: (work: Work) => Promise<Answered<Body>>;
  /** Nobody wants this answer any more. */
  discard: (answered: Answered<Body>) => void;
  /** The operator's own words as an answer. */
  say: (text: string, options: ChunkOptions, pen: Pen) => Body;
}

export const WHOLE: Manner<string> = {
  attempt: attemptWhole,
  discard: () => {},
  say(text, options, pen) {
    const collector = new AnswerCollector();
    say(text, options.model, collector);
    return pen.whole(collector, options);
  },
};

export const LIVE: Manner<LiveFrames> = {
  attempt: attemptLive,
  discard: ({ body }) => void body.return().catch(() => {}), // It was not wanted, so its end is nobody's trouble.
  say(text, options, pen) {
    const writer = pen.stream(options);
    say(text, options.model, writer);
    writer.close();
    const source = (async function* () {})();
    return new LiveFrames({
      source,
      facts: writer.facts,
      push: () => '',
      failure: undefined,
      end: () => writer.take(),
      done: false,
    });
  },
};

const NO_USAGE: Usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

function say(text: string, model: string, sink: AnswerSink): void {
  sink.start({ model });
  sink.usage(NO_USAGE);
  const choice = sink.choice(0);
  choice.text(text);
  choice.finish('stop', null);
}
