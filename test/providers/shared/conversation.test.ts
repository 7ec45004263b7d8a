import { describe, expect, it } from 'vitest';
import { toConversation } from '../../../providers/shared/conversation.ts';
import type { ConversationRules } from '../../../providers/shared/conversation.ts';
import type { ChatRequest } from '../../../src/core/chat.ts';
import type { GatewayError } from '../../../src/core/errors.ts';
import { makeCall } from '../../support/call.ts';
import type { CallOptions } from '../../support/call.ts';

const FORMAT = 'anthropic-claude-v1';
const CONTINUE = 'Continue exactly from where the previous assistant text ends.';
const PNG = 'data:image/png;base64,iVBORw0KGgo=';

interface Options extends CallOptions {
  rules?: Partial<ConversationRules>;
}

function converse(messages: unknown, { rules, ...options }: Options = {}) {
  const request = { messages } as ChatRequest;
  return toConversation(makeCall(request, options), { reasoningFormat: FORMAT, ...rules });
}

/** Turns as short lines, which is what most rows are about. */
function brief(messages: unknown, options: Options = {}): string[] {
  return converse(messages, options).turns.map(({ role, blocks }) => {
    return `${role}: ${blocks.map((block) => word(block)).join(' | ')}`;
  });
}

function word(block: ReturnType<typeof converse>['turns'][number]['blocks'][number]): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'tool_call':
      return `${block.name}#${block.id}(${JSON.stringify(block.input)})`;
    case 'tool_result':
      return `${block.name}#${block.id}=${block.content.map((part) => word(part)).join('+')}${block.isError ? '!' : ''}`;
    case 'reasoning':
      return `<${block.detail.text ?? block.detail.data}>`;
    default:
      return `[${block.type}]`;
  }
}

const user = (content: unknown = 'Hi', rest = {}) => ({ role: 'user', content, ...rest });
const assistant = (content: unknown, rest = {}) => ({ role: 'assistant', content, ...rest });
const system = (content: unknown, rest = {}) => ({ role: 'system', content, ...rest });
const call = (id: string, name = 'f', args: unknown = '{}', rest = {}) => ({
  id,
  type: 'function',
  function: { name, arguments: args },
  ...rest,
});
const calls = (...list: unknown[]) => assistant(null, { tool_calls: list });
const result = (id: string, content: unknown = 'ok', rest = {}) => ({
  role: 'tool',
  tool_call_id: id,
  content,
  ...rest,
});
const thought = (text: string, rest = {}) => ({
  type: 'reasoning.text',
  text,
  signature: 's',
  format: FORMAT,
  ...rest,
});

describe('calls of one id in two turns', () => {
  const history = [user(), calls(call('0'), call('1')), result('1'), result('0'), calls(call('0')), result('0')];

  it('get ids of their own where no two may have one', () => {
    expect(brief(history, { rules: { uniqueIds: true } })).toEqual([
      'user: Hi',
      'assistant: f#0({}) | f#1({})',
      'user: f#0=ok | f#1=ok',
      'assistant: f#0_2({})',
      'user: f#0_2=ok',
    ]);
    const changed = { param: 'messages', action: 'changed', note: 'two calls had one id' };
    expect(converse(history, { rules: { uniqueIds: true } }).warnings).toEqual([changed]);
  });

  it('keep them elsewhere', () => {
    expect(brief(history).at(-1)).toBe('user: f#0=ok');
    expect(converse(history).warnings).toEqual([]);
  });
});

describe('who speaks when', () => {
  const rows: { name: string; messages: unknown[]; turns: string[]; options?: Options; warns?: string }[] = [
    {
      name: 'leading system and developer messages are no turns',
      messages: [system('a'), { role: 'developer', content: 'b' }, user()],
      turns: ['user: Hi'],
    },
    {
      name: 'neighbours of one role become one turn, block by block',
      messages: [user('a'), user('b'), assistant('c'), assistant('d'), user('e')],
      turns: ['user: a | b', 'assistant: c | d', 'user: e'],
    },
    {
      name: 'neighbours stay apart where they are not mergeable',
      messages: [user('a'), user('b')],
      options: { rules: { mergeable: false } },
      turns: ['user: a', 'user: b'],
    },
    {
      name: 'the last of several system messages becomes the user',
      messages: [system('a'), system('b')],
      turns: ['user: b'],
      warns: 'changed:last system message sent as user text',
    },
    {
      name: 'an assistant that speaks first answers a made-up user',
      messages: [assistant('a'), user('b')],
      turns: ['user: (continue)', 'assistant: a', 'user: b'],
      warns: 'changed:a user turn was put before the first one',
    },
    {
      name: 'an empty assistant message is dropped and its neighbours merge',
      messages: [user('a'), assistant(''), user('b')],
      turns: ['user: a | b'],
    },
    {
      name: 'an assistant that only thought is dropped and its neighbours merge',
      messages: [user('a'), assistant(null, { reasoning_details: [thought('t')] }), user('b')],
      turns: ['user: a | b'],
    },
    {
      name: 'thoughts without words join the words that follow',
      messages: [user('a'), assistant(null, { reasoning_details: [thought('t')] }), assistant('w'), user('b')],
      turns: ['user: a', 'assistant: <t> | w', 'user: b'],
    },
    {
      name: 'empty text parts are dropped',
      messages: [
        user([
          { type: 'text', text: '' },
          { type: 'text', text: ' \n' },
          { type: 'text', text: 'x' },
        ]),
      ],
      turns: ['user: x'],
    },
    {
      name: 'a last assistant message is asked to go on',
      messages: [user(), assistant('One, ')],
      turns: ['user: Hi', 'assistant: One, ', `user: ${CONTINUE}`],
      warns: 'changed:asked to continue its last message',
    },
    {
      name: 'a prefill keeps no whitespace at its end',
      messages: [user(), assistant('One, \n')],
      options: { capabilities: { prefill: true } },
      turns: ['user: Hi', 'assistant: One,'],
    },
    {
      name: 'a late system message is a reminder in its place',
      messages: [user('a'), assistant('b'), system('c'), user('d')],
      turns: ['user: a', 'assistant: b', 'user: <system-reminder>\nc\n</system-reminder> | d'],
      warns: 'emulated:late system message sent as user text',
    },
    {
      name: 'a late system message is its own turn where the model takes it',
      messages: [user('a'), system('b'), assistant('c'), user('d'), system('e')],
      options: { capabilities: { lateSystem: true } },
      turns: ['user: a', 'system: b', 'assistant: c', 'user: d', 'system: e'],
    },
    {
      name: 'a late system message before more user text is a reminder even there',
      messages: [user('a'), system('b'), user('c')],
      options: { capabilities: { lateSystem: true } },
      turns: ['user: a | <system-reminder>\nb\n</system-reminder> | c'],
      warns: 'emulated:late system message sent as user text',
    },
    {
      name: 'a late system message that follows no user is a reminder even there',
      messages: [user('a'), assistant('b'), system('c'), assistant('d'), user('e')],
      options: { capabilities: { lateSystem: true } },
      turns: ['user: a', 'assistant: b', 'user: <system-reminder>\nc\n</system-reminder>', 'assistant: d', 'user: e'],
      warns: 'emulated:late system message sent as user text',
    },
  ];
  it.each(rows)('$name', ({ messages, turns, options, warns }) => {
    expect(brief(messages, options)).toEqual(turns);
    const warnings = converse(messages, options).warnings.map(({ action, note }) => `${action}:${note}`);
    expect(warnings).toEqual(warns ? [warns] : []);
  });

  it('keeps one system block a part, and their cache marks', () => {
    const parts = [
      { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'b' },
    ];
    expect(converse([system(parts), system(''), system('c'), user()]).system).toEqual([
      { type: 'text', text: 'a', cache: { ttl: '5m' } },
      { type: 'text', text: 'b' },
      { type: 'text', text: 'c' },
    ]);
  });
});

describe('tools in the history', () => {
  const rows: { name: string; messages: unknown[]; turns: string[]; options?: Options; warns?: string }[] = [
    {
      name: 'results stand in one turn, in the order of the calls, before any text',
      messages: [
        user(),
        calls(call('1'), call('2', 'g')),
        result('2'),
        user('and?'),
        result('1', 'no', { is_error: true }),
      ],
      turns: ['user: Hi', 'assistant: f#1({}) | g#2({})', 'user: f#1=no! | g#2=ok | and?'],
    },
    {
      name: 'a late system message between results does not part them',
      messages: [user(), calls(call('1'), call('2')), result('1'), system('s'), result('2')],
      turns: [
        'user: Hi',
        'assistant: f#1({}) | f#2({})',
        'user: f#1=ok | f#2=ok | <system-reminder>\ns\n</system-reminder>',
      ],
      warns: 'emulated:late system message sent as user text',
    },
    {
      name: 'calls come after all text, also of a merged neighbour',
      messages: [user(), calls(call('1')), assistant('text', { reasoning_details: [thought('t')] }), result('1')],
      turns: ['user: Hi', 'assistant: <t> | text | f#1({})', 'user: f#1=ok'],
    },
    {
      name: 'no arguments are an empty object',
      messages: [user(), calls(call('1', 'f', ''), call('2', 'f', null)), result('1'), result('2')],
      turns: ['user: Hi', 'assistant: f#1({}) | f#2({})', 'user: f#1=ok | f#2=ok'],
    },
    {
      name: 'arguments that are no JSON are kept raw',
      messages: [user(), calls(call('1', 'f', '{"a":')), result('1')],
      turns: ['user: Hi', 'assistant: f#1({"_raw":"{\\"a\\":"})', 'user: f#1=ok'],
      warns: 'changed:unreadable, sent as _raw',
    },
    {
      name: 'arguments that are no object are wrapped',
      messages: [user(), calls(call('1', 'f', '[1]')), result('1')],
      turns: ['user: Hi', 'assistant: f#1({"_value":[1]})', 'user: f#1=ok'],
      warns: 'changed:no JSON object, sent as _value',
    },
    {
      name: 'arguments nested too deep are kept raw',
      messages: [user(), calls(call('1', 'f', `{"a":${'['.repeat(64)}${']'.repeat(64)}}`)), result('1')],
      turns: ['user: Hi', `assistant: f#1({"_raw":"{\\"a\\":${'['.repeat(64)}${']'.repeat(64)}}"})`, 'user: f#1=ok'],
      warns: 'changed:unreadable, sent as _raw',
    },
    {
      name: 'brackets inside strings are no nesting',
      messages: [user(), calls(call('1', 'f', `{"a":"\\"${'['.repeat(99)}"}`)), result('1')],
      turns: ['user: Hi', `assistant: f#1({"a":"\\"${'['.repeat(99)}"})`, 'user: f#1=ok'],
    },
    {
      name: 'a custom call has its text as input',
      messages: [user(), calls({ id: '1', type: 'custom', custom: { name: 'sh', input: 'ls' } }), result('1')],
      turns: ['user: Hi', 'assistant: sh#1({"input":"ls"})', 'user: sh#1=ok'],
    },
    {
      name: 'old functions get ids',
      messages: [
        user(),
        assistant(null, { function_call: { name: 'f', arguments: '{"a":1}' } }),
        { role: 'function', name: 'f', content: 'r' },
        assistant(null, { function_call: { name: 'f', arguments: '' } }),
        { role: 'function', name: 'f', content: 's' },
      ],
      turns: [
        'user: Hi',
        'assistant: f#call_fn_0({"a":1})',
        'user: f#call_fn_0=r',
        'assistant: f#call_fn_1({})',
        'user: f#call_fn_1=s',
      ],
    },
    {
      name: "LiteLLM's signature is no part of the id",
      messages: [user(), calls(call('1__thought__sig')), result('1__thought__sig')],
      turns: ['user: Hi', 'assistant: f#1({})', 'user: f#1=ok'],
    },
    {
      name: 'an empty result stays a result',
      messages: [user(), calls(call('1')), result('1', '')],
      turns: ['user: Hi', 'assistant: f#1({})', 'user: f#1='],
    },
    {
      name: 'a result may hold an image',
      messages: [
        user(),
        calls(call('1')),
        result('1', [
          { type: 'text', text: 'see' },
          { type: 'image_url', image_url: { url: PNG } },
        ]),
      ],
      turns: ['user: Hi', 'assistant: f#1({})', 'user: f#1=see+[image]'],
    },
  ];
  it.each(rows)('$name', ({ messages, turns, options, warns }) => {
    expect(brief(messages, options)).toEqual(turns);
    const warnings = converse(messages, options).warnings.map(({ action, note }) => `${action}:${note}`);
    expect(warnings).toEqual(warns ? [warns] : []);
  });

  it('a call keeps what rides along on it', () => {
    const extra = { google: { thought_signature: 'abc' } };
    const history = [
      user(),
      calls(call('1', 'f', '{}', { extra_content: extra }), call('2__thought__s')),
      result('1'),
      result('2'),
    ];
    expect(converse(history).turns[1]?.blocks).toMatchObject([
      { extra },
      { extra: { google: { thought_signature: 's' } } },
    ]);
    expect(converse(history, { omitReasoning: true }).turns[1]?.blocks[0]).not.toHaveProperty('extra');
  });

  const refusals: { name: string; messages: unknown[]; param: string }[] = [
    { name: 'a result without a call', messages: [user(), result('1')], param: 'messages.1.tool_call_id' },
    {
      name: 'a result for a call of an earlier turn',
      messages: [user(), calls(call('1')), result('1'), assistant('a'), result('1')],
      param: 'messages.4.tool_call_id',
    },
    {
      name: 'two results for one call',
      messages: [user(), calls(call('1')), result('1'), result('1')],
      param: 'messages.3.tool_call_id',
    },
    {
      name: 'a result that names no call',
      messages: [user(), calls(call('1')), { role: 'tool', content: '' }],
      param: 'messages.2.tool_call_id',
    },
    {
      name: 'a call without a result',
      messages: [user(), calls(call('1'), call('2')), result('1'), user()],
      param: 'messages.1.tool_calls',
    },
    { name: 'a call at the very end', messages: [user(), calls(call('1'))], param: 'messages.1.tool_calls' },
    {
      name: 'two calls with one id',
      messages: [user(), calls(call('1'), call('1')), result('1')],
      param: 'messages.1.tool_calls',
    },
    { name: 'a call without an id', messages: [user(), calls(call(''))], param: 'messages.1.tool_calls.0.id' },
    {
      name: 'a call without a name',
      messages: [user(), calls(call('1', ''))],
      param: 'messages.1.tool_calls.0.function.name',
    },
    {
      name: 'a function result without a call',
      messages: [user(), { role: 'function', name: 'f', content: '' }],
      param: 'messages.1.name',
    },
    { name: 'an empty user message', messages: [user(), user(' ')], param: 'messages.1.content' },
    { name: 'an unknown role', messages: [user(), { role: 'boss', content: 'a' }], param: 'messages.1.role' },
    { name: 'no message', messages: [], param: 'messages' },
    { name: 'only empty messages', messages: [system(''), assistant(null)], param: 'messages' },
    { name: 'content of no known shape', messages: [user(7)], param: 'messages.0.content' },
    { name: 'a text part without text', messages: [user([{ type: 'text' }])], param: 'messages.0.content.0.text' },
    {
      name: 'an image without an address',
      messages: [user([{ type: 'image_url', image_url: { url: 'pic.png' } }])],
      param: 'messages.0.content.0',
    },
    {
      name: 'a file without content',
      messages: [user([{ type: 'file', file: { filename: 'a' } }])],
      param: 'messages.0.content.0.file',
    },
  ];
  it.each(refusals)('$name is a 400 that names the field', ({ messages, param }) => {
    expect(caught(() => converse(messages))).toMatchObject({ kind: 'invalid_request', status: 400, param });
  });

  const unsupported: { name: string; messages: unknown[]; param: string }[] = [
    {
      name: 'the audio of an earlier answer',
      messages: [user(), assistant(null, { audio: { id: 'a' } })],
      param: 'messages.1.audio',
    },
    { name: 'a part of an unknown type', messages: [user([{ type: 'hologram' }])], param: 'messages.0.content.0.type' },
    {
      name: 'an image in an instruction',
      messages: [system([{ type: 'image_url', image_url: { url: PNG } }]), user()],
      param: 'messages.0.content',
    },
    {
      name: 'audio in a tool result',
      messages: [
        user(),
        calls(call('1')),
        result('1', [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }]),
      ],
      param: 'messages.2.content.0',
    },
    {
      name: 'a call of an unknown type',
      messages: [user(), calls({ id: '1', type: 'mcp' }), result('1')],
      param: 'messages.1.tool_calls.0',
    },
  ];
  it.each(unsupported)('$name may suit another provider', ({ messages, param }) => {
    expect(caught(() => converse(messages))).toMatchObject({ kind: 'unsupported', param });
  });
});

describe('reasoning of earlier turns', () => {
  const issuer = 'test/test-model';
  const rows: { name: string; details: unknown; kept: string[]; omitReasoning?: boolean }[] = [
    { name: 'stands first, in order', details: [thought('a'), thought('b', { issuer })], kept: ['<a>', '<b>', 'said'] },
    { name: 'of another format is left out', details: [thought('a', { format: 'google-gemini-v1' })], kept: ['said'] },
    {
      name: 'of another issuer is left out',
      details: [thought('a', { issuer: 'test/other' }), thought('b')],
      kept: ['<b>', 'said'],
    },
    { name: 'without text keeps its place', details: [thought('')], kept: ['<>', 'said'] },
    { name: 'that is malformed is left out', details: [null, 'x', { type: 'other', format: FORMAT }], kept: ['said'] },
    {
      name: 'is left out when its signatures were refused',
      details: [thought('a')],
      kept: ['said'],
      omitReasoning: true,
    },
  ];
  it.each(rows)('$name', ({ details, kept, omitReasoning = false }) => {
    const history = [user('a'), assistant('said', { reasoning_details: details, reasoning_content: 'x' }), user('b')];
    expect(brief(history, { omitReasoning })[1]).toBe(`assistant: ${kept.join(' | ')}`);
    expect(converse(history, { omitReasoning }).warnings).toEqual([]);
  });
});

describe('what an assistant message may carry', () => {
  it('a refusal is text, in the field and as a part', () => {
    const history = [user(), assistant([{ type: 'refusal', refusal: 'No.' }], { refusal: 'Never.' }), user()];
    expect(brief(history)[1]).toBe('assistant: No. | Never.');
  });

  it('audio with a transcript is said as text', () => {
    expect(brief([user(), assistant(null, { audio: { id: 'a', transcript: 'Hello' } }), user()])[1]).toBe(
      'assistant: Hello',
    );
  });

  it('an image moves to the next user turn, after the results', () => {
    const image = { type: 'image_url', image_url: { url: PNG } };
    const history = [
      user('a'),
      assistant([{ type: 'text', text: 'b' }, image], { tool_calls: [call('1')] }),
      result('1'),
      user('c'),
    ];
    expect(brief(history)).toEqual(['user: a', 'assistant: b | f#1({})', 'user: f#1=ok | [image] | c']);
    expect(converse(history).warnings).toMatchObject([{ action: 'changed', param: 'messages.1.content' }]);
  });

  it('our own answers bring their images back under `images`', () => {
    const images = [{ type: 'image_url', image_url: { url: PNG } }];
    const history = [user('a'), assistant(null, { images }), user('b')];
    expect(brief(history)).toEqual(['user: a | [image] | b']);
    expect(brief(history, { rules: { assistantMedia: true } })).toEqual(['user: a', 'assistant: [image]', 'user: b']);
  });

  it('an image in the last turn ends it with the user', () => {
    const history = [
      user('a'),
      assistant([
        { type: 'text', text: 'b' },
        { type: 'image_url', image_url: PNG },
      ]),
    ];
    expect(brief(history)).toEqual(['user: a', 'assistant: b', 'user: [image]']);
  });
});

describe('names', () => {
  it('one name is no loss, two are', () => {
    expect(converse([user('a', { name: 'x' }), user('b', { name: 'x' })]).warnings).toEqual([]);
    expect(converse([user('a', { name: 'x' }), user('b', { name: 'y' })]).warnings).toMatchObject([
      { param: 'messages.1.name', action: 'dropped' },
    ]);
  });
});

describe('cache marks', () => {
  const rows: { name: string; mark: object; ttl: string }[] = [
    { name: "Anthropic's default is five minutes", mark: { cache_control: { type: 'ephemeral' } }, ttl: '5m' },
    { name: "Anthropic's hour is an hour", mark: { cache_control: { type: 'ephemeral', ttl: '1h' } }, ttl: '1h' },
    {
      name: "OpenAI's 30 minutes are an hour",
      mark: { prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } },
      ttl: '1h',
    },
    {
      name: "OpenAI's 12 hours are an hour",
      mark: { prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } },
      ttl: '1h',
    },
  ];
  it.each(rows)('$name', ({ mark, ttl }) => {
    expect(converse([user([{ type: 'text', text: 'a', ...mark }])]).turns[0]?.blocks).toMatchObject([
      { cache: { ttl } },
    ]);
  });

  it('a mark on a message is on its last block', () => {
    const mark = { cache_control: { type: 'ephemeral' } };
    const parts = [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ];
    const history = [user(parts, mark), { ...calls(call('1')), ...mark }, result('1', 'r', mark)];
    const [first, second, third] = converse(history).turns;
    expect(first?.blocks).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b', cache: { ttl: '5m' } },
    ]);
    expect(second?.blocks).toMatchObject([{ type: 'tool_call', cache: { ttl: '5m' } }]);
    expect(third?.blocks).toMatchObject([{ type: 'tool_result', cache: { ttl: '5m' } }]);
  });

  it('a mark inside a tool result is on the result', () => {
    const content = [{ type: 'text', text: 'r', cache_control: { type: 'ephemeral', ttl: '1h' } }];
    const [, , answered] = converse([user(), calls(call('1')), result('1', content)]).turns;
    expect(answered?.blocks).toMatchObject([{ cache: { ttl: '1h' }, content: [{ type: 'text', text: 'r' }] }]);
  });
});

describe('media', () => {
  const rows: { name: string; part: object; block: object }[] = [
    {
      name: 'an image as a data URL',
      part: { type: 'image_url', image_url: { url: PNG, detail: 'low' } },
      block: { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' }, detail: 'low' },
    },
    {
      name: 'an image as an address',
      part: { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
      block: { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } },
    },
    {
      name: 'a PDF among the images is a file',
      part: { type: 'image_url', image_url: { url: 'data:application/pdf;base64,JVBERi0x' } },
      block: { type: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0x' } },
    },
    {
      name: 'an image among the files is an image',
      part: { type: 'file', file: { file_data: PNG, filename: 'a.png' } },
      block: { type: 'image', filename: 'a.png' },
    },
    {
      name: 'a file as raw base64 is known by its first bytes',
      part: { type: 'file', file: { file_data: 'JVBERi0x' } },
      block: { type: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0x' } },
    },
    {
      name: 'a file as raw base64 is known by its name',
      part: { type: 'file', file: { file_data: 'YSxi', filename: 'a.CSV' } },
      block: { type: 'file', source: { kind: 'base64', mediaType: 'text/csv', data: 'YSxi' } },
    },
    {
      name: 'a file as raw base64 may stay unknown',
      part: { type: 'file', file: { file_data: 'YSxi' } },
      block: { type: 'file', source: { mediaType: 'application/octet-stream' } },
    },
    {
      name: 'a file as an address',
      part: { type: 'file', file: { file_data: 'https://x.test/a.pdf' } },
      block: { type: 'file', source: { kind: 'url', url: 'https://x.test/a.pdf' } },
    },
    {
      name: 'a file by its id',
      part: { type: 'file', file: { file_id: 'file_1' } },
      block: { type: 'file', source: { kind: 'file_id', id: 'file_1' } },
    },
    {
      name: 'a video',
      part: { type: 'video_url', video_url: { url: 'https://x.test/a.mp4' } },
      block: { type: 'video', source: { kind: 'url', url: 'https://x.test/a.mp4' } },
    },
    {
      name: 'audio',
      part: { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
      block: { type: 'audio', format: 'wav', data: 'AAAA' },
    },
    {
      name: 'audio among the files is audio',
      part: { type: 'file', file: { file_data: 'data:audio/mp3;base64,AAAA', filename: 'a.mp3' } },
      block: { type: 'audio', format: 'mp3', data: 'AAAA' },
    },
  ];
  it.each(rows)('$name', ({ part, block }) => {
    const param = 'messages.1.content.1';
    const { turns } = converse([user('a'), user([{ type: 'text', text: 'b' }, part])]);
    expect(turns[0]?.blocks[2]).toMatchObject({ ...block, param });
  });
});

function caught(act: () => unknown): GatewayError {
  try {
    act();
  } catch (error) {
    return error as GatewayError;
  }
  throw new Error('It did not throw');
}
