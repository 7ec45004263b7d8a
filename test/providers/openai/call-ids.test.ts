/** Some servers count their calls anew in every turn; clients tell calls and results apart by the id alone. */
import { describe, expect, it } from 'vitest';
import { openai } from '../../../providers/openai/index.ts';
import type { ChatRequest } from '../../../src/core/chat.ts';
import { AnswerCollector } from '../../../src/answers/collector.ts';
import { makeCall } from '../../support/call.ts';

const called = (id: string) => ({ id, type: 'function' as const, function: { name: 'f', arguments: '{}' } });
const messages: ChatRequest['messages'] = [
  { role: 'user', content: 'a' },
  { role: 'assistant', tool_calls: [called('call_0')] },
  { role: 'tool', tool_call_id: 'call_0', content: 'b' },
];

function idsOf(...given: string[]): (string | undefined)[] {
  const exchange = openai.translate({ ...makeCall({ messages }), wire: 'messages' });
  const collector = new AnswerCollector();
  const message = { role: 'assistant', content: null, tool_calls: given.map(called) };
  exchange.readAnswer(JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'tool_calls' }] }), collector);
  return collector.choice(0).toolCalls.map(({ id }) => id);
}

describe('a call has', () => {
  it('the id that its server gave it', () => {
    expect(idsOf('call_1', 'call_2')).toEqual(['call_1', 'call_2']);
  });

  it('another one where the conversation or the turn has had it', () => {
    const [first, second, third] = idsOf('call_0', 'call_1', 'call_1');
    expect([first, second]).toEqual([expect.stringMatching(/^call_\w{24}$/), 'call_1']);
    expect(third).toMatch(/^call_\w{24}$/);
    expect(third).not.toBe(first);
  });
});
