/** Tools that run at the provider take their time, and the first token's deadline must not end them. */
import { describe, expect, it } from 'vitest';
import { anthropic } from '../../providers/anthropic/index.ts';
import { gemini } from '../../providers/gemini/index.ts';
import { openai } from '../../providers/openai/index.ts';
import { Listener } from '../../src/answers/listener.ts';
import type { Provider } from '../../src/core/provider.ts';
import { makeCall } from '../support/call.ts';

interface Row {
  provider: Provider;
  name: string;
  /** Says nothing yet. */
  opening: object[];
  atWork: object;
}

const CREATED = { type: 'response.created', response: { id: 'resp_1', model: 'm' } };
const STARTED = { type: 'message_start', message: { id: 'msg_1', model: 'm', usage: { input_tokens: 1 } } };
const added = (type: string) => ({ type: 'response.output_item.added', output_index: 0, item: { id: 'x_1', type } });
const opened = (type: string) => ({ type: 'content_block_start', index: 0, content_block: { type, id: 'srv_1' } });
const part = (said: object) => ({ candidates: [{ content: { role: 'model', parts: [said] } }] });

const rows: Row[] = [
  ...['code_interpreter_call', 'image_generation_call', 'web_search_call', 'mcp_call'].map((type) => ({
    provider: openai,
    name: type,
    opening: [CREATED, added('reasoning'), added('message')],
    atWork: added(type),
  })),
  ...['server_tool_use', 'web_search_tool_result', 'mcp_tool_use'].map((type) => ({
    provider: anthropic,
    name: type,
    opening: [STARTED, opened('thinking')],
    atWork: opened(type),
  })),
  {
    provider: gemini,
    name: 'a call of a tool of Google’s',
    opening: [part({ text: '' })],
    atWork: part({ toolCall: { id: '1', toolType: 'GOOGLE_SEARCH_WEB' } }),
  },
  {
    provider: gemini,
    name: 'the draft of an image',
    opening: [part({ text: '' })],
    atWork: part({ thought: true, inlineData: { mimeType: 'image/png', data: 'AA==' } }),
  },
];

describe('an answer that passes has begun with a tool at work', () => {
  it.each(rows)('$provider.name: $name', ({ provider, opening, atWork }) => {
    const listener = new Listener();
    const call = makeCall({ stream: true }, { settings: { practice: true } });
    const wire =
      provider === openai ? { ...call, original: { wire: 'responses' as const, text: '{}', passes: true } } : call;
    const reader = provider.translate(wire).openStream(listener);
    for (const event of opening) reader.push(frameOf(event));
    expect(listener.facts.said).toBe(false);
    reader.push(frameOf(atWork));
    expect(listener.facts.said).toBe(true);
  });
});

function frameOf(event: object): Uint8Array {
  const name = 'type' in event ? `event: ${String(event.type)}\n` : '';
  return new TextEncoder().encode(`${name}data: ${JSON.stringify(event)}\n\n`);
}
