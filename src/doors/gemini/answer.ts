import type { AnswerCollector, AnswerStamp, CollectedChoice } from '../../answers/collector.ts';
import { blockOf, type GeminiOut, lastParts, toFoot, toInlineData, toLogprobsResult } from './ending.ts';
import { toUsageMetadata } from './usage.ts';

/** A `GenerateContentResponse`, whole. */
export function toAnswer(answer: AnswerCollector, stamp: AnswerStamp, showsThoughts: boolean): object {
  const choices = [...answer.choices].sort(([one], [other]) => one - other);
  const blocked = choices.map(([, choice]) => blockOf(choice)).find((reason) => reason !== undefined);
  return {
    ...(blocked === undefined
      ? { candidates: choices.map(([index, choice]) => toCandidate(choice, index, showsThoughts)) }
      : { promptFeedback: { blockReason: blocked } }),
    ...(answer.facts.usage && { usageMetadata: toUsageMetadata(answer.facts.usage) }),
    modelVersion: answer.facts.model ?? stamp.model,
    responseId: stamp.newId('', 24),
  };
}

function toCandidate(choice: CollectedChoice, index: number, showsThoughts: boolean): object {
  const { content, refusalText, reasoningText, images, logprobTokens } = choice;
  const parts: GeminiOut[] = [
    ...(showsThoughts && reasoningText ? [{ text: reasoningText, thought: true }] : []),
    ...[content, refusalText].flatMap((text) => (text ? [{ text }] : [])),
    ...images.flatMap(toInlineData),
    ...lastParts(choice),
  ];
  return {
    content: { ...(parts.length > 0 && { parts }), role: 'model' },
    ...toFoot(choice),
    index,
    ...(logprobTokens.length > 0 && { logprobsResult: toLogprobsResult(logprobTokens) }),
  };
}
