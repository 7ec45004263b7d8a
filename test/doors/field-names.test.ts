/** A refusal or a warning names the client's own field at every door, whatever the canonical request calls it. */
import { describe, expect, it } from 'vitest';
import type { Door, Entry } from '../../src/doors/door.ts';
import { GEMINI } from '../../src/doors/gemini/door.ts';
import { MESSAGES } from '../../src/doors/messages/door.ts';
import { openRecording, RESPONSES } from '../../src/doors/responses/door.ts';
import type { Kept } from '../../src/doors/responses/stored.ts';

const LIMITS = { maxBodyBytes: 1e6, maxMessages: 100, maxDepth: 50 };

function read(door: Door, body: object): Entry {
  const param = () => 'm:generateContent';
  return door.read(JSON.stringify(body), { limits: LIMITS, header: () => undefined, param });
}

type Row = [canonical: string, client: string];

function told(entry: Entry, rows: readonly Row[]): unknown[] {
  return rows.map(([canonical]) => [canonical, entry.fieldOf?.(canonical)]);
}

const PNG = { type: 'base64', media_type: 'image/png', data: 'AAAA' };
const SCHEMA = { type: 'object', properties: { city: { type: 'string' } } };

describe('at the door of messages', () => {
  const body = {
    model: 'm',
    max_tokens: 100,
    system: 'Be brief.',
    stop_sequences: ['END'],
    metadata: { user_id: 'u' },
    cache_control: { type: 'ephemeral' },
    output_config: { effort: 'high', format: { type: 'json_schema', schema: SCHEMA } },
    thinking: { type: 'enabled', budget_tokens: 1024 },
    tools: [
      { type: 'web_search_20250305', name: 'web_search' },
      { name: 'weather', input_schema: SCHEMA },
    ],
    tool_choice: { type: 'tool', name: 'weather', disable_parallel_tool_use: true },
    messages: [
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm', signature: 's' },
          { type: 'text', text: 'Wait' },
          { type: 'tool_use', id: 't1', name: 'weather', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'tool_result', tool_use_id: 't1', content: [{ type: 'image', source: PNG }] },
          { type: 'image', source: PNG },
        ],
      },
      { role: 'system', content: [{ type: 'text', text: 'Late' }] },
    ],
  };

  it('names blocks where the client has them', () => {
    const rows: Row[] = [
      ['messages', 'messages'],
      ['messages.0.content', 'system'],
      ['messages.1.content', 'messages.0.content'],
      ['messages.2.content', 'messages.1.content'],
      ['messages.2.tool_calls', 'messages.1.content'],
      ['messages.2.tool_calls.0', 'messages.1.content.2'],
      ['messages.2.tool_calls.0.function.arguments', 'messages.1.content.2.input'],
      ['messages.2.tool_calls[0].function.name', 'messages.1.content.2.name'],
      ['messages.3.tool_call_id', 'messages.2.content.1.tool_use_id'],
      ['messages.3.content.0', 'messages.2.content.1.content.0'],
      ['messages.3.content.0.image_url.url', 'messages.2.content.1.content.0.source'],
      ['messages.4.content.0', 'messages.2.content.0'],
      ['messages.4.content.1', 'messages.2.content.2'],
      ['messages.5.content', 'messages.3.content'],
      ['messages.9.content', 'messages'],
    ];
    expect(told(read(MESSAGES, body), rows)).toEqual(rows);
  });

  it('names settings as Anthropic does', () => {
    const rows: Row[] = [
      ['max_tokens', 'max_tokens'],
      ['max_completion_tokens', 'max_tokens'],
      ['stop', 'stop_sequences'],
      ['temperature', 'temperature'],
      ['reasoning_effort', 'output_config.effort'],
      ['reasoning.max_tokens', 'thinking.budget_tokens'],
      ['reasoning', 'thinking'],
      ['response_format', 'output_config.format'],
      ['response_format.json_schema.schema', 'output_config.format.schema'],
      ['response_format.json_schema.schema.properties.city', 'output_config.format.schema.properties.city'],
      ['tools', 'tools'],
      ['tools.0', 'tools.1'],
      ['tools.0.function.strict', 'tools.1.strict'],
      ['tools.0.function.parameters.properties.city', 'tools.1.input_schema.properties.city'],
      ['web_search_options', 'tools.0'],
      ['web_search_options.search_context_size', 'tools.0'],
      ['tool_choice', 'tool_choice'],
      ['tool_choice.function.name', 'tool_choice.name'],
      ['parallel_tool_calls', 'tool_choice.disable_parallel_tool_use'],
      ['user', 'metadata.user_id'],
      ['prompt_cache_options', 'cache_control'],
    ];
    expect(told(read(MESSAGES, body), rows)).toEqual(rows);
  });

  it('an effort that was measured by its tokens is called so', () => {
    const { output_config: _, ...rest } = body;
    const effortOf = (more: object) => read(MESSAGES, { ...rest, ...more }).fieldOf?.('reasoning_effort');
    expect(effortOf({})).toBe('thinking.budget_tokens');
    expect(effortOf({ thinking: { type: 'disabled' } })).toBe('thinking.type');
  });

  it('and the format by its former name', () => {
    const { output_config: _, ...rest } = body;
    const rows: Row[] = [
      ['response_format', 'output_format'],
      ['response_format.json_schema.schema', 'output_format.schema'],
    ];
    const former = { ...rest, output_format: { type: 'json_schema', schema: SCHEMA } };
    expect(told(read(MESSAGES, former), rows)).toEqual(rows);
  });
});

describe('at the door of responses', () => {
  const call = { type: 'function_call', call_id: 'c1', name: 'weather', arguments: '{' };
  const body = {
    model: 'm',
    instructions: 'Be brief.',
    max_output_tokens: 100,
    reasoning: { effort: 'high', summary: 'auto' },
    text: { verbosity: 'low', format: { type: 'json_schema', name: 'n', schema: SCHEMA } },
    tools: [
      { type: 'web_search' },
      { type: 'namespace', name: 'n', tools: [{ type: 'function', name: 'a', parameters: SCHEMA }] },
      { type: 'function', name: 'weather', parameters: SCHEMA },
    ],
    input: [
      { role: 'user', content: [{ type: 'input_image', image_url: 'https://a.example/b.png' }] },
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { ...call, call_id: 'c0' },
      call,
      { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'Sun' }] },
      { role: 'user', content: 'And?' },
    ],
  };

  it('names items where the client has them', () => {
    const rows: Row[] = [
      ['messages', 'input'],
      ['messages.0.content', 'instructions'],
      ['messages.1.content', 'input.0.content'],
      ['messages.1.content.0', 'input.0.content.0'],
      ['messages.1.content.0.image_url.detail', 'input.0.content.0.detail'],
      ['messages.2', 'input.1'],
      ['messages.2.tool_calls.1', 'input.3'],
      ['messages.2.tool_calls.1.function.arguments', 'input.3.arguments'],
      ['messages.2.tool_calls.0.id', 'input.2.call_id'],
      ['messages.3.tool_call_id', 'input.4.call_id'],
      ['messages.3.content.0', 'input.4.output.0'],
      ['messages.4.content', 'input.5.content'],
    ];
    expect(told(read(RESPONSES, body), rows)).toEqual(rows);
  });

  it('names settings as the Responses API does', () => {
    const rows: Row[] = [
      ['max_tokens', 'max_output_tokens'],
      ['reasoning_effort', 'reasoning.effort'],
      ['reasoning', 'reasoning.summary'],
      ['response_format', 'text.format'],
      ['response_format.json_schema.schema.properties.city', 'text.format.schema.properties.city'],
      ['response_format.json_schema.strict', 'text.format.strict'],
      ['verbosity', 'text.verbosity'],
      ['logprobs', 'include'],
      ['top_logprobs', 'top_logprobs'],
      ['web_search_options', 'tools.0'],
      ['web_search_options.user_location', 'tools.0.user_location'],
      ['tools.0.function.parameters.properties.city', 'tools.1.tools.0.parameters.properties.city'],
      ['tools.1.function.strict', 'tools.2.strict'],
    ];
    expect(told(read(RESPONSES, body), rows)).toEqual(rows);
  });

  it('what came from the store is named by what asks for it', () => {
    const input = [
      { role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
      { role: 'assistant', content: 'Yes?' },
    ];
    const previous = { response: { output: [] }, input } as unknown as Kept;
    const { door } = openRecording({ previous, newId: (prefix) => prefix });
    const rows: Row[] = [
      ['messages.0.content.0', 'previous_response_id'],
      ['messages.1', 'previous_response_id'],
      ['messages.2.content', 'input.0.content'],
    ];
    const after = { model: 'm', previous_response_id: 'resp_1', input: [{ role: 'user', content: 'And?' }] };
    expect(told(read(door, after), rows)).toEqual(rows);
  });

  it('a text alone has no place inside', () => {
    const rows: Row[] = [
      ['messages.0.content', 'input'],
      ['messages.0', 'input'],
    ];
    expect(told(read(RESPONSES, { model: 'm', input: 'Hi' }), rows)).toEqual(rows);
  });
});

describe('at the door of Gemini', () => {
  const inlineData = { mimeType: 'image/png', data: 'AAAA' };
  const body = {
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    contents: [
      { role: 'user', parts: [{ text: 'Look' }] },
      { role: 'user', parts: [{ inlineData }] },
      { role: 'model', parts: [{ text: 'Wait' }, { functionCall: { name: 'weather', args: {} } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'weather', response: {} } }, { text: 'And?' }] },
    ],
    tools: [
      { googleSearch: {} },
      {
        functionDeclarations: [
          { name: 'a', parameters: SCHEMA },
          { name: 'weather', parametersJsonSchema: SCHEMA },
        ],
      },
    ],
    labels: { a: 'b' },
    generationConfig: {
      temperature: 1,
      mediaResolution: 'MEDIA_RESOLUTION_LOW',
      responseMimeType: 'application/json',
      responseSchema: SCHEMA,
      thinkingConfig: { thinkingLevel: 'HIGH' },
    },
  };

  it('names parts where the client has them', () => {
    const rows: Row[] = [
      ['messages', 'contents'],
      ['messages.0.content', 'systemInstruction.parts'],
      ['messages.1.content', 'contents.0.parts'],
      ['messages.1.content.1', 'contents.1.parts.0'],
      ['messages.1.content.1.image_url.url', 'contents.1.parts.0'],
      ['messages.2.content', 'contents.2.parts'],
      ['messages.2.tool_calls.0.function.arguments', 'contents.2.parts.1.functionCall.args'],
      ['messages.3', 'contents.3.parts.0.functionResponse'],
      ['messages.3.tool_call_id', 'contents.3.parts.0.functionResponse.id'],
      ['messages.4.content.0', 'contents.3.parts.1'],
    ];
    expect(told(read(GEMINI, body), rows)).toEqual(rows);
  });

  it('names settings as Google does', () => {
    const rows: Row[] = [
      ['temperature', 'generationConfig.temperature'],
      ['max_tokens', 'generationConfig.maxOutputTokens'],
      ['stop', 'generationConfig.stopSequences'],
      ['n', 'generationConfig.candidateCount'],
      ['reasoning_effort', 'generationConfig.thinkingConfig.thinkingLevel'],
      ['response_format', 'generationConfig.responseSchema'],
      ['response_format.json_schema.schema.properties.city', 'generationConfig.responseSchema.properties.city'],
      ['metadata', 'labels'],
      ['web_search_options', 'tools.0.googleSearch'],
      ['tools.0.function.parameters.properties.city', 'tools.1.functionDeclarations.0.parameters.properties.city'],
      ['tools.1.function.parameters.x', 'tools.1.functionDeclarations.1.parametersJsonSchema.x'],
      ['tools.1.function.strict', 'tools.1.functionDeclarations.1'],
      ['tool_choice', 'toolConfig.functionCallingConfig'],
    ];
    expect(told(read(GEMINI, body), rows)).toEqual(rows);
  });
});
