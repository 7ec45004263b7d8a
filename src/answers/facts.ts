import type { AnswerFacts, AnswerHead } from '../core/answer.ts';

export function noFacts(): AnswerFacts {
  return {
    model: undefined,
    upstreamId: undefined,
    usage: undefined,
    finishReason: undefined,
    nativeFinishReason: undefined,
    said: false,
    characters: 0,
    reasoningDetails: [],
    toolCallIds: [],
  };
}

export function noteHead(facts: AnswerFacts, head: AnswerHead): void {
  facts.model = head.model || facts.model;
  facts.upstreamId = head.upstreamId ?? facts.upstreamId;
}
