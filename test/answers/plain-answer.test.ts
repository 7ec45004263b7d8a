import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerCollector, type AnswerStamp } from '../../src/answers/collector.ts';
import { plainAnswer } from '../../src/answers/plain-answer.ts';

const stamp: AnswerStamp = {
  newId: (prefix, length) => prefix + 'x'.repeat(length),
  createdSeconds: 7,
  model: 'asked',
};
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, prompt_tokens_details: { cached_tokens: 1 } };

function collected(say: (answer: AnswerCollector) => void): AnswerCollector {
  const answer = new AnswerCollector();
  answer.choice(0).text('Hello');
  say(answer);
  answer.choice(0).finish('stop', null);
  return answer;
}

describe('an answer of words', () => {
  const text = fc.string({ unit: 'binary' });
  const reason = fc.constantFrom('stop' as const, 'length' as const, 'content_filter' as const);

  it('is written as any other', () => {
    fc.assert(
      fc.property(text, text, reason, fc.boolean(), (words, model, finish, more) => {
        const answer = new AnswerCollector();
        answer.start({ model, upstreamId: 'up', serviceTier: more ? words : undefined });
        answer.choice(0).text(words);
        if (more) answer.usage(usage);
        answer.choice(0).finish(finish, null);
        expect(plainAnswer(answer, stamp)).toBe(JSON.stringify(answer.answer(stamp)));
      }),
    );
  });
});

describe('what is more than words', () => {
  it.each<[string, (answer: AnswerCollector) => void]>([
    ['a second choice', (answer) => answer.choice(1).text('Hi')],
    ['a refusal', (answer) => answer.choice(0).refusal('No')],
    ['a thought', (answer) => answer.choice(0).reasoning('Hm')],
    ['a signature', (answer) => answer.choice(0).reasoningDetail({ type: 'reasoning.encrypted', format: 'x' })],
    ['a call', (answer) => answer.choice(0).toolCall({ id: 'a', name: 'b' })],
    ['a place', (answer) => answer.choice(0).citation({})],
    ['an image', (answer) => answer.choice(0).image('data:')],
    [
      'odds',
      (answer) =>
        answer
          .choice(0)
          .logprobs({ content: [{ token: 'a', logprob: 0, bytes: null, top_logprobs: [] }], refusal: null }),
    ],
    [
      'an address',
      (answer) =>
        answer
          .choice(0)
          .annotation({ type: 'url_citation', url_citation: { url: '', title: '', start_index: 0, end_index: 1 } }),
    ],
  ])('%s', (_, say) => {
    expect(plainAnswer(collected(say), stamp)).toBeUndefined();
    expect(
      plainAnswer(
        collected(() => undefined),
        stamp,
      ),
    ).toBeDefined();
  });

  it('a function that was called the old way', () => {
    const answer = new AnswerCollector();
    answer.choice(0).finish('function_call', null);
    expect(plainAnswer(answer, stamp)).toBeUndefined();
  });
});
