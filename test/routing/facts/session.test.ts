import { describe, expect, test } from 'vitest';
import type { ChatMessage, ChatRequest } from '../../../src/core/chat.ts';
import { sessionOf } from '../../../src/routing/facts/session.ts';

interface From {
  messages?: ChatMessage[];
  body?: Partial<ChatRequest>;
  headers?: Record<string, string>;
  key?: string;
}

function session({ messages, body, headers = {}, key = 'app' }: From): string {
  const request = { model: 'auto', messages: messages ?? [{ role: 'user', content: 'Hello' }], ...body } as ChatRequest;
  return sessionOf(request, key, (name) => headers[name]);
}

const UUID = 'd2e70091-3007-41a3-a916-cb8b0d3098de';
const LATER: ChatMessage[] = [
  { role: 'user', content: 'Hello' },
  { role: 'assistant', content: 'Hi' },
  { role: 'user', content: 'Go on' },
];
const OTHER: ChatMessage[] = [{ role: 'user', content: 'Something else' }];
const packed = (sessionId: string) => `user_5dd07c33_account__session_${sessionId}`;
const json = (sessionId: string) => JSON.stringify({ device_id: '3f4a', account_uuid: '', session_id: sessionId });

describe('the same session', () => {
  test.each<[string, From, From]>([
    ['a later turn of a conversation', {}, { messages: LATER }],
    [
      'our own header, whatever is said',
      { headers: { 'x-signalbox-session': 'a' } },
      { headers: { 'x-signalbox-session': 'a' }, messages: OTHER },
    ],
    [
      "Claude Code's user id",
      { body: { metadata: { user_id: packed(UUID) } } },
      { body: { metadata: { user_id: packed(UUID) } }, messages: OTHER },
    ],
    [
      "Claude Code's newer user id",
      { body: { metadata: { user_id: json(UUID) } } },
      { body: { metadata: { user_id: json(UUID) } }, messages: OTHER },
    ],
    [
      "the same in OpenAI's field, as translators put it",
      { body: { user: packed(UUID) } },
      { body: { metadata: { user_id: packed(UUID) } } },
    ],
    ...[
      'x-claude-code-session-id',
      'x-session-id',
      'x-session-affinity',
      'session_id',
      'session-id',
      'conversation_id',
      'thread-id',
    ].map((name): [string, From, From] => [
      `the header ${name}`,
      { headers: { [name]: UUID } },
      { headers: { [name]: UUID }, messages: OTHER },
    ]),
    [
      'a cache key with the same beginning',
      { body: { prompt_cache_key: 'k' } },
      { body: { prompt_cache_key: 'k' }, messages: LATER },
    ],
    [
      'our own header comes first',
      { headers: { 'x-signalbox-session': 'a', 'session-id': '1' } },
      { headers: { 'x-signalbox-session': 'a', 'session-id': '2' } },
    ],
  ])('%s', (_sentence, one, other) => expect(session(one)).toBe(session(other)));
});

describe('another session', () => {
  test.each<[string, From, From]>([
    ['another beginning', {}, { messages: OTHER }],
    ['other instructions', {}, { messages: [{ role: 'system', content: 'Rhyme.' }, ...LATER] }],
    [
      'another key',
      { headers: { 'x-signalbox-session': 'a' } },
      { headers: { 'x-signalbox-session': 'a' }, key: 'other' },
    ],
    [
      'another session of one user',
      { body: { metadata: { user_id: packed('1') } } },
      { body: { metadata: { user_id: packed('2') } } },
    ],
    ['two conversations of a plain user', { body: { user: 'ann' } }, { body: { user: 'ann' }, messages: OTHER }],
    [
      'two conversations under one cache key',
      { body: { prompt_cache_key: 'app' } },
      { body: { prompt_cache_key: 'app' }, messages: OTHER },
    ],
    [
      "an agent's subordinate",
      { headers: { 'session-id': '1' } },
      { headers: { 'session-id': '1', 'x-claude-code-agent-id': '7' } },
    ],
    [
      'the id that another kind of id happens to be',
      { headers: { 'x-signalbox-session': 'a' } },
      { headers: { 'session-id': 'a' } },
    ],
  ])('%s', (_sentence, one, other) => expect(session(one)).not.toBe(session(other)));
});

test('a session says nothing of what was written, and is short', () => {
  expect(session({ headers: { 'x-signalbox-session': 'secret'.repeat(10_000) } })).toMatch(/^app:[0-9a-z]{1,11}$/);
});
