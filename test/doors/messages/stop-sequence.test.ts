/** Which of its stop sequences a client reads, by who knows it. The practice model answers in words with spaces. */
import { describe, expect, it } from 'vitest';
import { openHouse } from './house.ts';

const ASK = {
  max_tokens: 500,
  stop_sequences: ['never met', 'e'],
  messages: [{ role: 'user' as const, content: 'Hi' }],
};
const MET = { stop_reason: 'stop_sequence', stop_sequence: 'e' };

describe.each([
  ['Claude, asked in the client’s words', { model: 'anthropic/claude-haiku-4-5' }, MET],
  ['Claude, asked in ours', { model: 'anthropic/claude-sonnet-5-5', temperature: 0.5 }, MET],
  ['the router, where the API has no stop', { model: 'openai/gpt-6.1-sol' }, MET],
  ['nobody', { model: 'gemini/gemini-2.5-flash' }, { stop_reason: 'end_turn', stop_sequence: null }],
])('told by %s', (_, asked, expected) => {
  it('whole', async () => {
    expect(await openHouse().client.messages.create({ ...ASK, ...asked })).toMatchObject(expected);
  });

  it('streamed', async () => {
    expect(
      await openHouse()
        .client.messages.stream({ ...ASK, ...asked })
        .finalMessage(),
    ).toMatchObject(expected);
  });
});
