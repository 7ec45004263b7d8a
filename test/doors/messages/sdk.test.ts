/** The official SDK at the messages door, in front of every dialect. */
import Anthropic from '@anthropic-ai/sdk';
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';
import { describe, expect, it } from 'vitest';
import { MODELS, openHouse } from './house.ts';

const WEATHER = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const }, days: { type: 'integer' as const } },
  required: ['city'] as const,
  additionalProperties: false as const,
};
const TOOLS: Anthropic.Tool[] = [
  {
    name: 'get_weather',
    description: 'The weather of a city',
    input_schema: WEATHER as unknown as Anthropic.Tool.InputSchema,
  },
];
const ASKED = 'What is the weather in Paris?';

const textOf = ({ content }: { content: readonly { type: string; text?: string }[] }) =>
  content.map(({ type, text }) => (type === 'text' ? text : '')).join('');
const user = (content: string) => ({ role: 'user' as const, content });

describe.each(MODELS)('%s', (_, model) => {
  const hello = { model, max_tokens: 4000, messages: [user('Hello')] };

  it('answers whole', async () => {
    const { client } = openHouse();
    const message = await client.messages.create(hello);
    expect(message).toMatchObject({
      type: 'message',
      role: 'assistant',
      stop_reason: 'end_turn',
      stop_sequence: null,
    });
    expect(message.content[0]).toMatchObject({ type: 'text', text: expect.stringContaining('«Hello»') });
    expect(message.usage.input_tokens).toBeGreaterThan(0);
    expect(message.usage.output_tokens).toBeGreaterThan(0);
  });

  it('answers as a stream that comes to the same', async () => {
    const { client } = openHouse();
    const whole = await client.messages.create(hello);
    const names: string[] = [];
    const stream = client.messages.stream(hello);
    stream.on('streamEvent', ({ type }) => names.push(type));
    const streamed = await stream.finalMessage();
    expect(streamed.content).toEqual(whole.content);
    expect(streamed.stop_reason).toBe(whole.stop_reason);
    expect(streamed.usage).toMatchObject({
      input_tokens: whole.usage.input_tokens,
      output_tokens: whole.usage.output_tokens,
    });
    const order = names.filter((name) => name !== 'ping' && name !== 'content_block_delta').join(' ');
    expect(order).toMatch(/^message_start( content_block_start content_block_stop)+ message_delta message_stop$/);
  });

  it.each([true, false])('goes through a tool loop (streamed: %s)', async (streamed) => {
    const { client } = openHouse();
    const ask = (messages: Anthropic.MessageParam[]) => {
      const request = { model, max_tokens: 4000, messages, tools: TOOLS };
      return streamed ? client.messages.stream(request).finalMessage() : client.messages.create(request);
    };
    const first = await ask([user(ASKED)]);
    expect(first.stop_reason).toBe('tool_use');
    const call = first.content.find((block) => block.type === 'tool_use');
    expect(call).toMatchObject({ name: 'get_weather', input: { city: 'Paris' } });
    const result = { type: 'tool_result' as const, tool_use_id: call?.id ?? '', content: '21 °C' };
    const second = await ask([
      user(ASKED),
      { role: 'assistant', content: first.content },
      { role: 'user', content: [result] },
    ]);
    expect(textOf(second)).toContain('get_weather returned: «21 °C»');
  });

  it('runs the tool runner', async () => {
    const { client } = openHouse();
    const asked: unknown[] = [];
    const tool = betaTool({
      name: 'get_weather',
      description: 'The weather of a city',
      inputSchema: WEATHER,
      run: (input) => {
        asked.push(input);
        return '21 °C';
      },
    });
    const runner = client.beta.messages.toolRunner({ model, max_tokens: 4000, messages: [user(ASKED)], tools: [tool] });
    const message = await runner;
    expect(asked).toEqual([expect.objectContaining({ city: 'Paris' })]);
    expect(textOf(message)).toContain('«21 °C»');
  });

  it.each([true, false])('brings thoughts and takes them back (streamed: %s)', async (streamed) => {
    const { client } = openHouse();
    const ask = (messages: Anthropic.MessageParam[]) => {
      const thinking = { type: 'adaptive' as const, display: 'summarized' as const };
      const request = { model, max_tokens: 4000, messages, tools: TOOLS, thinking };
      return streamed ? client.messages.stream(request).finalMessage() : client.messages.create(request);
    };
    const first = await ask([user(ASKED)]);
    const thoughts = first.content.filter((block) => block.type === 'thinking');
    expect(thoughts.filter(({ signature }) => signature === '')).toEqual([]);
    const call = first.content.find((block) => block.type === 'tool_use');
    const result = { type: 'tool_result' as const, tool_use_id: call?.id ?? '', content: '21 °C' };
    const second = await ask([
      user(ASKED),
      { role: 'assistant', content: first.content },
      { role: 'user', content: [result] },
    ]);
    expect(textOf(second)).toContain('«21 °C»');
  });

  it('holds an answer to a schema', async () => {
    const { client } = openHouse();
    const format = { type: 'json_schema' as const, schema: WEATHER as unknown as Record<string, unknown> };
    const message = await client.messages.create({ ...hello, output_config: { format } });
    expect(JSON.parse(textOf(message))).toHaveProperty('city');
  });

  it('counts tokens', async () => {
    const { client } = openHouse();
    const { input_tokens: tokens } = await client.messages.countTokens({ model, messages: [user('Hello')] });
    expect(tokens).toBeGreaterThan(0);
  });

  it.each([
    ['a rate limit', '[practice: status=429]', Anthropic.RateLimitError, /^rate_limit_error$/],
    ['an overload', '[practice: status=503]', Anthropic.InternalServerError, /^(overloaded|api)_error$/],
  ])('raises the SDK’s own error for %s', async (_what, text, kind, type) => {
    const { client } = openHouse({ more: { reliability: { maxCalls: 1, queue: { maxWaitMs: 1 } } } });
    const cause = await client.messages.create({ ...hello, messages: [user(text)] }).catch((error: unknown) => error);
    expect(cause).toBeInstanceOf(kind);
    expect(cause).toMatchObject({ type: expect.stringMatching(type) });
  });

  it('raises what breaks off in the middle', async () => {
    const { client } = openHouse();
    const asked = { ...hello, messages: [user('[practice: error at=3] Hello there')] };
    const cause = await client.messages
      .stream(asked)
      .finalMessage()
      .catch((error: unknown) => error);
    expect(cause).toBeInstanceOf(Anthropic.APIError);
  });
});
