/** Which conversation a request belongs to: what its client says, or else how it begins. */
import type { ChatRequest } from '../../core/chat.ts';
import { hash53 } from './hash.ts';
import { headOf } from './text.ts';

export type HeaderOf = (name: string) => string | undefined;

/** Claude Code; AI SDK, OpenCode; Codex (with underscores until 2025, with dashes since). */
const HEADERS = [
  'x-claude-code-session-id',
  'x-session-id',
  'x-session-affinity',
  'session_id',
  'session-id',
  'conversation_id',
  'thread-id',
];
const MAX_ID = 1_000;

/** Tenants never share a session, whatever their clients write. */
export function sessionOf(request: ChatRequest, key: string, header: HeaderOf): string {
  return `${key}:${hash53(conversationOf(request, header)).toString(36)}`;
}

/** The same where the client names its conversation; else empty, without a look at what it says. */
export function namedSessionOf(request: ChatRequest, key: string, header: HeaderOf): string {
  const isNamed = header('x-signalbox-session') ?? request.prompt_cache_key ?? idOf(request, header);
  return isNamed ? sessionOf(request, key, header) : '';
}

function conversationOf(request: ChatRequest, header: HeaderOf): string {
  const own = header('x-signalbox-session');
  if (own) return `own ${own.slice(0, MAX_ID)}`;
  const cacheKey: unknown = request.prompt_cache_key;
  // Many applications send one key for all that they ask: it names the conversation only together with the beginning.
  if (typeof cacheKey === 'string' && cacheKey) return `cache ${cacheKey.slice(0, MAX_ID)} ${beginningOf(request)}`;
  const id = idOf(request, header);
  if (!id) return `text ${beginningOf(request)}`;
  // An agent's subordinate has a conversation, and a cached prefix, of its own.
  return `id ${id.slice(0, MAX_ID)} ${header('x-claude-code-agent-id')?.slice(0, MAX_ID) ?? ''}`;
}

function idOf(request: ChatRequest, header: HeaderOf): string | undefined {
  return packedSession(request.metadata?.['user_id']) ?? packedSession(request.user) ?? headerSession(header);
}

function headerSession(header: HeaderOf): string | undefined {
  for (const name of HEADERS) {
    const value = header(name);
    if (value) return value;
  }
  return undefined;
}

/**
 * Claude Code packs it into its user id: `user_…_account_…_session_UUID`, since 2026 a JSON text with `session_id`.
 * Translators put the same into OpenAI's `user`. A plain user has many conversations and names none.
 */
function packedSession(userId: unknown): string | undefined {
  if (typeof userId !== 'string') return undefined;
  if (userId.startsWith('{')) return /"session_id"\s*:\s*"([^"]+)"/.exec(userId.slice(0, MAX_ID))?.[1];
  const at = userId.lastIndexOf('_session_');
  return at < 0 ? undefined : userId.slice(at + '_session_'.length) || undefined;
}

/** An application's instructions are the same in all its conversations: the ask tells them apart. */
const SYSTEM_CHARS = 1_000;
const ASK_CHARS = 3_000;
/** Before the first ask there are one or two. */
const MAX_MESSAGES = 8;

/** The instructions and the user's first words: what stays the same from turn to turn. */
function beginningOf({ messages }: ChatRequest): string {
  let text = '';
  for (const { role, content } of messages.slice(0, MAX_MESSAGES)) {
    text += `${role} ${headOf(content, role === 'user' ? ASK_CHARS : SYSTEM_CHARS)}\n`;
    if (role === 'user') break;
  }
  return text;
}
