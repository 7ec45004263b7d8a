import { expect, it } from 'vitest';
import { ChunkWriter } from '../../src/answers/chunk-writer.ts';
import { AnswerCollector } from '../../src/answers/collector.ts';
import { Listener } from '../../src/answers/listener.ts';

const OPTIONS = { newId: (prefix: string) => prefix, createdSeconds: 1, model: 'm', includeUsage: false };
const thought = (text: string) => ({ type: 'reasoning.text' as const, format: 'anthropic-claude-v1', text });

it.each([
  { name: 'a collector', sink: new AnswerCollector() },
  { name: 'a writer of chunks', sink: new ChunkWriter(OPTIONS) },
  { name: 'a listener', sink: new Listener() },
])('$name knows which choice thought what, and which called', ({ sink }) => {
  const [first, second] = [sink.choice(0), sink.choice(1)];
  second.reasoningDetail(thought('two'));
  first.reasoningDetail(thought('one'));
  first.toolCall({ id: 'call_1', name: 'f' });
  second.toolCall({ id: 'call_2', name: 'f' });
  expect(Object.fromEntries(sink.facts.turns)).toEqual({
    0: { reasoningDetails: [thought('one')], toolCallIds: ['call_1'] },
    1: { reasoningDetails: [thought('two')], toolCallIds: ['call_2'] },
  });
});
