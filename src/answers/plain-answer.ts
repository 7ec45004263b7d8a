import type { FinishReason } from '../core/chat.ts';
import type { AnswerCollector, AnswerStamp } from './collector.ts';

const REASONS: ReadonlySet<FinishReason> = new Set<FinishReason>(['stop', 'length', 'content_filter']);

/**
 * One choice of nothing but words, as most answers are, as `JSON.stringify` of the completion would write it, in two
 * thirds of its time; undefined for any other.
 */
export function plainAnswer(answer: AnswerCollector, stamp: AnswerStamp): string | undefined {
  const { choices, facts, serviceTier } = answer;
  const choice = choices.size === 1 ? choices.get(0) : undefined;
  if (!choice?.isPlain || !REASONS.has(choice.finishReason)) return undefined;
  const id = JSON.stringify(stamp.newId('chatcmpl-', 29));
  const model = JSON.stringify(facts.model ?? stamp.model);
  const content = JSON.stringify(choice.content);
  const usage = facts.usage ? `,"usage":${JSON.stringify(facts.usage)}` : '';
  const tier = serviceTier ? `,"service_tier":${JSON.stringify(serviceTier)}` : '';
  return `{"id":${id},"object":"chat.completion","created":${stamp.createdSeconds},"model":${model},"choices":[{"index":0,"message":{"role":"assistant","content":${content},"refusal":null},"logprobs":null,"finish_reason":"${choice.finishReason}"}]${usage}${tier}}`;
}
