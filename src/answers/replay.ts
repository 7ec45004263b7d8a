import type { AnswerSink } from '../core/answer.ts';
import type { AnswerCollector, CollectedChoice } from './collector.ts';

/** Says a collected answer again, for a client that asked for a stream of what had to be checked whole. */
export function replay(collected: AnswerCollector, sink: AnswerSink): void {
  const { model, upstreamId, usage } = collected.facts;
  sink.start({ model: model ?? '', upstreamId, serviceTier: collected.serviceTier });
  for (const [index, choice] of collected.choices) replayChoice(choice, sink, index);
  if (usage) sink.usage(usage);
}

function replayChoice(choice: CollectedChoice, sink: AnswerSink, index: number): void {
  const out = sink.choice(index);
  out.reasoning(choice.reasoningText);
  for (const detail of choice.reasoningDetails) out.reasoningDetail(detail);
  out.text(choice.content);
  out.refusal(choice.refusalText);
  for (const url of choice.images) out.image(url);
  for (const call of choice.toolCalls) out.toolArguments(out.toolCall(call), call.arguments || '{}');
  for (const annotation of choice.annotations) out.annotation(annotation);
  for (const citation of choice.citations) out.citation(citation);
  if (choice.logprobTokens.length > 0) out.logprobs({ content: choice.logprobTokens, refusal: null });
  out.finish(choice.finishReason, choice.native, { stopSequence: choice.stopSequence });
}
