/** The official SDK against the whole router, in front of each dialect. */
import OpenAI from 'openai';
import type { ResponseStreamParams } from 'openai/lib/responses/ResponseStream';
import { toResponseInputItems } from 'openai/lib/responses/ResponseInputItems';
import type { ResponseCreateParamsNonStreaming, ResponseInputItem } from 'openai/resources/responses/responses';
import { describe, expect, it } from 'vitest';
import { DIALECTS, FOREIGN, talkTo } from './gateway.ts';

type Asked = Pick<
  ResponseCreateParamsNonStreaming,
  'input' | 'store' | 'instructions' | 'metadata' | 'tools' | 'tool_choice' | 'max_output_tokens' | 'reasoning'
>;

const say = (text: string) => `${text} [practice: fast]`;
const WEATHER = {
  type: 'function' as const,
  name: 'weather',
  description: 'The weather of a city',
  strict: true,
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};
const ENCRYPTED = 'reasoning.encrypted_content' as const;

type Output = OpenAI.Responses.Response['output'][number];

function itemOf<Type extends Output['type']>({ output }: Pick<OpenAI.Responses.Response, 'output'>, type: Type) {
  return output.find((item): item is Extract<Output, { type: Type }> => item.type === type);
}

const both = async (column: (typeof DIALECTS)[number], asked: Asked) => {
  const { client, model } = talkTo(column);
  const whole = await client.responses.create({ ...asked, model });
  const streamed = await client.responses.stream({ ...asked, model } as ResponseStreamParams).finalResponse();
  return { whole, streamed };
};

describe.each(DIALECTS)('%s', (column) => {
  it('answers whole and streamed alike', async () => {
    const { whole, streamed } = await both(column, { input: say('Say hello'), store: false });
    expect(whole.output_text).toContain('no model was called');
    expect(streamed.output_text).toBe(whole.output_text);
    expect(whole.status).toBe('completed');
    expect(streamed.usage).toEqual(whole.usage);
    expect(whole.usage?.total_tokens).toBeGreaterThan(0);
    const spoken = ({ output }: typeof whole) => output.map(({ type }) => type).filter((type) => type !== 'reasoning');
    expect(spoken(streamed)).toEqual(spoken(whole)); // Gemini signs its thoughts behind the answer: one item more.
  });

  it('tells in its head what the request was', async () => {
    const asked: Asked = {
      input: say('Hi'),
      store: false,
      instructions: 'Be short',
      metadata: { a: 'b' },
      tools: [WEATHER],
      tool_choice: 'none',
      max_output_tokens: 4000,
    };
    const { whole, streamed } = await both(column, asked);
    for (const response of [whole, streamed]) {
      expect(response).toMatchObject({
        object: 'response',
        instructions: 'Be short',
        metadata: { a: 'b' },
        tool_choice: 'none',
        max_output_tokens: 4000,
        tools: [{ type: 'function', name: 'weather' }],
        error: null,
        incomplete_details: null,
      });
    }
  });

  it.each([false, true])('calls a tool and takes its result, with its reasoning (streamed: %s)', async (streamed) => {
    const { client, model, last } = talkTo(column);
    const asked = {
      model,
      tools: [WEATHER],
      store: false,
      include: [ENCRYPTED],
      reasoning: { effort: 'low' as const, summary: 'auto' as const },
    };
    const ask = async (input: ResponseInputItem[]) => {
      const params = { ...asked, input };
      return streamed ? client.responses.stream(params).finalResponse() : client.responses.create(params);
    };
    const question: ResponseInputItem[] = [{ role: 'user', content: say('Weather in Oslo?') }];
    const first = await ask(question);
    const call = itemOf(first, 'function_call');
    expect(call).toMatchObject({ name: 'weather', status: 'completed' });
    expect(Object.keys(JSON.parse(call?.arguments ?? ''))).toEqual(['city']);
    const output = { type: 'function_call_output' as const, call_id: call?.call_id ?? '', output: 'rain' };
    const second = await ask([...question, ...toResponseInputItems(first.output), output]);
    expect(second.output_text).toContain('rain');
    expect(last().text).toContain('rain');
    const thought = itemOf(first, 'reasoning');
    const thinks = column !== 'gpt-4.1' && column !== 'nova';
    expect(Boolean(thought?.encrypted_content)).toBe(thinks);
  });

  it('answers in the shape that is asked for', async () => {
    const format = { type: 'json_schema' as const, name: 'city', strict: true, schema: WEATHER.parameters };
    const { client, model } = talkTo(column);
    const parsed = await client.responses.parse({
      model,
      store: false,
      input: say('A city as json'),
      text: { format },
    });
    expect(parsed.output_parsed).toHaveProperty('city');
  });

  it('stops where the limit is', async () => {
    const { whole, streamed } = await both(column, { input: say('Say hello'), store: false, max_output_tokens: 16 });
    for (const response of [whole, streamed]) {
      expect(response.status).toBe('incomplete');
      expect(response.incomplete_details).toEqual({ reason: 'max_output_tokens' });
    }
  });

  it('shows reasoning only where it is asked for', async () => {
    const asked = { input: say('Think about it'), store: false, reasoning: { effort: 'high' as const } };
    const { whole, streamed } = await both(column, asked);
    const thoughts = [...whole.output, ...streamed.output].filter((item) => item.type === 'reasoning');
    expect(thoughts.filter((item) => item.summary.length > 0 || item.encrypted_content !== undefined)).toEqual([]);
  });

  it('raises the provider’s refusal as the SDK’s own error', async () => {
    const { client, model } = talkTo(column, () =>
      Response.json({ error: { message: 'no', type: 'x', code: 'y' } }, { status: 400 }),
    );
    const failure = await client.responses.create({ model, input: 'Hi' }).catch((cause: unknown) => cause);
    expect(failure).toBeInstanceOf(OpenAI.BadRequestError);
  });
});

describe.each(FOREIGN)('%s, whose words are others', (column) => {
  it.each([false, true])(
    'takes custom tools as functions and gives their calls back as custom (streamed: %s)',
    async (streamed) => {
      const { client, model, last } = talkTo(column);
      const grammar = { type: 'grammar' as const, syntax: 'lark' as const, definition: 'start: "a"' };
      const asked = {
        model,
        store: false,
        tools: [{ type: 'custom' as const, name: 'patch', format: grammar }],
        tool_choice: 'auto' as const,
      };
      const ask = async (input: ResponseInputItem[]) => {
        const params = { ...asked, input };
        return streamed ? client.responses.stream(params).finalResponse() : client.responses.create(params);
      };
      const question: ResponseInputItem[] = [
        { role: 'user', content: say('Use patch now, please [practice: tool patch]') },
      ];
      const first = await ask(question);
      const call = itemOf(first, 'custom_tool_call');
      expect(call).toMatchObject({ name: 'patch', status: 'completed' });
      expect(typeof call?.input).toBe('string');
      expect(last().text).toContain('start: ');
      const output = { type: 'custom_tool_call_output' as const, call_id: call?.call_id ?? '', output: 'patched' };
      const second = await ask([...question, ...toResponseInputItems(first.output), output]);
      expect(second.output_text).toContain('patched');
    },
  );
});
