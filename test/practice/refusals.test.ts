/** What the real providers refuse, practice refuses too, in their shapes. */
import { describe, expect, it } from 'vitest';
import { practise, type Dialect } from './ask.ts';

type Fields = Record<string, unknown>;

interface Refused {
  name: string;
  fields?: Fields;
  headers?: Record<string, string | undefined>;
  model?: string;
  says: RegExp;
}

const user = (content: unknown = 'Hi') => ({ role: 'user', content });
const claude = (content: unknown) => ({ role: 'assistant', content });
const TOOL = { name: 'f', input_schema: { type: 'object', properties: {} } };
const USE = { type: 'tool_use', id: 'a', name: 'f', input: {} };
const RESULT = { type: 'tool_result', tool_use_id: 'a', content: 'x' };
const NEW = { 'anthropic-version': '2026-10-21' };

const ANTHROPIC: Refused[] = [
  { name: 'no max_tokens', fields: { max_tokens: undefined }, says: /^max_tokens: Field required$/ },
  { name: 'no messages', fields: { messages: undefined }, says: /^messages: Field required$/ },
  { name: 'no version', headers: { 'anthropic-version': undefined }, says: /^anthropic-version: header is required$/ },
  { name: 'unknown fields', fields: { n: 2 }, says: /^n: Extra inputs are not permitted$/ },
  {
    name: 'unknown fields of blocks',
    fields: { messages: [user([{ type: 'text', text: 'x', foo: 1 }])] },
    says: /^messages\.0\.content\.0\.foo: Extra/,
  },
  { name: 'unknown roles', fields: { messages: [{ role: 'tool', content: 'x' }] }, says: /Unexpected role "tool"/ },
  {
    name: 'the assistant first',
    fields: { messages: [claude('x'), user()] },
    says: /first message must use the "user" role/,
  },
  {
    name: 'system messages where the model has none',
    fields: { messages: [user(), { role: 'system', content: 'x' }] },
    says: /^messages\.1: role 'system' is not supported on this model$/,
  },
  {
    name: 'empty messages',
    fields: { messages: [user('')] },
    says: /^messages\.0: all messages must have non-empty content/,
  },
  {
    name: 'empty text blocks',
    fields: { messages: [user([{ type: 'text', text: '' }])] },
    says: /text content blocks must be non-empty/,
  },
  {
    name: 'blank text blocks',
    fields: { messages: [user([{ type: 'text', text: ' ' }])] },
    says: /must contain non-whitespace text/,
  },
  {
    name: 'prefill on newer models',
    model: 'claude-sonnet-4-6',
    fields: { messages: [user(), claude('x')] },
    says: /does not support assistant message prefill/,
  },
  {
    name: 'prefill that ends in a blank',
    fields: { messages: [user(), claude('x ')] },
    says: /cannot end with trailing whitespace/,
  },
  {
    name: 'orphan results',
    fields: { tools: [TOOL], messages: [user([RESULT])] },
    says: /unexpected `tool_use_id` found in `tool_result` blocks: a\./,
  },
  {
    name: 'calls without results',
    fields: { tools: [TOOL], messages: [user(), claude([USE]), user()] },
    says: /^messages\.1: `tool_use` ids were found without `tool_result` blocks immediately after: a\./,
  },
  {
    name: 'results after text',
    fields: { tools: [TOOL], messages: [user(), claude([USE]), user([{ type: 'text', text: 'x' }, RESULT])] },
    says: /without `tool_result` blocks immediately after/,
  },
  {
    name: 'calls without tools',
    fields: { messages: [user(), claude([USE]), user([RESULT])] },
    says: /must define tools/,
  },
  {
    name: 'ids of other shapes',
    fields: { tools: [TOOL], messages: [user(), claude([{ ...USE, id: 'a:b' }])] },
    says: /^messages\.1\.content\.0\.id: /,
  },
  {
    name: 'a tool choice without tools',
    fields: { tool_choice: { type: 'auto' } },
    says: /^tool_choice: may only be specified/,
  },
  {
    name: 'a forced tool on 5.5',
    model: 'claude-opus-5-5',
    fields: { tools: [TOOL], tool_choice: { type: 'any' } },
    says: /tool_choice.* is not supported on this model/,
  },
  {
    name: 'schemas with a root alternative',
    fields: { tools: [{ ...TOOL, input_schema: { type: 'object', anyOf: [] } }] },
    says: /does not support oneOf, allOf, or anyOf at the top level/,
  },
  {
    name: 'strict tools with an open schema',
    fields: { tools: [{ ...TOOL, strict: true }] },
    says: /'additionalProperties' must be explicitly set to false/,
  },
  {
    name: 'formats with numeric limits',
    fields: { output_config: { format: { type: 'json_schema', schema: { type: 'integer', multipleOf: 5 } } } },
    says: /^output_config\.format\.schema: For 'integer' type, property 'multipleOf' is not supported$/,
  },
  {
    name: 'recursive formats',
    fields: {
      output_config: {
        format: { type: 'json_schema', schema: { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } } },
      },
    },
    says: /Circular reference/,
  },
  {
    name: 'temperature in the new version',
    model: 'claude-opus-5-5',
    headers: NEW,
    fields: { temperature: 1 },
    says: /^temperature: Extra inputs are not permitted$/,
  },
  {
    name: 'temperature on newer models',
    model: 'claude-opus-5-5',
    fields: { temperature: 0.5 },
    says: /may only be set to 1/,
  },
  { name: 'temperature with top_p', fields: { temperature: 0.5, top_p: 0.5 }, says: /cannot both be specified/ },
  { name: 'too many tokens', fields: { max_tokens: 64_001 }, says: /^max_tokens: 64001 > 64000/ },
  {
    name: 'small budgets',
    fields: { thinking: { type: 'enabled', budget_tokens: 1000 } },
    says: /greater than or equal to 1024/,
  },
  {
    name: 'budgets above the limit',
    fields: { thinking: { type: 'enabled', budget_tokens: 4000 } },
    says: /must be greater than `thinking\.budget_tokens`/,
  },
  {
    name: 'budgets on newer models',
    model: 'claude-opus-5',
    fields: { thinking: { type: 'enabled', budget_tokens: 2000 } },
    says: /`thinking\.type: enabled` is not supported/,
  },
  {
    name: 'no thinking where it is always on',
    model: 'claude-opus-5-5',
    fields: { thinking: { type: 'disabled' } },
    says: /`disabled` is not supported on this model/,
  },
  {
    name: 'no thinking with much effort',
    model: 'claude-opus-5',
    fields: { thinking: { type: 'disabled' }, output_config: { effort: 'max' } },
    says: /cannot be combined with effort/,
  },
  {
    name: 'efforts that the model has not',
    model: 'claude-opus-4-5',
    fields: { output_config: { effort: 'max' } },
    says: /^output_config\.effort: /,
  },
  { name: 'blank stop sequences', fields: { stop_sequences: [' '] }, says: /must contain non-whitespace/ },
  {
    name: 'five cache marks',
    fields: {
      messages: [
        user(Array.from({ length: 5 }, () => ({ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }))),
      ],
    },
    says: /A maximum of 4 blocks with cache_control may be provided\. Found 5\./,
  },
  {
    name: 'thoughts that it did not sign',
    fields: {
      messages: [
        user(),
        claude([
          { type: 'thinking', thinking: 'x', signature: 'eA==' },
          { type: 'text', text: 'x' },
        ]),
        user(),
      ],
    },
    says: /^messages\.1\.content\.0: Invalid `signature` in `thinking` block/,
  },
  {
    name: 'calls whose thought is gone',
    fields: {
      tools: [TOOL],
      thinking: { type: 'enabled', budget_tokens: 1024 },
      messages: [user(), claude([USE]), user([RESULT])],
    },
    says: /Expected `thinking` or `redacted_thinking`, but found `tool_use`/,
  },
];

const FUNCTION = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: { a: {} } } } };
const CALLING = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
};
const schema = (strict: boolean, parameters: Fields) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'x', strict, schema: parameters } },
});

const CHAT: Refused[] = [
  { name: 'no messages', fields: { messages: undefined }, says: /^Missing required parameter: 'messages'\.$/ },
  { name: 'empty messages', fields: { messages: [] }, says: /empty array/ },
  { name: 'unknown fields', fields: { top_k: 2 }, says: /^Unknown parameter: 'top_k'\.$/ },
  {
    name: 'unknown fields of messages',
    fields: { messages: [user(), { role: 'assistant', content: 'x', reasoning_details: [] }, user()] },
    says: /^Unknown parameter: 'messages\[1\]\.reasoning_details'\.$/,
  },
  { name: 'unknown roles', fields: { messages: [{ role: 'model', content: 'x' }] }, says: /^Invalid value: 'model'\./ },
  {
    name: 'wrong types',
    fields: { messages: 'x' },
    says: /^Invalid type for 'messages': expected array, but got a string instead\.$/,
  },
  {
    name: 'orphan results',
    fields: { messages: [user(), { role: 'tool', tool_call_id: 'a', content: 'x' }] },
    says: /must be a response to a preceeding message with 'tool_calls'/,
  },
  {
    name: 'calls without results',
    fields: { messages: [user(), CALLING, user()] },
    says: /did not have response messages: a$/,
  },
  {
    name: 'an assistant who says nothing',
    fields: { messages: [user(), { role: 'assistant', content: null }, user()] },
    says: /expected a string, got null/,
  },
  {
    name: 'a tool choice without tools',
    fields: { tool_choice: 'required' },
    says: /only allowed when 'tools' are specified/,
  },
  {
    name: 'open strict schemas',
    fields: schema(true, { type: 'object', properties: {} }),
    says: /'additionalProperties' is required to be supplied and to be false/,
  },
  {
    name: 'optional properties in strict schemas',
    fields: schema(true, { type: 'object', additionalProperties: false, properties: { a: { type: 'string' } } }),
    says: /Missing 'a'/,
  },
  {
    name: 'JSON mode without the word',
    fields: { response_format: { type: 'json_object' } },
    says: /must contain the word 'json'/,
  },
  {
    name: 'stream options without a stream',
    fields: { stream_options: { include_usage: true } },
    says: /only allowed when 'stream' is enabled/,
  },
  {
    name: 'max_tokens on reasoning models',
    model: 'gpt-5',
    fields: { max_tokens: 100 },
    says: /Use 'max_completion_tokens' instead/,
  },
  {
    name: 'temperature while reasoning',
    model: 'gpt-5',
    fields: { temperature: 0.5 },
    says: /does not support 0\.5 with this model\. Only the default \(1\)/,
  },
  {
    name: 'penalties while reasoning',
    model: 'gpt-5',
    fields: { presence_penalty: 1 },
    says: /^Unsupported parameter: 'presence_penalty'/,
  },
  {
    name: 'stop on reasoning models',
    model: 'gpt-5.6-luna',
    fields: { stop: 'x', reasoning_effort: 'none' },
    says: /^Unsupported parameter: 'stop'/,
  },
  {
    name: 'efforts that the model has not',
    model: 'gpt-6.1-sol',
    fields: { reasoning_effort: 'none' },
    says: /does not support 'none' with this model/,
  },
  {
    name: 'efforts on other models',
    fields: { reasoning_effort: 'low' },
    says: /^Unsupported parameter: 'reasoning_effort'/,
  },
  {
    name: 'tools while reasoning, from 5.4 on',
    model: 'gpt-6.1-sol',
    fields: { tools: [FUNCTION] },
    says: /use \/v1\/responses or set reasoning_effort to 'none'/,
  },
  { name: 'speech', fields: { modalities: ['text', 'audio'] }, says: /^Invalid value: 'audio'\./ },
];

const item = (fields: Fields) => ({ input: [user(), fields] });
const RESPONSES: Refused[] = [
  { name: 'no input', fields: { input: undefined }, says: /^Missing required parameter: 'input'\.$/ },
  { name: "chat's own fields", fields: { stop: 'x' }, says: /^Unknown parameter: 'stop'\.$/ },
  {
    name: 'input_text from the assistant',
    fields: item({ role: 'assistant', content: [{ type: 'input_text', text: 'x' }] }),
    says: /^Invalid value: 'input_text'/,
  },
  { name: 'few tokens', fields: { max_output_tokens: 5 }, says: /Expected a value >= 16, but got 5 instead\.$/ },
  {
    name: 'temperature while reasoning',
    model: 'gpt-5',
    fields: { temperature: 0.5 },
    says: /^Unsupported parameter: 'temperature'/,
  },
  {
    name: 'orphan outputs',
    fields: item({ type: 'function_call_output', call_id: 'a', output: 'x' }),
    says: /^No tool call found for function call output with call_id a\.$/,
  },
  {
    name: 'calls without outputs',
    fields: item({ type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' }),
    says: /^No tool output found for function call a\.$/,
  },
  {
    name: 'reasoning without its content',
    fields: item({ type: 'reasoning', id: 'rs_1', summary: [] }),
    says: /^Item with id 'rs_1' not found\./,
  },
  {
    name: 'reasoning that it did not write',
    fields: item({ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'eA==' }),
    says: /could not be verified/,
  },
  {
    name: 'functions that are strict unawares',
    fields: { tools: [{ type: 'function', name: 'f', parameters: { type: 'object', properties: {} } }] },
    says: /'additionalProperties' is required/,
  },
  {
    name: 'functions without parameters',
    fields: { tools: [{ type: 'function', name: 'f', strict: false }] },
    says: /^Missing required parameter: 'tools\[0\]\.parameters'/,
  },
  {
    name: 'earlier responses',
    fields: { previous_response_id: 'resp_1' },
    says: /^Previous response with id 'resp_1' not found\.$/,
  },
];

const parts = (...list: Fields[]) => ({ role: 'user', parts: list });
const model = (...list: Fields[]) => ({ role: 'model', parts: list });
const CALL = { functionCall: { name: 'f', args: {} } };
const ANSWER = { functionResponse: { name: 'f', response: {} } };
const DECLARED = { tools: [{ functionDeclarations: [{ name: 'f' }] }] };
const thinking = (thinkingConfig: Fields) => ({ generationConfig: { thinkingConfig } });

const GEMINI: Refused[] = [
  { name: 'no contents', fields: { contents: undefined }, says: /contents is not specified/ },
  {
    name: 'unknown names',
    fields: { contents: [parts({ text: 'x', foo: 1 })] },
    says: /^Invalid JSON payload received\. Unknown name "foo" at 'contents\[0\]\.parts\[0\]': Cannot find field\.$/,
  },
  {
    name: 'unknown roles',
    fields: { contents: [{ role: 'assistant', parts: [{ text: 'x' }] }] },
    says: /^Please use a valid role: user, model\.$/,
  },
  { name: 'empty contents', fields: { contents: [parts()] }, says: /contents\.parts must not be empty/ },
  { name: 'empty parts', fields: { contents: [parts({ text: '' })] }, says: /must have one initialized field/ },
  {
    name: 'orphan responses',
    fields: { contents: [parts(ANSWER)] },
    says: /function response turn comes immediately after a function call turn/,
  },
  {
    name: 'missing responses',
    fields: { ...DECLARED, contents: [parts({ text: 'x' }), model(CALL, CALL), parts(ANSWER)] },
    says: /number of function response parts is equal/,
  },
  {
    name: 'calls without a signature',
    fields: { ...DECLARED, contents: [parts({ text: 'x' }), model(CALL), parts(ANSWER)] },
    says: /^Function call is missing a thought_signature/,
  },
  {
    name: 'signatures that it did not write',
    fields: { contents: [model({ text: 'x', thoughtSignature: 'eA==' }), parts({ text: 'x' })] },
    says: /^Corrupted thought signature\.$/,
  },
  {
    name: 'level and budget',
    fields: thinking({ thinkingLevel: 'LOW', thinkingBudget: 1 }),
    says: /only one of thinking budget and thinking level/,
  },
  {
    name: 'levels on 2.5',
    model: 'gemini-2.5-flash',
    fields: thinking({ thinkingLevel: 'LOW' }),
    says: /^Thinking level is not supported/,
  },
  {
    name: 'no thinking on 2.5 Pro',
    model: 'gemini-2.5-pro',
    fields: thinking({ thinkingBudget: 0 }),
    says: /^The thinking budget 0 is invalid/,
  },
  {
    name: 'JSON with functions on 2.5',
    model: 'gemini-2.5-flash',
    fields: { ...DECLARED, generationConfig: { responseMimeType: 'application/json' } },
    says: /^Function calling with a response mime type: 'application\/json' is unsupported$/,
  },
  {
    name: 'penalties on 2.5',
    model: 'gemini-2.5-flash',
    fields: { generationConfig: { presencePenalty: 0.1 } },
    says: /^Penalty is not enabled for models\/gemini-2\.5-flash$/,
  },
  {
    name: 'a schema without its type',
    fields: { generationConfig: { responseJsonSchema: {} } },
    says: /requires response_mime_type/,
  },
  {
    name: 'words that its schemas have not',
    fields: {
      generationConfig: { responseMimeType: 'application/json', responseJsonSchema: { type: 'string', pattern: 'x' } },
    },
    says: /Unknown name "pattern"/,
  },
  {
    name: 'allowed names without force',
    fields: { ...DECLARED, toolConfig: { functionCallingConfig: { mode: 'AUTO', allowedFunctionNames: ['f'] } } },
    says: /mode is ANY/,
  },
];

const says = (...content: Fields[]) => ({ role: 'user', content });
const TOOLS = { toolConfig: { tools: [{ toolSpec: { name: 'f', inputSchema: { json: { type: 'object' } } } }] } };
const TOOL_USE = { role: 'assistant', content: [{ toolUse: { toolUseId: 'a', name: 'f', input: {} } }] };
const DOCUMENT = { document: { format: 'pdf', name: 'a', source: { bytes: 'eA==' } } };

const BEDROCK: Refused[] = [
  { name: 'no messages', fields: { messages: [] }, says: /must contain at least one message/ },
  {
    name: 'unknown fields',
    fields: { inferenceConfig: { topK: 1 } },
    says: /^Malformed input request: #\/inferenceConfig: extraneous key \[topK\] is not permitted/,
  },
  {
    name: 'system messages',
    fields: { messages: [{ role: 'system', content: [] }] },
    says: /Member must satisfy enum value set: \[user, assistant\]/,
  },
  {
    name: 'the assistant first',
    fields: { messages: [{ role: 'assistant', content: [{ text: 'x' }] }] },
    says: /^A conversation must start with a user message\./,
  },
  {
    name: 'two turns of one role',
    fields: { messages: [says({ text: 'x' }), says({ text: 'x' })] },
    says: /^A conversation must alternate between user and assistant roles\./,
  },
  {
    name: 'blank text',
    fields: { messages: [says({ text: ' ' })] },
    says: /^The text field in the ContentBlock object at messages\.0\.content\.0 is blank\./,
  },
  {
    name: 'empty messages',
    fields: { messages: [says()] },
    says: /^The content field in the Message object at messages\.0 is empty\./,
  },
  {
    name: 'tool blocks without tools',
    fields: { messages: [says({ text: 'x' }), TOOL_USE, says({ toolResult: { toolUseId: 'a', content: [] } })] },
    says: /^The toolConfig field must be defined/,
  },
  {
    name: 'calls without results',
    fields: { ...TOOLS, messages: [says({ text: 'x' }), TOOL_USE, says({ text: 'x' })] },
    says: /^Expected toolResult blocks at messages\.2\.content for the following Ids: a$/,
  },
  {
    name: 'orphan results',
    fields: { ...TOOLS, messages: [says({ toolResult: { toolUseId: 'a', content: [] } })] },
    says: /exceeds the number of toolUse blocks of previous turn/,
  },
  { name: 'documents without text', fields: { messages: [says(DOCUMENT)] }, says: /^A text block is required/ },
  {
    name: 'names that documents cannot have',
    fields: { messages: [says({ text: 'x' }, { document: { ...DOCUMENT.document, name: 'a.pdf' } })] },
    says: /failed to satisfy constraint/,
  },
  { name: 'models that are none', model: 'does-not-exist', says: /^The provided model identifier is invalid\.$/ },
  {
    name: 'a forced tool on 5.5',
    model: 'us.anthropic.claude-opus-5-5',
    fields: { toolConfig: { ...TOOLS.toolConfig, toolChoice: { any: {} } } },
    says: /^The model returned the following errors: `tool_choice`/,
  },
  {
    name: 'constrained answers from 4.7 on',
    model: 'us.anthropic.claude-opus-5',
    fields: { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{}' } } } } },
    says: /output_config\.format\.schema: Extra inputs are not permitted$/,
  },
  {
    name: 'thoughts that it did not sign',
    fields: {
      messages: [
        says({ text: 'x' }),
        {
          role: 'assistant',
          content: [{ reasoningContent: { reasoningText: { text: 'x', signature: 'eA==' } } }, { text: 'x' }],
        },
        says({ text: 'x' }),
      ],
    },
    says: /Invalid `signature` in `thinking` block$/,
  },
];

const TABLES: [Dialect, Refused[]][] = [
  ['anthropic', ANTHROPIC],
  ['chat', CHAT],
  ['responses', RESPONSES],
  ['gemini', GEMINI],
  ['bedrock', BEDROCK],
];

describe.each(TABLES)('%s refuses', (dialect, table) => {
  it.each(table)('$name', async ({ fields = {}, headers = {}, model: name, says: wording }) => {
    const response = await practise(dialect, 'Hi', { fields, headers, ...(name && { model: name }) });
    const body: unknown = await response.json();
    expect(messageIn(body)).toMatch(wording);
    expect([400, 404]).toContain(response.status);
  });
});

describe('unknown models', () => {
  it.each([
    ['anthropic', 'gpt-4.1', 404],
    ['chat', 'claude-opus-5', 404],
    ['responses', 'claude-opus-5', 404],
    ['gemini', 'gpt-4.1', 404],
  ] satisfies [Dialect, string, number][])('are not found by %s', async (dialect, name, status) => {
    expect((await practise(dialect, 'Hi', { model: name })).status).toBe(status);
  });
});

describe('missing credentials', () => {
  it.each([
    ['anthropic', 401],
    ['chat', 401],
    ['responses', 401],
    ['gemini', 403],
    ['bedrock', 403],
  ] satisfies [Dialect, number][])('are refused by %s with %i', async (dialect, status) => {
    const headers = { authorization: undefined, 'x-api-key': undefined, 'x-goog-api-key': undefined };
    expect((await practise(dialect, 'Hi', { headers })).status).toBe(status);
  });
});

describe("Claude's thoughts", () => {
  const asked = (name: string, fields: Fields = {}) => ({
    model: name,
    fields: { thinking: { type: 'adaptive' }, ...fields },
  });

  it.each([
    { name: 'are bound to the model from 5.5 on', from: 'claude-opus-5-5', to: 'claude-sonnet-5-5', status: 400 },
    { name: 'may change the model before', from: 'claude-opus-4-8', to: 'claude-opus-4-7', status: 200 },
    {
      name: 'are bound to what was said before',
      from: 'claude-opus-5-5',
      to: 'claude-opus-5-5',
      system: 'New.',
      status: 400,
    },
    { name: 'come back unchanged', from: 'claude-opus-5-5', to: 'claude-opus-5-5', status: 200 },
  ])('$name', async ({ from, to, system, status }) => {
    const first = (await (await practise('anthropic', 'Hi', asked(from))).json()) as { content: unknown };
    const messages = [user(), claude(first.content), user('And?')];
    const second = await practise('anthropic', '', asked(to, { messages, ...(system && { system }) }));
    expect(second.status).toBe(status);
  });
});

function messageIn(body: unknown): string {
  const { error, message } = body as { error?: { message: string }; message?: string };
  return error?.message ?? message ?? '';
}
