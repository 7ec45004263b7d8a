import type { AnswerSink } from '../../src/core/answer.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { parseJson, record, text } from '../shared/refusal.ts';
import { ConverseAnswer, type Reading } from './answer.ts';

/** Tells a whole answer the way a stream does. */
export function fromConverse(body: string, sink: AnswerSink, reading: Reading): void {
  const whole = record(parseJson(body));
  const content = record(record(whole?.output)?.message)?.content;
  if (!whole || !Array.isArray(content)) throw new GatewayError('fault', 'Bedrock answered with something else');
  const answer = new ConverseAnswer(sink, reading);
  answer.start();
  content.forEach((block, index) => tell(answer, index, record(block) ?? {}));
  answer.stop(text(whole.stopReason) ?? 'end_turn');
  answer.metadata(whole);
  answer.end();
}

function tell(answer: ConverseAnswer, index: number, block: Record<string, unknown>): void {
  const tool = record(block.toolUse);
  const reasoning = record(block.reasoningContent);
  const cited = record(block.citationsContent);
  if (tool) {
    answer.open(index, { toolUse: tool });
    answer.delta(index, { toolUse: { input: JSON.stringify(tool.input ?? {}) } });
  } else if (reasoning) {
    const { text: said, signature } = record(reasoning.reasoningText) ?? {};
    answer.delta(index, { reasoningContent: { ...reasoning, text: said, signature } });
  } else if (cited) {
    for (const citation of list(cited.citations)) answer.delta(index, { citation });
    for (const part of list(cited.content)) answer.delta(index, { text: record(part)?.text });
  } else if (block.image) {
    answer.open(index, block);
    answer.delta(index, block);
  } else {
    answer.delta(index, { text: block.text });
  }
  answer.close(index);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
