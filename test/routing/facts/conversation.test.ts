import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '../../../src/core/chat.ts';
import { isInToolLoop, isStalled, turnOf } from '../../../src/routing/facts/conversation.ts';

const user = (content: string): ChatMessage => ({ role: 'user', content });
const said = (content: string): ChatMessage => ({ role: 'assistant', content });
const call = (name: string, input = '{}', id = name): ChatMessage => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name, arguments: input } }],
});
const result = (content: string, id = 'run', rest: Partial<ChatMessage> = {}): ChatMessage =>
  ({ role: 'tool', tool_call_id: id, content, ...rest }) as ChatMessage;
const reminder = user('<system-reminder>The file has changed.</system-reminder>');

describe('the turn', () => {
  test.each<[string, ChatMessage[], number]>([
    ['the first ask is the first turn', [{ role: 'system', content: 'Be brief.' }, user('Hello')], 1],
    ['an answer lies between two turns', [user('Hello'), said('Hi'), user('Go on')], 2],
    ['what is said in one go is one turn', [user('Look at this:'), user('a = b')], 1],
    ["an agent's work is no turn", [user('Fix it'), call('run'), result('done'), call('run'), result('done')], 1],
    ["an agent's reminder is no turn", [user('Fix it'), call('run'), result('done'), reminder], 1],
    ['instructions in between do not part one go', [user('a'), { role: 'system', content: 'x' }, user('b')], 1],
    [
      'a picture without words is an ask',
      [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://a/b' } }] }],
      1,
    ],
  ])('%s', (_sentence, messages, turn) => expect(turnOf(messages)).toBe(turn));
});

describe('a tool loop', () => {
  test.each<[string, ChatMessage[], boolean]>([
    ['a result is the last word', [user('Fix it'), call('run'), result('done')], true],
    ['a call waits for its result', [user('Fix it'), call('run')], true],
    ['a reminder after the result changes nothing', [user('Fix it'), call('run'), result('done'), reminder], true],
    ['the user speaks again', [user('Fix it'), call('run'), result('done'), user('Stop')], false],
    ['the assistant answered', [user('Fix it'), call('run'), result('done'), said('Done.')], false],
    ['nobody called a tool', [user('Hello')], false],
    ['a function of the old kind', [user('Hi'), { role: 'function', name: 'f', content: 'x' }], true],
  ])('%s', (_sentence, messages, expected) => expect(isInToolLoop(messages)).toBe(expected));
});

describe('a stalled agent', () => {
  const times = (count: number, ...messages: ChatMessage[]) => Array.from({ length: count }, () => messages).flat();
  const edit = (n: number) => [call('edit', `{"n":${n}}`, 'edit'), result('ok', 'edit')];
  test.each<[string, ChatMessage[], boolean]>([
    ['the same call three times in a row', times(3, call('run'), result('ok')), true],
    ['twice is not enough', times(2, call('run'), result('ok')), false],
    ['other arguments are another call', [1, 2, 3].flatMap((n) => edit(n)), false],
    [
      'the same call with the same result, others between',
      [1, 2, 3].flatMap((n) => [...edit(n), call('run'), result('2 failed')]),
      true,
    ],
    [
      'a test after every edit that says something new each time is progress',
      [1, 2, 3].flatMap((n) => [...edit(n), call('run'), result(`${n} failed`)]),
      false,
    ],
    [
      'three failures in a row, whatever was called',
      ['a', 'b', 'c'].flatMap((name) => [call(name), result('Error: no such file', name)]),
      true,
    ],
    [
      'the field that says so counts, too',
      ['a', 'b', 'c'].flatMap((name) => [call(name), result('no', name, { is_error: true })]),
      true,
    ],
    [
      "Codex's exit codes count, too",
      ['a', 'b', 'c'].flatMap((name) => [call(name), result('{"output":"","metadata":{"exit_code":1}}', name)]),
      true,
    ],
    [
      'a success in between ends the row of failures',
      ['a', 'b', 'c', 'd'].flatMap((name) => [call(name), result(name === 'c' ? 'fine' : 'Error: no', name)]),
      false,
    ],
    [
      'what was before the last ask is forgotten',
      [...times(3, call('run'), result('ok')), user('Again'), call('run'), result('ok')],
      false,
    ],
  ])('%s', (_sentence, messages, expected) => expect(isStalled([user('Fix it'), ...messages])).toBe(expected));

  test('a very long loop is not read to its beginning', () => {
    const long = Array.from({ length: 50_000 }, (_, index) => call('run', `{"n":${index}}`));
    const messages = new Proxy([user('Fix it'), ...long], {
      get: (target, key, receiver) => {
        if (typeof key === 'string' && Number(key) < 49_000) throw new Error(`read ${key}`);
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
    expect(isStalled(messages)).toBe(false);
  });
});
