/** Names of tools that a provider refuses: it gets others, and the client hears its own. */
import { describe, expect, it } from 'vitest';
import { bedrock } from '../../providers/bedrock/index.ts';
import { openai } from '../../providers/openai/index.ts';
import type { ChatRequest } from '../../src/core/chat.ts';
import type { Call, Provider } from '../../src/core/provider.ts';
import { makeCall, type CallOptions } from '../support/call.ts';
import { collect, sse } from './contract.ts';

const LONG = `mcp__some_server__${'x'.repeat(80)}`;
const DOTTED = 'files.read';
const CALL = { id: 'call_1', type: 'function', function: { name: LONG, arguments: '{}' } };
const MADE = { id: 'call_2', type: 'custom', custom: { name: DOTTED, input: 'a' } };
const REQUEST = {
  tools: [
    { type: 'function', function: { name: LONG, parameters: { type: 'object', properties: { a: {} } } } },
    { type: 'custom', custom: { name: DOTTED } },
    { type: 'function', function: { name: 'short' } },
  ],
  tool_choice: { type: 'function', function: { name: LONG } },
  messages: [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: null, tool_calls: [CALL, MADE] },
    { role: 'tool', tool_call_id: 'call_1', content: 'x' },
    { role: 'tool', tool_call_id: 'call_2', content: 'y' },
  ],
} as unknown as Partial<ChatRequest>;
const LEGACY = {
  functions: [{ name: LONG, parameters: {} }],
  function_call: { name: LONG },
  messages: [
    { role: 'assistant', content: null, function_call: { name: LONG, arguments: '{}' } },
    { role: 'function', name: LONG, content: 'x' },
  ],
} as Partial<ChatRequest>;
const ALLOWED = {
  ...REQUEST,
  tool_choice: {
    type: 'allowed_tools',
    allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: LONG } }] },
  },
} as unknown as Partial<ChatRequest>;

function callOf(request: Partial<ChatRequest>, options: CallOptions, baseUrl: string): Call {
  const call = makeCall(request, options);
  return { ...call, endpoint: { ...call.endpoint, baseUrl } };
}

const OPENAI = 'https://api.openai.com/v1';
const toChat = (request = REQUEST) => callOf(request, { dialect: 'openai' }, OPENAI);
const toResponses = (request = REQUEST) =>
  callOf(request, { dialect: 'openai', capabilities: { toolsNeedResponses: true } }, OPENAI);
const toBedrock = (request = REQUEST) =>
  callOf(request, { dialect: 'bedrock', model: 'anthropic.claude-test' }, 'http://127.0.0.1:1');

const SHORT = /"(tool_mcp__some_server__x{22}_\w{8})"/g;

function saidNames(provider: Provider, call: Call): { short: string; times: number; body: string } {
  const { body } = provider.translate(call);
  const found = [...body.matchAll(SHORT)].map(([, name]) => name);
  expect(new Set(found).size).toBe(1);
  return { short: found[0] ?? '', times: found.length, body };
}

describe('names that a provider refuses', () => {
  it.each([
    { to: 'chat', provider: openai, call: toChat(), times: 3 },
    { to: 'chat, of old functions', provider: openai, call: toChat(LEGACY), times: 4 },
    { to: 'chat, among allowed tools', provider: openai, call: toChat(ALLOWED), times: 3 },
    { to: 'Responses', provider: openai, call: toResponses(), times: 3 },
    { to: 'Bedrock', provider: bedrock, call: toBedrock(), times: 3 },
  ])('are shortened everywhere: $to', ({ provider, call, times }) => {
    const said = saidNames(provider, call);
    expect(said.body).not.toContain(LONG);
    expect(said.body).not.toContain(DOTTED);
    expect(said.times).toBe(times);
  });

  it('are left alone at servers with rules of their own', () => {
    const { body, relay } = openai.translate(callOf(REQUEST, { dialect: 'openai' }, 'http://127.0.0.1:1/v1'));
    expect(body).toContain(LONG);
    expect(relay).toBe('chat');
  });

  it('are the client’s again in the instruction that stands for a forced call', () => {
    const call = toBedrock();
    const exchange = bedrock.translate({
      ...call,
      capabilities: { ...call.capabilities, forcedToolChoice: false },
    });
    expect(exchange.body).toMatch(/calling the tool `tool_mcp__some_server__x+_\w{8}`/);
    expect(exchange.emulate?.toolRequired).toEqual({ name: LONG });
  });

  it('cost a request its passage only where they must', () => {
    const { tools: _, ...plain } = { ...REQUEST, messages: [{ role: 'user' as const, content: 'Hi' }] };
    expect(openai.translate(toChat({ ...plain, tool_choice: 'auto' })).relay).toBe('chat');
    expect(openai.translate(toChat()).relay).toBeUndefined();
  });
});

describe('the client hears its own names', () => {
  it('from chat, whole', () => {
    const { short } = saidNames(openai, toChat());
    const message = {
      role: 'assistant',
      tool_calls: [{ ...CALL, id: 'call_3', function: { name: short, arguments: '{}' } }],
    };
    const whole = { id: 'c', model: 'm', choices: [{ index: 0, message, finish_reason: 'tool_calls' }] };
    const answer = collect((sink) => openai.translate(toChat()).readAnswer(JSON.stringify(whole), sink));
    expect(answer.choice(0).toolCalls).toMatchObject([{ id: 'call_3', name: LONG }]);
  });

  it('from chat, streamed', () => {
    const { short } = saidNames(openai, toChat());
    const delta = { tool_calls: [{ index: 0, ...CALL, id: 'call_3', function: { name: short, arguments: '{}' } }] };
    const chunk = { id: 'c', model: 'm', choices: [{ index: 0, delta, finish_reason: 'tool_calls' }] };
    const answer = collect((sink) => {
      const reader = openai.translate(toChat({ ...REQUEST, stream: true })).openStream(sink);
      reader.push(new TextEncoder().encode(sse(chunk, '[DONE]')));
      reader.end();
    });
    expect(answer.choice(0).toolCalls).toMatchObject([{ id: 'call_3', name: LONG }]);
  });

  it('from the Responses API', () => {
    const { short } = saidNames(openai, toResponses());
    const item = { type: 'function_call', call_id: 'call_3', name: short, arguments: '{}' };
    const whole = { id: 'r', model: 'm', status: 'completed', output: [item] };
    const answer = collect((sink) => openai.translate(toResponses()).readAnswer(JSON.stringify(whole), sink));
    expect(answer.choice(0).toolCalls).toMatchObject([{ id: 'call_3', name: LONG }]);
  });

  it('from Bedrock, custom tools among them', () => {
    const { short, body } = saidNames(bedrock, toBedrock());
    const custom = /tool_files_read_\w{8}/.exec(body)?.[0];
    const content = [
      { toolUse: { toolUseId: 't1', name: short, input: {} } },
      { toolUse: { toolUseId: 't2', name: custom, input: { input: 'raw' } } },
    ];
    const whole = { output: { message: { role: 'assistant', content } }, stopReason: 'tool_use' };
    const answer = collect((sink) => bedrock.translate(toBedrock()).readAnswer(JSON.stringify(whole), sink));
    expect(answer.choice(0).toolCalls).toMatchObject([
      { name: LONG },
      { name: DOTTED, type: 'custom', arguments: 'raw' },
    ]);
  });
});
