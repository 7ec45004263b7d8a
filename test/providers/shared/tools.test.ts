import { describe, expect, it } from 'vitest';
import { toConversation } from '../../../providers/shared/conversation.ts';
import { readTools, toolsFromHistory } from '../../../providers/shared/tools.ts';
import type { ChatRequest } from '../../../src/core/chat.ts';
import { makeCall } from '../../support/call.ts';

const request = (fields: object) => ({ model: 'm', messages: [], ...fields }) as unknown as ChatRequest;
const tool = (name: string, rest = {}) => ({ type: 'function', function: { name, ...rest } });
const custom = (name: string, format?: object) => ({ type: 'custom', custom: { name, ...(format && { format }) } });
const plain = (name: string, rest = {}) => ({ name, strict: false, custom: false, ...rest });
const parameters = { type: 'object', properties: {} };

describe('tools and the choice among them', () => {
  const rows: { name: string; fields: object; plan: object }[] = [
    { name: 'no tools', fields: {}, plan: { tools: [], mode: 'auto', explicit: false } },
    {
      name: 'a function',
      fields: { tools: [tool('f', { description: 'd', parameters, strict: true })] },
      plan: { tools: [plain('f', { description: 'd', parameters, strict: true })], mode: 'auto', explicit: false },
    },
    {
      name: 'a marked tool',
      fields: { tools: [{ ...tool('f'), cache_control: { type: 'ephemeral', ttl: '1h' } }] },
      plan: { tools: [plain('f', { cache: { ttl: '1h' } })] },
    },
    {
      name: 'a free-text tool',
      fields: { tools: [custom('sh'), custom('py', { type: 'text' })] },
      plan: {
        tools: [plain('sh', { custom: true }), plain('py', { custom: true })],
        customNames: new Set(['sh', 'py']),
      },
    },
    {
      name: 'old functions',
      fields: { functions: [{ name: 'f', description: 'd', parameters }], function_call: 'auto' },
      plan: { tools: [plain('f', { description: 'd', parameters })], mode: 'auto', explicit: true },
    },
    {
      name: 'an old choice',
      fields: { functions: [{ name: 'f' }], function_call: { name: 'f' } },
      plan: { mode: 'required', explicit: true, name: 'f' },
    },
    {
      name: 'the choice of none',
      fields: { tools: [tool('f')], tool_choice: 'none' },
      plan: { mode: 'none', explicit: true },
    },
    {
      name: 'the choice of any',
      fields: { tools: [tool('f')], tool_choice: 'required' },
      plan: { mode: 'required', explicit: true },
    },
    {
      name: 'the choice of one',
      fields: { tools: [tool('f')], tool_choice: tool('f') },
      plan: { mode: 'required', explicit: true, name: 'f' },
    },
    {
      name: 'the choice of a free-text tool',
      fields: { tools: [custom('sh')], tool_choice: custom('sh') },
      plan: { mode: 'required', name: 'sh' },
    },
    {
      name: 'the choice among some',
      fields: {
        tools: [tool('f'), tool('g')],
        tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [tool('g')] } },
      },
      plan: { mode: 'required', explicit: true, allowed: ['g'] },
    },
    {
      name: 'some, but none must be called',
      fields: {
        tools: [tool('f')],
        tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [tool('f')] } },
      },
      plan: { mode: 'auto', allowed: ['f'] },
    },
    {
      name: 'one call at a time',
      fields: { tools: [tool('f')], parallel_tool_calls: false },
      plan: { parallel: false },
    },
    { name: 'a choice without tools says nothing', fields: { tool_choice: 'none' }, plan: { tools: [], mode: 'none' } },
  ];
  it.each(rows)('$name', ({ fields, plan }) => {
    expect(readTools(request(fields))).toMatchObject(plan);
  });

  const refusals: { name: string; fields: object; kind?: string; param: string }[] = [
    {
      name: 'a grammar',
      fields: { tools: [custom('sh', { type: 'grammar' })] },
      kind: 'unsupported',
      param: 'tools.0.custom.format',
    },
    {
      name: 'an unknown type of tool',
      fields: { tools: [tool('f'), { type: 'web_search_20260318' }] },
      kind: 'unsupported',
      param: 'tools.1.type',
    },
    { name: 'a tool without a name', fields: { tools: [tool('')] }, param: 'tools.0.function.name' },
    {
      name: 'parameters that are no object',
      fields: { functions: [{ name: 'f', parameters: [] }] },
      param: 'functions.0.parameters',
    },
    { name: 'two tools of one name', fields: { tools: [tool('f'), custom('f')] }, param: 'tools' },
    {
      name: 'a forced tool that is not there',
      fields: { tools: [tool('f')], tool_choice: tool('g') },
      param: 'tool_choice',
    },
    {
      name: 'a forced function that is not there',
      fields: { functions: [{ name: 'f' }], function_call: { name: 'g' } },
      param: 'function_call',
    },
    {
      name: 'an allowed tool that is not there',
      fields: {
        tools: [tool('f')],
        tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [tool('g')] } },
      },
      param: 'tool_choice',
    },
    {
      name: 'nothing allowed',
      fields: {
        tools: [tool('f')],
        tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } },
      },
      param: 'tool_choice.allowed_tools.tools',
    },
    { name: 'a forced call without tools', fields: { tool_choice: 'required' }, param: 'tool_choice' },
    {
      name: 'a choice of no known shape',
      fields: { tools: [tool('f')], tool_choice: { name: 'f' } },
      param: 'tool_choice',
    },
    { name: 'tools that are no list', fields: { tools: 'f' }, param: 'tools' },
  ];
  it.each(refusals)('$name is refused', ({ fields, kind = 'invalid_request', param }) => {
    expect(() => readTools(request(fields))).toThrow(expect.objectContaining({ kind, param }));
  });
});

describe('tools of the history', () => {
  it('are each named once', () => {
    const call = (id: string, name: string) => ({ id, type: 'function', function: { name, arguments: '{}' } });
    const messages = [
      { role: 'user', content: 'a' },
      {
        role: 'assistant',
        tool_calls: [call('1', 'f'), call('2', 'f'), { id: '3', type: 'custom', custom: { name: 'sh', input: '' } }],
      },
      ...['1', '2', '3'].map((id) => ({ role: 'tool', tool_call_id: id, content: '' })),
    ];
    const { turns } = toConversation(makeCall({ messages } as Partial<ChatRequest>), { reasoningFormat: 'x' });
    expect(toolsFromHistory(turns)).toEqual([plain('f', { parameters }), plain('sh', { parameters, custom: true })]);
  });
});
