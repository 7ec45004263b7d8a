/** What a model has drawn comes back in the history as `images`; OpenAI's assistants show none. */
import { describe, expect, it } from 'vitest';
import { openai } from '../../../providers/openai/index.ts';
import type { ChatRequest } from '../../../src/core/chat.ts';
import type { Call } from '../../../src/core/provider.ts';
import { ABLE, makeCall } from '../../support/call.ts';

const OPENAI = 'https://api.openai.com/v1';
const URL = 'data:image/png;base64,AA';
const picture = { type: 'image_url', image_url: { url: URL } };
const asked = { role: 'user', content: 'Draw.' };
const well = { role: 'user', content: 'What is it?' };
const called = { id: '1', type: 'function', function: { name: 'f', arguments: '{}' } };
const result = { role: 'tool', tool_call_id: '1', content: 'done' };
const said = 'Here.';
const byUser = { role: 'user', content: [{ type: 'text', text: '(shown by the assistant)' }, picture] };
const moved = { param: 'messages.1.images', action: 'changed', note: 'moved to the next user turn' };

function translate(messages: object[], baseUrl: string, rest: Partial<Call> = {}) {
  const call = makeCall({ messages: messages as ChatRequest['messages'] });
  const endpoint = { ...call.endpoint, baseUrl };
  const { body, warnings } = openai.translate({ ...call, endpoint, ...rest });
  return { ...(JSON.parse(body as string) as { messages?: unknown; input?: unknown }), warnings };
}

const OTHER_DOOR: Partial<Call> = { original: undefined, wire: 'gemini' };

describe.each([
  ['OpenAI', OPENAI, {}],
  ['another server, from another door', 'https://api.example.test/v1', OTHER_DOOR],
] as [string, string, Partial<Call>][])('at %s', (_, baseUrl, rest) => {
  it('follows in the user’s name', () => {
    const { messages, warnings } = translate(
      [asked, { role: 'assistant', content: said, images: [picture] }, well],
      baseUrl,
      rest,
    );
    expect(messages).toEqual([asked, { role: 'assistant', content: said }, byUser, well]);
    expect(warnings).toEqual([moved]);
  });

  it('leaves no empty message behind', () => {
    const { messages } = translate([asked, { role: 'assistant', content: null, images: [picture] }], baseUrl, rest);
    expect(messages).toEqual([asked, byUser]);
  });

  it('waits for the results of the turn’s calls', () => {
    const { messages } = translate(
      [asked, { role: 'assistant', tool_calls: [called], images: [picture] }, result, well],
      baseUrl,
      rest,
    );
    expect(messages).toEqual([asked, { role: 'assistant', tool_calls: [called] }, result, byUser, well]);
  });

  it('is named where the model sees nothing', () => {
    const { messages, warnings } = translate(
      [asked, { role: 'assistant', content: said, images: [picture] }, well],
      baseUrl,
      { ...rest, capabilities: { ...ABLE, input: [] } },
    );
    expect(messages).toEqual([asked, { role: 'assistant', content: said }, well]);
    expect(warnings).toEqual([{ param: 'messages.1.images', action: 'dropped' }]);
  });
});

it('follows in the user’s name in the Responses API', () => {
  const drawn = { role: 'assistant', tool_calls: [called], images: [picture] };
  const call = makeCall({ messages: [asked, drawn, result, well] as ChatRequest['messages'] });
  const tools = [{ type: 'function' as const, function: { name: 'f' } }];
  const { body, warnings } = openai.translate({
    ...call,
    request: { ...call.request, tools },
    endpoint: { ...call.endpoint, baseUrl: OPENAI },
    capabilities: { ...ABLE, toolsNeedResponses: true },
  });
  expect((JSON.parse(body as string) as { input: unknown }).input).toEqual([
    asked,
    { type: 'function_call', call_id: '1', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: '1', output: 'done' },
    {
      role: 'user',
      content: [
        { type: 'input_text', text: '(shown by the assistant)' },
        { type: 'input_image', image_url: URL, detail: 'auto' },
      ],
    },
    well,
  ]);
  expect(warnings).toEqual([moved]);
});
