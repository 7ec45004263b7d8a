import type { AnswerHead, AnswerSink, ChoiceSink } from '../core/answer.ts';
import type { Usage } from '../core/chat.ts';
import { addUsage } from './usage.ts';

/**
 * `n` for providers that answer once: each of several calls writes its own choice of one answer.
 * Every call read the prompt and is billed for it, so the usages add up.
 */
export function copiesOf(inner: AnswerSink, count: number): AnswerSink[] {
  if (count === 1) return [inner];
  const usages: (Usage | undefined)[] = Array.from({ length: count });
  return Array.from({ length: count }, (_, copy): AnswerSink => ({
    start: (head: AnswerHead) => inner.start(head),
    choice: (): ChoiceSink => inner.choice(copy),
    usage(usage: Usage) {
      usages[copy] = usage;
      inner.usage(usages.reduce<Usage | undefined>(addUsage, undefined) ?? usage);
    },
  }));
}
