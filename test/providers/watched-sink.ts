import type { AnswerSink, ChoiceSink } from '../../src/core/answer.ts';

/** The same sink, but one that fails when a provider calls it out of order. */
export function watch(sink: AnswerSink): AnswerSink {
  let started = false;
  const choices = new Map<number, ChoiceSink>();
  return {
    start(head) {
      started = true;
      sink.start(head);
    },
    choice(index) {
      const known = choices.get(index);
      if (known) return known;
      const made = watchChoice(sink.choice(index), () => started);
      choices.set(index, made);
      return made;
    },
    usage: (usage) => sink.usage(usage),
  };
}

function watchChoice(choice: ChoiceSink, isStarted: () => boolean): ChoiceSink {
  let finished = false;
  let calls = 0;
  function inOrder(): void {
    demand(isStarted(), 'start comes first');
    demand(!finished, 'finish comes last');
  }
  return {
    text: (delta) => (inOrder(), choice.text(delta)),
    refusal: (delta) => (inOrder(), choice.refusal(delta)),
    reasoning: (delta) => (inOrder(), choice.reasoning(delta)),
    reasoningDetail: (detail) => (inOrder(), choice.reasoningDetail(detail)),
    toolCall(call) {
      inOrder();
      demand(call.id !== '', 'a tool call has an id');
      calls++;
      return choice.toolCall(call);
    },
    toolArguments(call, delta) {
      inOrder();
      demand(call < calls, 'arguments belong to an open call');
      choice.toolArguments(call, delta);
    },
    working: () => (inOrder(), choice.working?.()),
    annotation: (annotation) => (inOrder(), choice.annotation(annotation)),
    citation: (citation) => (inOrder(), choice.citation(citation)),
    image: (url) => (inOrder(), choice.image(url)),
    logprobs: (logprobs) => (inOrder(), choice.logprobs(logprobs)),
    finish(reason, native, more) {
      inOrder();
      finished = true;
      choice.finish(reason, native, more);
    },
  };
}

/** A plain throw, because it stands in the innermost loop of the contract. */
function demand(kept: boolean, rule: string): void {
  if (!kept) throw new Error(`The sink was called out of order: ${rule}`);
}
