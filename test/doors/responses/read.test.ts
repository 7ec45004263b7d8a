import { describe, expect, it } from 'vitest';
import { asGatewayError } from '../../../src/core/errors.ts';
import type { Entry } from '../../../src/doors/door.ts';
import { seal } from '../../../src/doors/capsule.ts';
import { openRecording, RESPONSES } from '../../../src/doors/responses/door.ts';
import type { Kept } from '../../../src/doors/responses/stored.ts';

const ASKED = {
  limits: { maxBodyBytes: 1e6, maxMessages: 50, maxDepth: 32 },
  header: () => undefined,
  param: () => undefined,
};
const read = (body: object): Entry => RESPONSES.read(JSON.stringify({ model: 'm', input: 'Hi', ...body }), ASKED);
const user = (text: string) => ({ role: 'user', content: text });
const CAPSULE = seal([
  { type: 'reasoning.text', format: 'anthropic-claude-v1', text: 'hm', signature: 's', issuer: 'a/b' },
]);
const CALL = { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":1}' };
const OUTPUT = { type: 'function_call_output', call_id: 'c1', output: 'done' };
const TOOL = { type: 'function', name: 'f', parameters: { type: 'object' } };

const requests: { name: string; body: object; becomes: object }[] = [
  { name: 'a text is a user’s message', body: {}, becomes: { model: 'm', messages: [user('Hi')] } },
  {
    name: 'instructions stand first, as the system’s',
    body: { instructions: 'Be short' },
    becomes: { messages: [{ role: 'system', content: 'Be short' }, user('Hi')] },
  },
  {
    name: 'a developer is the system',
    body: { input: [{ role: 'developer', content: [{ type: 'input_text', text: 'a' }] }, user('Hi')] },
    becomes: { messages: [{ role: 'system', content: [{ type: 'text', text: 'a' }] }, user('Hi')] },
  },
  {
    name: 'images, files and sounds are parts, and keep their cache marks',
    body: {
      input: [
        {
          type: 'message',
          role: 'user',
          content: [
            { type: 'input_text', text: 'see', prompt_cache_breakpoint: { mode: 'explicit' } },
            { type: 'input_image', image_url: 'data:image/png;base64,AA', detail: 'low' },
            { type: 'input_file', file_url: 'https://x.test/a.pdf', filename: 'a.pdf' },
            { type: 'input_file', file_id: 'file_1' },
            { type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } },
          ],
        },
      ],
    },
    becomes: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'see', prompt_cache_breakpoint: { mode: 'explicit' } },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AA', detail: 'low' } },
            { type: 'file', file: { file_data: 'https://x.test/a.pdf', filename: 'a.pdf' } },
            { type: 'file', file: { file_id: 'file_1' } },
            { type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } },
          ],
        },
      ],
    },
  },
  {
    name: 'what an assistant thinks, says and calls is one turn',
    body: {
      input: [
        user('go'),
        { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'so' }], encrypted_content: 'enc' },
        {
          type: 'message',
          role: 'assistant',
          content: [
            { type: 'output_text', text: 'a' },
            { type: 'refusal', refusal: 'no' },
          ],
        },
        CALL,
        { ...CALL, call_id: 'c2' },
        OUTPUT,
        { ...OUTPUT, call_id: 'c2', output: [{ type: 'input_text', text: 'two' }] },
      ],
      tools: [TOOL],
    },
    becomes: {
      messages: [
        user('go'),
        {
          role: 'assistant',
          content: 'a',
          refusal: 'no',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
            { id: 'c2', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
          ],
          reasoning_details: [
            { type: 'reasoning.summary', summary: 'so', format: 'openai-responses-v1', id: 'rs_1' },
            { type: 'reasoning.encrypted', data: 'enc', format: 'openai-responses-v1', id: 'rs_1' },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'done' },
        { role: 'tool', tool_call_id: 'c2', content: [{ type: 'text', text: 'two' }] },
      ],
    },
  },
  {
    name: 'another model’s reasoning comes out of its capsule',
    body: {
      input: [
        user('a'),
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: CAPSULE },
        { role: 'assistant', content: 'b' },
        user('c'),
      ],
    },
    becomes: {
      messages: [
        user('a'),
        {
          role: 'assistant',
          content: 'b',
          reasoning_details: [
            { type: 'reasoning.text', format: 'anthropic-claude-v1', text: 'hm', signature: 's', issuer: 'a/b' },
          ],
        },
        user('c'),
      ],
    },
  },
  {
    name: 'a thought that came to nothing is left out',
    body: { input: [{ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'enc' }, user('a')] },
    becomes: { messages: [user('a')] },
  },
  {
    name: 'functions keep their schema and their strictness',
    body: { tools: [{ ...TOOL, description: 'd', strict: true }], tool_choice: { type: 'function', name: 'f' } },
    becomes: {
      tools: [
        { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true } },
      ],
      tool_choice: { type: 'function', function: { name: 'f' } },
    },
  },
  {
    name: 'a choice among allowed tools names functions',
    body: {
      tools: [TOOL, { type: 'custom', name: 'c' }],
      tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'custom', name: 'c' }] },
    },
    becomes: {
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'c' } }] },
      },
    },
  },
  {
    name: 'a search of the web is chat’s',
    body: {
      tools: [{ type: 'web_search', search_context_size: 'low', user_location: { type: 'approximate', city: 'Oslo' } }],
    },
    becomes: {
      web_search_options: {
        search_context_size: 'low',
        user_location: { type: 'approximate', approximate: { city: 'Oslo' } },
      },
    },
  },
  {
    name: 'a search that is only offered may be missing; one that is chosen may not',
    body: { tools: [{ type: 'web_search' }] },
    becomes: { web_search_options: {}, optional_fields: ['web_search_options'] },
  },
  {
    name: 'what stands in the input is a tool too, and what a search has found again is no second one',
    body: {
      tools: [TOOL],
      parallel_tool_calls: false,
      input: [{ type: 'additional_tools', role: 'developer', tools: [{ ...TOOL, name: 'g' }, TOOL] }, user('a')],
    },
    becomes: { tools: [{ function: { name: 'f' } }, { function: { name: 'g' } }], parallel_tool_calls: false },
  },
  {
    name: 'an output of nothing is an empty text',
    body: { input: [user('a'), CALL, { ...OUTPUT, output: [] }] },
    becomes: {
      messages: [user('a'), { role: 'assistant' }, { role: 'tool', tool_call_id: 'c1', content: '' }],
    },
  },
  {
    name: 'calls of a namespace carry its name',
    body: {
      tools: [{ type: 'namespace', name: 'crm', description: '', tools: [TOOL] }],
      input: [user('a'), { ...CALL, namespace: 'crm' }, OUTPUT],
    },
    becomes: {
      tools: [{ type: 'function', function: { name: 'crm__f', parameters: { type: 'object' } } }],
      messages: [
        user('a'),
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'crm__f', arguments: '{"a":1}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'done' },
      ],
    },
  },
  {
    name: 'a tool that was found stands in a namespace of its own',
    body: { tools: [TOOL], input: [user('a'), { ...CALL, namespace: 'f' }, OUTPUT] },
    becomes: { messages: [user('a'), { tool_calls: [{ function: { name: 'f' } }] }, { role: 'tool' }] },
  },
  {
    name: 'what a client carries out itself is a function: calls and results in the history too',
    body: {
      tools: [{ type: 'local_shell' }, { type: 'custom', name: 'patch' }],
      input: [
        user('a'),
        {
          type: 'local_shell_call',
          call_id: 'c1',
          status: 'completed',
          action: { type: 'exec', command: ['ls'], env: {} },
        },
        { type: 'custom_tool_call', call_id: 'c2', name: 'patch', input: 'x' },
        { type: 'local_shell_call_output', id: 'c1', output: 'files' },
        { type: 'custom_tool_call_output', call_id: 'c2', output: 'ok' },
      ],
    },
    becomes: {
      messages: [
        user('a'),
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'local_shell', arguments: '{"command":["ls"],"env":{}}' } },
            { id: 'c2', type: 'function', function: { name: 'patch', arguments: '{"input":"x"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'files' },
        { role: 'tool', tool_call_id: 'c2', content: 'ok' },
      ],
    },
  },
  {
    name: 'a format, a limit and an effort have chat’s names',
    body: {
      text: { format: { type: 'json_schema', name: 'n', strict: true, schema: { type: 'object' } }, verbosity: 'low' },
      max_output_tokens: 100,
      reasoning: { effort: 'low', summary: 'auto' },
      include: ['message.output_text.logprobs'],
      top_logprobs: 2,
    },
    becomes: {
      response_format: { type: 'json_schema', json_schema: { name: 'n', strict: true, schema: { type: 'object' } } },
      verbosity: 'low',
      max_tokens: 100,
      reasoning_effort: 'low',
      reasoning: {},
      logprobs: true,
      top_logprobs: 2,
    },
  },
  {
    name: 'what has the same name keeps it',
    body: {
      temperature: 0.5,
      top_p: 0.5,
      metadata: { a: 'b' },
      user: 'u',
      safety_identifier: 's',
      prompt_cache_key: 'k',
      service_tier: 'flex',
      stream: true,
    },
    becomes: {
      temperature: 0.5,
      top_p: 0.5,
      metadata: { a: 'b' },
      user: 'u',
      safety_identifier: 's',
      prompt_cache_key: 'k',
      service_tier: 'flex',
      stream: true,
    },
  },
];

describe('the canonical request', () => {
  it('demands a search that is chosen, and a choice among no tools is none', () => {
    const { request } = read({ tools: [{ type: 'web_search' }], tool_choice: { type: 'web_search' } });
    expect(request).toEqual({ model: 'm', messages: [user('Hi')], web_search_options: {} });
    expect(read({ tools: [], tool_choice: 'auto', parallel_tool_calls: true }).request).not.toHaveProperty(
      'tool_choice',
    );
  });

  it.each(requests)('$name', ({ body, becomes }) => {
    expect(read(body).request).toMatchObject(becomes);
  });

  it('has no number of log probabilities where none are included', () => {
    expect(read({ top_logprobs: 2 }).request).not.toHaveProperty('top_logprobs');
  });

  it('holds nothing that was not asked for', () => {
    expect(read({ store: true, temperature: null }).request).toEqual({ model: 'm', messages: [user('Hi')] });
  });
});

const losses: { name: string; body: object; lost: string[]; only?: string }[] = [
  { name: 'nothing of a plain request', body: {}, lost: [] },
  {
    name: 'no settings of the store, and no counts of tools that are not there',
    body: { store: false, max_tool_calls: 3, stream_options: { include_obfuscation: false }, truncation: 'disabled' },
    lost: [],
  },
  { name: 'truncation', body: { truncation: 'auto' }, lost: ['truncation dropped'] },
  {
    name: 'settings of reasoning',
    body: { reasoning: { effort: 'low', context: 'all_turns' }, client_metadata: {} },
    lost: ['reasoning.context dropped'],
  },
  { name: 'a field that nobody knows', body: { foo: 1 }, lost: ['foo dropped'] },
  {
    name: 'the order of a grammar',
    body: { tools: [{ type: 'custom', name: 'c', format: { type: 'grammar', syntax: 'lark', definition: 'x' } }] },
    lost: ['tools.0.format changed'],
  },
  {
    name: 'a free-text tool, which is emulated',
    body: {
      tools: [{ type: 'custom', name: 'c' }, { type: 'local_shell' }, { type: 'apply_patch' }, { type: 'shell' }],
    },
    lost: ['tools.0 emulated', 'tools.1 emulated', 'tools.2 emulated', 'tools.3 emulated'],
  },
  {
    name: 'a search’s filters',
    body: { tools: [{ type: 'web_search', filters: { allowed_domains: ['x'] } }] },
    lost: ['tools.0.filters dropped'],
  },
  {
    name: 'an asynchronous function',
    body: { tools: [{ ...TOOL, async: true, defer_loading: true }] },
    lost: ['tools.0.async dropped'],
  },
  { name: 'a search for tools', body: { tools: [{ type: 'tool_search' }, TOOL] }, lost: ['tools.0 changed'] },
  {
    name: 'records of OpenAI’s own work, once each kind',
    body: {
      input: [
        user('a'),
        { type: 'web_search_call', id: 'ws_1' },
        { type: 'web_search_call', id: 'ws_2' },
        { type: 'mcp_call', id: 'm' },
      ],
    },
    lost: ['input.1 dropped', 'input.3 dropped'],
  },
  {
    name: 'tools that only OpenAI has',
    body: { tools: [TOOL, { type: 'file_search' }, { type: 'mcp' }] },
    lost: [],
    only: 'tools.1',
  },
  {
    name: 'a shell in OpenAI’s container',
    body: { tools: [{ type: 'shell', environment: { type: 'container_auto' } }] },
    lost: [],
    only: 'tools.0',
  },
  {
    name: 'a choice of such a tool',
    body: { tools: [TOOL], tool_choice: { type: 'file_search' } },
    lost: [],
    only: 'tool_choice',
  },
  {
    name: 'an image that lies at OpenAI',
    body: {
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'a' },
            { type: 'input_image', file_id: 'f' },
          ],
        },
      ],
    },
    lost: [],
    only: 'input.0.content.1',
  },
  {
    name: 'a compacted conversation',
    body: { input: [{ type: 'compaction', encrypted_content: 'x' }, user('a')] },
    lost: [],
    only: 'input.0',
  },
  { name: 'a prompt that lies at OpenAI', body: { input: undefined, prompt: { id: 'p' } }, lost: [], only: 'prompt' },
];

describe('what the canonical request cannot hold', () => {
  it.each(losses)('$name', ({ body, lost, only }) => {
    const entry = read(body);
    expect(entry.lost.map(({ param, action }) => `${param} ${action}`)).toEqual(lost);
    expect(entry.original.only).toBe(only);
  });
});

const mistakes: { name: string; body: object; param: string | undefined; code?: string }[] = [
  { name: 'no model', body: { model: undefined }, param: 'model' },
  { name: 'no input', body: { input: undefined }, param: 'input' },
  { name: 'an empty list', body: { input: [] }, param: 'input' },
  { name: 'input that is a number', body: { input: 1 }, param: 'input' },
  {
    name: 'an image that is a number',
    body: { input: [user('a'), user('b'), { role: 'user', content: [{ type: 'input_image', image_url: 1 }] }] },
    param: 'input.2.content.0.image_url',
  },
  {
    name: 'an image that is nowhere',
    body: { input: [{ role: 'user', content: [{ type: 'input_image' }] }] },
    param: 'input.0.content.0.image_url',
  },
  { name: 'a role that there is not', body: { input: [{ role: 'king', content: 'a' }] }, param: 'input.0.role' },
  { name: 'content that is a number', body: { input: [{ role: 'user', content: 5 }] }, param: 'input.0.content' },
  {
    name: 'a call without arguments',
    body: { input: [{ ...CALL, arguments: undefined }] },
    param: 'input.0.arguments',
  },
  {
    name: 'a result of no call',
    body: { input: [{ type: 'function_call_output', output: 'x' }] },
    param: 'input.0.call_id',
  },
  { name: 'a tool without a name', body: { tools: [{ type: 'function' }] }, param: 'tools.0.name' },
  { name: 'two tools of one name', body: { tools: [TOOL, TOOL] }, param: 'tools.1.name' },
  { name: 'a choice that is no choice', body: { tool_choice: 'maybe' }, param: 'tool_choice' },
  {
    name: 'a format without a schema',
    body: { text: { format: { type: 'json_schema', name: 'n' } } },
    param: 'text.format.schema',
  },
  { name: 'a format that there is not', body: { text: { format: { type: 'xml' } } }, param: 'text.format.type' },
  { name: 'too warm', body: { temperature: 3 }, param: 'temperature' },
  { name: 'more items than are taken', body: { input: Array.from({ length: 51 }, () => user('a')) }, param: 'input' },
  { name: 'a conversation', body: { conversation: 'conv_1' }, param: 'conversation', code: 'unsupported_parameter' },
  {
    name: 'work in the background, where nobody can come back for it',
    body: { background: true },
    param: 'background',
    code: 'unsupported_parameter',
  },
  {
    name: 'a response that is not there',
    body: { previous_response_id: 'resp_1' },
    param: 'previous_response_id',
    code: 'previous_response_not_found',
  },
  {
    name: 'an item that is not there',
    body: { input: [user('a'), { type: 'item_reference', id: 'msg_1' }] },
    param: 'input.1',
  },
];

describe('a mistake is a 400 that names the client’s own field', () => {
  it.each(mistakes)('$name', ({ body, param, code }) => {
    const failure = (() => {
      try {
        return read(body);
      } catch (cause) {
        return asGatewayError(cause);
      }
    })();
    expect(failure).toMatchObject({ kind: 'invalid_request', param, ...(code && { code }) });
  });
});

describe('the original', () => {
  it('is the client’s own text', () => {
    const text = ' {"input":"Hi" , "model":"m","store":false}';
    expect(RESPONSES.read(text, ASKED).original).toEqual({ wire: 'responses', text, passes: true, only: undefined });
  });

  it('is without our own fields, which are its ceilings', () => {
    const { original, ceilings } = read({ max_cost_usd: 0.5, max_latency_ms: 900 });
    expect(JSON.parse(original.text)).toEqual({ model: 'm', input: 'Hi' });
    expect(ceilings).toEqual({ maxCostUsd: 0.5, maxLatencyMs: 900 });
  });

  it('is without reasoning that OpenAI does not know', () => {
    const own = { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'enc' };
    const foreign = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: CAPSULE };
    const bare = { type: 'reasoning', id: 'rs_3', summary: [] };
    const input = [user('a'), foreign, own, bare, { role: 'assistant', content: 'b' }, user('c')];
    expect(JSON.parse(read({ input }).original.text)).toMatchObject({ input: [user('a'), own, input[4], user('c')] });
  });

  it('gives OpenAI its own reasoning back out of a capsule', () => {
    const details = [{ type: 'reasoning.encrypted' as const, format: 'openai-responses-v1', id: 'rs_9', data: 'enc' }];
    const input = [user('a'), { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: seal(details) }];
    const native = { type: 'reasoning', id: 'rs_9', summary: [], encrypted_content: 'enc' };
    expect(JSON.parse(read({ input }).original.text)).toMatchObject({ input: [user('a'), native] });
  });
});

describe('a request that goes on', () => {
  const previous: Kept = {
    response: {
      id: 'resp_1',
      status: 'completed',
      output: [
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: CAPSULE },
        {
          type: 'message',
          id: 'msg_1',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'b' }],
          citations: [],
        },
      ],
    },
    input: [{ type: 'message', id: 'msg_0', role: 'user', content: [{ type: 'input_text', text: 'a' }] }],
  };
  const newId = (prefix: string, length: number) => prefix.padEnd(prefix.length + length, '0');
  const goOn = (body: object) => {
    const recording = openRecording({ previous, newId });
    const text = JSON.stringify({ model: 'm', previous_response_id: 'resp_1', ...body });
    return { recording, entry: recording.door.read(text, ASKED) };
  };

  it('has all that went before it, and not the earlier instructions', () => {
    const { entry } = goOn({ input: 'c', instructions: 'now' });
    expect(entry.request.messages).toMatchObject([
      { role: 'system', content: 'now' },
      { role: 'user', content: [{ type: 'text', text: 'a' }] },
      { role: 'assistant', content: 'b', reasoning_details: [{ format: 'anthropic-claude-v1' }] },
      user('c'),
    ]);
  });

  it('is whole to OpenAI too, under no id that it would look for', () => {
    const { entry } = goOn({ input: 'c' });
    expect(JSON.parse(entry.original.text)).toEqual({
      model: 'm',
      input: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'a' }] },
        { type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'b' }] },
        user('c'),
      ],
    });
  });

  it('may name an item of it', () => {
    const { entry } = goOn({ input: [{ type: 'item_reference', id: 'msg_1' }, user('c')] });
    expect(entry.request.messages.filter(({ role }) => role === 'assistant')).toHaveLength(1);
  });

  it('is kept with all of it, each item under an id', () => {
    const { recording } = goOn({ input: 'c' });
    const { response, input } = recording.standing({ status: 'queued', createdSeconds: 7 });
    expect(response).toMatchObject({
      status: 'queued',
      created_at: 7,
      output: [],
      previous_response_id: 'resp_1',
      store: true,
    });
    expect(input.map(({ type }) => type)).toEqual(['message', 'reasoning', 'message', 'message']);
    expect(new Set(input.map(({ id }) => id)).size).toBe(4);
    expect(input.every(({ id }) => typeof id === 'string')).toBe(true);
  });
});
