import { describe, expect, it } from 'vitest';
import { noFacts } from '../../src/answers/facts.ts';
import { mayLackReasoning, recallReasoning, rememberReasoning } from '../../src/answers/reasoning-memory.ts';
import type { ChatMessage, ChatRequest, ReasoningDetail } from '../../src/core/chat.ts';
import { memoryCache } from '../../src/platform/memory-cache.ts';

const DETAIL: ReasoningDetail = { type: 'reasoning.text', format: 'anthropic-claude-v1', text: 'hm', signature: 'sig' };
const OTHER: ReasoningDetail = { ...DETAIL, text: 'hm hm', signature: 'other' };
const callOf = (id: string): ChatMessage => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: '{}' } }],
});
const call = callOf('call_1');
const asked = (message: ChatMessage): ChatRequest => ({
  model: 'm',
  messages: [{ role: 'user', content: 'x' }, message],
});

function remembered() {
  const cache = memoryCache(10_000);
  const turns = new Map([
    [0, { toolCallIds: ['call_1', 'call_2'], reasoningDetails: [DETAIL] }],
    [1, { toolCallIds: ['call_3'], reasoningDetails: [OTHER] }],
  ]);
  rememberReasoning(cache, 'tenant', { ...noFacts(), turns });
  return cache;
}

describe('remembered reasoning', () => {
  it('comes back to the turn that made the call', async () => {
    const { messages } = await recallReasoning(remembered(), 'tenant', asked(call));
    expect(messages[1]).toEqual({ ...call, reasoning_details: [DETAIL] });
  });

  it('is each choice’s own', async () => {
    const third = callOf('call_3');
    const { messages } = await recallReasoning(remembered(), 'tenant', asked(third));
    expect(messages[1]).toEqual({ ...third, reasoning_details: [OTHER] });
  });

  it('is never another tenant’s', async () => {
    const request = asked(call);
    expect(await recallReasoning(remembered(), 'other', request)).toBe(request);
  });

  it('gives way to what the client sent itself', async () => {
    const request = asked({ ...call, reasoning_details: [{ ...DETAIL, text: 'mine' }] });
    expect(mayLackReasoning(request)).toBe(false);
    expect(await recallReasoning(remembered(), 'tenant', request)).toBe(request);
  });

  it('leaves the client’s own request as it was', async () => {
    const request = asked(call);
    await recallReasoning(remembered(), 'tenant', request);
    expect(request.messages[1]).toBe(call);
  });
});
