import { describe, expect, it } from 'vitest';
import { seal } from '../../../src/doors/capsule.ts';
import { COUNT_TOKENS, MESSAGES } from '../../../src/doors/messages/door.ts';

const LIMITS = { maxBodyBytes: 1_000_000, maxMessages: 100, maxDepth: 64 };

function read(body: object, headers: Record<string, string> = {}, door = MESSAGES) {
  const asked = { limits: LIMITS, header: (name: string) => headers[name], param: () => undefined };
  return door.read(JSON.stringify({ model: 'm', max_tokens: 100, ...body }), asked);
}

const HI = [{ role: 'user', content: 'Hi' }];
const said = (...content: object[]) => ({ messages: [{ role: 'user', content }] });
const answered = (...content: object[]) => ({ messages: [...HI, { role: 'assistant', content }, ...HI] });
const offered = (...tools: object[]) => ({ messages: HI, tools });
const MARK = { type: 'ephemeral' };
/** Anthropic's own tool at work. */
const SEARCH = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} };
const FOUND = { type: 'web_search_tool_result', tool_use_id: 's', content: [] };
const SCHEMA = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
const LOOSE = { type: 'object', properties: { a: { type: 'string' } } };
const FOREIGN = [{ type: 'reasoning.encrypted' as const, format: 'google-gemini-v1', data: 'abc', id: 'call_1' }];

interface Row {
  name: string;
  body: object;
  request?: object;
  messages?: object[];
  lost?: string[];
  only?: string;
  passes?: boolean;
}

const ROWS: Row[] = [
  {
    name: 'a plain request is a plain request',
    body: { messages: HI },
    request: { model: 'm', max_tokens: 100 },
    messages: HI,
  },
  {
    name: 'instructions come first',
    body: { system: 'Be brief.', messages: HI },
    messages: [{ role: 'system', content: 'Be brief.' }, ...HI],
  },
  {
    name: 'marked instructions keep their marks',
    body: {
      system: [
        { type: 'text', text: 'A' },
        { type: 'text', text: 'B', cache_control: { ...MARK, ttl: '1h' } },
      ],
      messages: HI,
    },
    messages: [
      {
        role: 'system',
        content: [
          { type: 'text', text: 'A' },
          { type: 'text', text: 'B', cache_control: { type: 'ephemeral', ttl: '1h' } },
        ],
      },
      ...HI,
    ],
  },
  {
    name: 'late instructions stay where they are',
    body: { messages: [...HI, { role: 'system', content: 'Now in French.' }] },
    messages: [...HI, { role: 'system', content: 'Now in French.' }],
  },
  {
    name: 'what else late instructions change is named',
    body: {
      messages: [
        ...HI,
        {
          role: 'system',
          clear_at: 'next_user_message',
          content: [
            { type: 'text', text: 'Now in French.' },
            { type: 'tool_removal', tool: { type: 'tool_reference', name: 'a' } },
          ],
        },
        ...HI,
        { role: 'system', output_config: { effort: 'low' } },
      ],
    },
    messages: [...HI, { role: 'system', content: 'Now in French.' }, ...HI],
    lost: ['messages.1.clear_at', 'messages.1.content.1', 'messages.3.output_config'],
  },
  {
    name: 'a tool that is defined in mid-conversation needs Anthropic',
    body: {
      messages: [...HI, { role: 'system', content: [{ type: 'tool_addition', tool: { type: 'tool_definition' } }] }],
    },
    only: 'messages.1.content.0.tool',
  },
  {
    name: 'a deferred tool that was found is there',
    body: {
      messages: [
        ...HI,
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'ToolSearch', input: {} }] },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'tool_reference', tool_name: 'Web' }] }],
        },
      ],
    },
    messages: [
      ...HI,
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 't', type: 'function', function: { name: 'ToolSearch', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 't', content: 'The tool Web is available.' },
    ],
  },
  {
    name: 'images by their bytes, their address and their file',
    body: said(
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } },
      { type: 'image', source: { type: 'url', url: 'https://a.test/b.png' } },
      { type: 'image', source: { type: 'file', file_id: 'file_1' } },
    ),
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
          { type: 'image_url', image_url: { url: 'https://a.test/b.png' } },
          { type: 'file', file: { file_id: 'file_1' } },
        ],
      },
    ],
  },
  {
    name: 'documents, and what of them has no other place',
    body: said(
      { type: 'document', title: 'A', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' } },
      {
        type: 'document',
        title: 'B',
        context: 'why',
        citations: { enabled: true },
        source: { type: 'text', media_type: 'text/plain', data: 'words' },
      },
      {
        type: 'document',
        source: { type: 'content', content: [{ type: 'text', text: 'inner' }] },
        cache_control: MARK,
      },
    ),
    messages: [
      {
        role: 'user',
        content: [
          { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBE', filename: 'A' } },
          { type: 'text', text: '<document title="B">\nwords\n</document>' },
          { type: 'text', text: 'inner', cache_control: { type: 'ephemeral' } },
        ],
      },
    ],
    lost: ['messages.0.content.1.context', 'messages.0.content.1.citations', 'messages.0.content.2.source.content'],
  },
  {
    name: 'a search result is text that says where it is from',
    body: said({ type: 'search_result', title: 'T', source: 's', content: [{ type: 'text', text: 'found' }] }),
    messages: [{ role: 'user', content: '<search_result title="T" source="s">\nfound\n</search_result>' }],
    lost: ['messages.0.content.0'],
  },
  {
    name: 'calls and their results, which may have failed and may show images',
    body: {
      messages: [
        ...HI,
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Look.' },
            { type: 'tool_use', id: 'toolu_1', name: 'a', input: { x: 1 }, cache_control: MARK },
            { type: 'tool_use', id: 'toolu_2', name: 'b', input: {} },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'And?' },
            { type: 'tool_result', tool_use_id: 'toolu_1', is_error: true, content: 'broken' },
            {
              type: 'tool_result',
              tool_use_id: 'toolu_2',
              content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } }],
            },
          ],
        },
      ],
    },
    messages: [
      ...HI,
      {
        role: 'assistant',
        content: 'Look.',
        tool_calls: [
          {
            id: 'toolu_1',
            type: 'function',
            function: { name: 'a', arguments: '{"x":1}' },
            cache_control: { type: 'ephemeral' },
          },
          { id: 'toolu_2', type: 'function', function: { name: 'b', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'toolu_1', content: 'broken', is_error: true },
      {
        role: 'tool',
        tool_call_id: 'toolu_2',
        content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } }],
      },
      { role: 'user', content: 'And?' },
    ],
  },
  {
    name: "Claude's own thoughts keep their signatures",
    body: answered(
      { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
      { type: 'redacted_thinking', data: 'xyz' },
      { type: 'text', text: 'Yes.' },
    ),
    messages: [
      ...HI,
      {
        role: 'assistant',
        content: 'Yes.',
        reasoning_content: 'Hm.',
        reasoning_details: [
          { type: 'reasoning.text', text: 'Hm.', signature: 'sig', format: 'anthropic-claude-v1', index: 0 },
          { type: 'reasoning.encrypted', data: 'xyz', format: 'anthropic-claude-v1', index: 1 },
        ],
      },
      ...HI,
    ],
  },
  {
    name: "another's thoughts come out of their capsule, and then the words are only ours",
    body: answered(
      { type: 'thinking', thinking: 'Hm.', signature: seal(FOREIGN) },
      { type: 'text', text: 'Yes.' },
      { type: 'redacted_thinking', data: seal(FOREIGN) },
    ),
    messages: [
      ...HI,
      { role: 'assistant', content: 'Yes.', reasoning_content: 'Hm.', reasoning_details: [...FOREIGN, ...FOREIGN] },
      ...HI,
    ],
    passes: false,
  },
  {
    name: 'a thought that nobody signed does not go to Claude as it is',
    body: answered({ type: 'thinking', thinking: 'Hm.', signature: '' }, { type: 'text', text: 'Yes.' }),
    messages: [...HI, { role: 'assistant', content: 'Yes.', reasoning_content: 'Hm.' }, ...HI],
    passes: false,
  },
  {
    name: 'citations of ours do not go to Claude either',
    body: answered({
      type: 'text',
      text: 'Yes.',
      citations: [{ type: 'web_search_result_location', encrypted_index: seal([]) }],
    }),
    lost: ['messages.1.content.0.citations'],
    passes: false,
  },
  {
    name: 'what Anthropic’s tools have done is past, and named once',
    body: answered(SEARCH, FOUND, { type: 'text', text: 'Found.' }),
    messages: [...HI, { role: 'assistant', content: 'Found.' }, ...HI],
    lost: ['messages.1.content.0'],
  },
  {
    name: 'a turn that paused among Anthropic’s tools goes on at Anthropic',
    body: {
      messages: [...HI, { role: 'assistant', content: [{ type: 'text', text: 'I look.' }, SEARCH, FOUND] }],
    },
    messages: [...HI, { role: 'assistant', content: 'I look.' }],
    lost: ['messages.1.content.1'],
    only: 'messages.1.content.2.type',
  },
  {
    name: 'a turn that paused goes on in words where the words are only ours',
    body: {
      messages: [
        ...HI,
        { role: 'assistant', content: [{ type: 'thinking', thinking: '', signature: seal([]) }, SEARCH] },
      ],
    },
    lost: ['messages.1.content.1'],
    passes: false,
  },
  {
    name: 'a summary that stands for the beginning needs Anthropic',
    body: answered({ type: 'compaction', content: 'Before.' }),
    only: 'messages.1.content.0.type',
  },
  {
    name: 'tools',
    body: offered(
      {
        name: 'a',
        description: 'A',
        input_schema: SCHEMA,
        strict: true,
        cache_control: MARK,
        eager_input_streaming: true,
      },
      {
        type: 'custom',
        name: 'b',
        input_schema: LOOSE,
        strict: true,
        defer_loading: false,
        input_examples: [{ a: '1' }],
      },
    ),
    request: {
      tools: [
        {
          type: 'function',
          function: { name: 'a', description: 'A', parameters: SCHEMA, strict: true },
          cache_control: { type: 'ephemeral' },
        },
        { type: 'function', function: { name: 'b', parameters: LOOSE } },
      ],
    },
    lost: ['tools.1.input_examples', 'tools.1.strict'],
  },
  {
    name: 'a search of the web',
    body: offered({
      type: 'web_search_20260318',
      name: 'web_search',
      max_uses: 3,
      user_location: { type: 'approximate', city: 'Bern', country: 'CH' },
    }),
    request: {
      web_search_options: { user_location: { type: 'approximate', approximate: { city: 'Bern', country: 'CH' } } },
    },
    lost: ['tools.0.max_uses'],
  },
  {
    name: 'a tool of Anthropic’s needs Anthropic',
    body: offered({ type: 'bash_20250124', name: 'bash' }),
    only: 'tools.0.type',
  },
  {
    name: 'servers of tools need Anthropic',
    body: { messages: HI, mcp_servers: [{ url: 'https://a.test' }] },
    only: 'mcp_servers',
  },
  { name: 'no servers of tools need nobody', body: { messages: HI, mcp_servers: [], container: null } },
  { name: 'filling the cache needs Anthropic', body: { messages: HI, max_tokens: 0 }, only: 'max_tokens' },
  {
    name: 'a forced tool, one at a time',
    body: {
      ...offered({ name: 'a', input_schema: LOOSE }),
      tool_choice: { type: 'tool', name: 'a', disable_parallel_tool_use: true },
    },
    request: { tool_choice: { type: 'function', function: { name: 'a' } }, parallel_tool_calls: false },
  },
  {
    name: 'any tool',
    body: { ...offered({ name: 'a', input_schema: LOOSE }), tool_choice: { type: 'any' } },
    request: { tool_choice: 'required' },
  },
  {
    name: 'a thinking budget, as a number and as an effort',
    body: { messages: HI, thinking: { type: 'enabled', budget_tokens: 10_000 } },
    request: { reasoning: { max_tokens: 10_000 }, reasoning_effort: 'medium' },
  },
  {
    name: 'an effort',
    body: { messages: HI, thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'max' } },
    request: { reasoning: { enabled: true, exclude: true }, reasoning_effort: 'max' },
  },
  {
    name: 'no thinking',
    body: { messages: HI, thinking: { type: 'disabled' } },
    request: { reasoning_effort: 'none' },
  },
  {
    name: 'thoughts that nobody asked for are not shown',
    body: { messages: HI },
    request: { reasoning: { exclude: true } },
  },
  {
    name: 'a schema for the answer, under its old name too',
    body: { messages: HI, output_format: { type: 'json_schema', schema: LOOSE } },
    request: {
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: LOOSE, strict: false } },
    },
  },
  {
    name: 'sampling, stops, who asks and what it is worth',
    body: {
      messages: HI,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 5,
      stop_sequences: ['END'],
      metadata: { user_id: 'u' },
      service_tier: 'standard_only',
      cache_control: { ...MARK, ttl: '1h' },
    },
    request: {
      temperature: 0.5,
      top_p: 0.9,
      top_k: 5,
      stop: ['END'],
      user: 'u',
      service_tier: 'default',
      prompt_cache_options: { mode: 'implicit', ttl: '30m' },
    },
  },
  {
    name: 'a stream tells its usage',
    body: { messages: HI, stream: true },
    request: { stream: true, stream_options: { include_usage: true } },
  },
  {
    name: 'what the context is to be cleared of, and what we do not know, is named',
    body: {
      messages: HI,
      context_management: { edits: [] },
      unheard_of: 1,
      speed: 'standard',
      output_config: { task_budget: {} },
    },
    lost: ['context_management', 'unheard_of', 'output_config.task_budget'],
  },
];

describe('reading', () => {
  it.each(ROWS)('$name', ({ body, request, messages, lost = [], only, passes = true }) => {
    const entry = read(body);
    expect(entry.request).toMatchObject(request ?? {});
    expect(entry.request.messages).toEqual(messages ?? entry.request.messages);
    expect(entry.lost.map(({ param }) => param).toSorted()).toEqual(lost.toSorted());
    expect({ only: entry.original.only, passes: entry.original.passes }).toEqual({ only, passes });
  });

  it('leaves the client’s text as it was', () => {
    const text = '{ "model":"m", "max_tokens":1e2,\n"messages":[{"role":"user","content":"H\\u0069"}] }';
    const asked = { limits: LIMITS, header: () => undefined, param: () => undefined };
    expect(MESSAGES.read(text, asked).original).toMatchObject({ wire: 'messages', text, passes: true });
  });

  it('counts a prompt that names no length', () => {
    const asked = { limits: LIMITS, header: () => undefined, param: () => undefined };
    expect(COUNT_TOKENS.read(JSON.stringify({ model: 'm', messages: HI }), asked).request.max_tokens).toBeUndefined();
  });
});

function refusalOf(body: object): unknown {
  try {
    return read(body).request;
  } catch (error) {
    return error;
  }
}

describe('refusing', () => {
  it.each([
    ['no model', { model: '', messages: HI }, 'model'],
    ['no length', { max_tokens: undefined, messages: HI }, 'max_tokens'],
    ['no messages', { messages: [] }, 'messages'],
    ['a role of another API', { messages: [{ role: 'developer', content: 'x' }] }, 'messages.0.role'],
    ['an image without a source', said({ type: 'text', text: 'a' }, { type: 'image' }), 'messages.0.content.1.source'],
    ['text that is none', said({ type: 'text', text: 5 }), 'messages.0.content.0.text'],
    ['a source of no kind', said({ type: 'image', source: { type: 'ftp' } }), 'messages.0.content.0.source.type'],
    [
      'a result with a broken block',
      said({ type: 'tool_result', tool_use_id: 't', content: [{ type: 'image', source: { type: 'url' } }] }),
      'messages.0.content.0.content.0.source.url',
    ],
    ['a thought of a user', said({ type: 'thinking', thinking: 'a', signature: 'b' }), 'messages.0.content.0'],
    [
      'an image of the assistant',
      answered({ type: 'image', source: { type: 'url', url: 'u' } }),
      'messages.1.content.0',
    ],
    ['a user who says nothing', said(), 'messages.0.content'],
    ['a tool without a schema', offered({ name: 'a' }), 'tools.0.input_schema'],
    ['a choice of no kind', { messages: HI, tool_choice: { type: 'some' } }, 'tool_choice'],
    ['too warm', { messages: HI, temperature: 1.5 }, 'temperature'],
    [
      'a mark of no kind',
      { messages: HI, system: [{ type: 'text', text: 'a', cache_control: { type: 'x' } }] },
      'system.0.cache_control.type',
    ],
    ['a conversation that the server should keep', { messages: HI, thread: { type: 'create' } }, 'thread'],
  ])('%s', (_, body, param) => {
    const error = refusalOf(body);
    expect(error).toMatchObject({ kind: 'invalid_request', param, message: expect.stringContaining(param) });
  });
});

describe('headers', () => {
  const betas =
    'claude-code-20250219, interleaved-thinking-2025-05-14,message-threads-2026-08-12,evil, context-1m-2025-08-07';
  it.each([
    ['both versions go on', { 'anthropic-version': '2026-10-21' }, { 'anthropic-version': '2026-10-21' }],
    ['and the older', { 'anthropic-version': '2023-06-01' }, { 'anthropic-version': '2023-06-01' }],
    [
      'of the betas those that we know',
      { 'anthropic-beta': betas },
      { 'anthropic-beta': 'claude-code-20250219,interleaved-thinking-2025-05-14,context-1m-2025-08-07' },
    ],
    ['nothing else', { authorization: 'Bearer x', 'x-api-key': 'y', 'anthropic-beta': 'skills-2025-10-02' }, {}],
  ])('%s', (_, headers, passed) => {
    expect(read({ messages: HI }, headers as Record<string, string>).original.headers).toEqual(passed);
  });

  it('a version that we cannot write is refused', () => {
    expect(() => read({ messages: HI }, { 'anthropic-version': '2023-01-01' })).toThrow('anthropic-version');
  });
});
