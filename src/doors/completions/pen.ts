import type { AnswerCollector, AnswerStamp, CollectedChoice } from '../../answers/collector.ts';
import { CHAT_PEN, type Pen } from '../../answers/pen.ts';
import { CompletionStream } from './stream.ts';
import { toLegacyLogprobs, toLegacyReason } from './words.ts';

export function completionPen(echo: string | undefined): Pen {
  return {
    wire: 'completions',
    whole: (answer, stamp) => JSON.stringify(toCompletion(answer, stamp, echo)),
    stream: (options) => new CompletionStream(options, echo),
    broken: (cause) => CHAT_PEN.broken(cause),
  };
}

function toCompletion({ facts, choices }: AnswerCollector, stamp: AnswerStamp, echo: string | undefined): object {
  const sorted = [...choices].sort(([one], [other]) => one - other);
  return {
    id: stamp.newId('cmpl-', 29),
    object: 'text_completion',
    created: stamp.createdSeconds,
    model: facts.model ?? stamp.model,
    choices: sorted.map(([index, choice]) => toChoice(choice, index, echo)),
    ...(facts.usage && { usage: facts.usage }),
  };
}

function toChoice(choice: CollectedChoice, index: number, echo = ''): object {
  const { content, refusalText, logprobTokens, finishReason } = choice;
  return {
    text: echo + content + refusalText,
    index,
    logprobs: logprobTokens.length > 0 ? toLegacyLogprobs(logprobTokens, echo.length) : null,
    finish_reason: toLegacyReason(finishReason),
  };
}
