import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnswerSink } from '../../src/core/answer.ts';
import type { Usage } from '../../src/core/chat.ts';
import { ChunkWriter } from '../../src/answers/chunk-writer.ts';
import { AnswerCollector } from '../../src/answers/collector.ts';
import { replay } from '../../src/answers/replay.ts';

const STAMP = { newId: () => 'chatcmpl-1', createdSeconds: 5, model: 'asked' };
const USAGE: Usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

interface Chunk {
  id: string;
  model: string;
  choices: { index: number; delta: Record<string, unknown>; finish_reason: string | null }[];
  usage?: unknown;
}

function written(say: (sink: AnswerSink) => void, options: { includeUsage?: boolean; legacyFunctions?: boolean } = {}) {
  const writer = new ChunkWriter({ ...STAMP, includeUsage: false, ...options });
  say(writer);
  writer.close();
  const frames = writer.take().split('\n\n').filter(Boolean);
  expect(frames.pop()).toBe('data: [DONE]');
  return frames.map((frame) => JSON.parse(frame.slice('data: '.length)) as Chunk);
}

describe('ChunkWriter', () => {
  it('greets with the role, says the text, then ends', () => {
    const chunks = written((sink) => {
      sink.start({ model: 'm-1' });
      sink.choice(0).text('He said "hi"\n');
      sink.choice(0).finish('stop', 'end_turn');
    });
    expect(chunks.map(({ choices }) => choices[0])).toMatchObject([
      { index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null },
      { index: 0, delta: { content: 'He said "hi"\n' }, finish_reason: null },
      { index: 0, delta: {}, finish_reason: 'stop' },
    ]);
    expect(new Set(chunks.map(({ id, model }) => `${id} ${model}`))).toEqual(new Set(['chatcmpl-1 m-1']));
    expect(chunks.some((chunk) => 'usage' in chunk)).toBe(false);
  });

  it('says any text of any kind as JSON says it', () => {
    const unit = fc.oneof(
      fc.constantFrom('"', '\\', '\n', '\u0000', '\u007f', '\u2028', '\ud800', '😀', 'a'),
      fc.string(),
    );
    const piece = fc.tuple(
      fc.constantFrom('text', 'reasoning', 'refusal'),
      fc.array(unit).map((units) => units.join('')),
    );
    const fields = { text: 'content', reasoning: 'reasoning_content', refusal: 'refusal' } as const;
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const writer = new ChunkWriter({ ...STAMP, includeUsage: true });
        for (const [kind, text] of pieces) writer.choice(0)[kind](text);
        const deltas = writer.take().split('\n\n').slice(1, -1);
        const wanted = pieces
          .filter(([, text]) => text)
          .map(([kind, text]) => `"delta":${JSON.stringify({ [fields[kind]]: text })},`);
        expect(deltas).toEqual(wanted.map((delta) => expect.stringContaining(delta)));
        for (const delta of deltas) JSON.parse(delta.slice('data: '.length));
      }),
    );
  });

  it('gives usage last, in a chunk without choices, only when asked', () => {
    const chunks = written(
      (sink) => {
        sink.choice(0).text('a');
        sink.choice(0).finish('stop', null);
        sink.usage(USAGE);
      },
      { includeUsage: true },
    );
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: USAGE });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
  });

  it('numbers tool calls and names each once', () => {
    const chunks = written((sink) => {
      const choice = sink.choice(0);
      const first = choice.toolCall({ id: 'call_a', name: 'one' });
      const second = choice.toolCall({ id: 'call_b', name: 'two', type: 'custom' });
      choice.toolArguments(first, '{"a":');
      choice.toolArguments(second, 'raw');
      choice.finish('tool_calls', null);
    });
    expect(chunks.flatMap(({ choices }) => (choices[0]?.delta.tool_calls as unknown[] | undefined) ?? [])).toEqual([
      { index: 0, id: 'call_a', type: 'function', function: { name: 'one', arguments: '' } },
      { index: 1, id: 'call_b', type: 'custom', custom: { name: 'two', input: '' } },
      { index: 0, function: { arguments: '{"a":' } },
      { index: 1, custom: { input: 'raw' } },
    ]);
  });

  it('sends the list of reasoning details once, whole, before the end', () => {
    const detail = { type: 'reasoning.text' as const, format: 'anthropic-claude-v1', text: 'hm', signature: 's' };
    const chunks = written((sink) => {
      sink.choice(0).reasoning('hm');
      sink.choice(0).reasoningDetail(detail);
      sink.choice(0).text('so');
      sink.choice(0).finish('stop', null);
    });
    expect(chunks.at(-2)?.choices[0]?.delta).toEqual({ reasoning_details: [detail] });
    expect(chunks.filter(({ choices }) => choices[0]?.delta.reasoning_details)).toHaveLength(1);
  });

  it('answers `functions` in their own old form', () => {
    const chunks = written(
      (sink) => {
        const call = sink.choice(0).toolCall({ id: 'x', name: 'f' });
        sink.choice(0).toolArguments(call, '{}');
        sink.choice(0).finish('tool_calls', null);
      },
      { legacyFunctions: true },
    );
    expect(chunks.map(({ choices }) => choices[0]?.delta.function_call).filter(Boolean)).toEqual([
      { name: 'f', arguments: '' },
      { arguments: '{}' },
    ]);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('function_call');
  });

  it('says a collected answer again without losing anything', () => {
    const collected = new AnswerCollector();
    collected.start({ model: 'm' });
    const choice = collected.choice(0);
    choice.reasoning('because');
    choice.text('yes');
    choice.toolArguments(choice.toolCall({ id: 'c', name: 't' }), '{"x":1}');
    choice.finish('tool_calls', 'tool_use');
    collected.usage(USAGE);
    const again = new AnswerCollector();
    replay(collected, again);
    expect(again.answer(STAMP)).toEqual(collected.answer(STAMP));
  });
});
