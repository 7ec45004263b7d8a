import type { AnswerFacts, AnswerHead, Turn } from '../core/answer.ts';

export function noFacts(): AnswerFacts {
  return {
    model: undefined,
    upstreamId: undefined,
    usage: undefined,
    finishReason: undefined,
    nativeFinishReason: undefined,
    said: false,
    characters: 0,
    turns: new Map(),
  };
}

/** A choice's own: what another one thought is not its reasoning. */
export function turnOf({ turns }: AnswerFacts, choice: number): Turn {
  const known = turns.get(choice);
  if (known) return known;
  const made: Turn = { reasoningDetails: [], toolCallIds: [] };
  turns.set(choice, made);
  return made;
}

export function noteHead(facts: AnswerFacts, head: AnswerHead): void {
  facts.model = head.model || facts.model;
  facts.upstreamId = head.upstreamId ?? facts.upstreamId;
}
