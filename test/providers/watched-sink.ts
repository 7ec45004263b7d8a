import { expect } from 'vitest';
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
    expect(isStarted(), 'start comes first').toBe(true);
    expect(finished, 'finish comes last').toBe(false);
  }
  return {
    text: (delta) => (inOrder(), choice.text(delta)),
    refusal: (delta) => (inOrder(), choice.refusal(delta)),
    reasoning: (delta) => (inOrder(), choice.reasoning(delta)),
    reasoningDetail: (detail) => (inOrder(), choice.reasoningDetail(detail)),
    toolCall(call) {
      inOrder();
      expect(call.id, 'a tool call has an id').not.toBe('');
      calls++;
      return choice.toolCall(call);
    },
    toolArguments(call, delta) {
      inOrder();
      expect(call, 'arguments belong to an open call').toBeLessThan(calls);
      choice.toolArguments(call, delta);
    },
    annotation: (annotation) => (inOrder(), choice.annotation(annotation)),
    image: (url) => (inOrder(), choice.image(url)),
    logprobs: (logprobs) => (inOrder(), choice.logprobs(logprobs)),
    finish(reason, native) {
      inOrder();
      finished = true;
      choice.finish(reason, native);
    },
  };
}
