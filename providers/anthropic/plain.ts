/** Requests of the plainest kind, as most are, in Claude's words: texts in turns, and the most usual settings. */
import type { ChatMessage } from '../../src/core/chat.ts';
import type { Call, Exchange } from '../../src/core/provider.ts';
import type { Draft } from './body.ts';
import { contentLiterals } from './literals.ts';
import { addSampling, addService, toMaxTokens } from './request.ts';

const FIELDS = new Set(
  'model messages stream stream_options max_tokens max_completion_tokens temperature top_p user'.split(' '),
);

/** Who may speak behind whom; the user is last. */
const NEXT = new Map([
  ['system', ['system', 'developer', 'user']],
  ['developer', ['system', 'developer', 'user']],
  ['user', ['assistant']],
  ['assistant', ['user']],
]);

/** How a turn begins; who has none speaks as the system. */
const OPENINGS = new Map<string, string>(
  ['user', 'assistant'].map((role) => [role, `{"role":"${role}","content":[{"type":"text","text":`]),
);

const NO_MESSAGES = '"messages":[]';

export type Plain = Pick<Exchange, 'body' | 'warnings'>;

/** The body and the warnings that `toAnthropic` would make, for a third of its cost; undefined for any other request. */
export function toPlain(call: Call): Plain | undefined {
  const { request, providerModel: model } = call;
  for (const field in request) if (!FIELDS.has(field)) return undefined;
  if (!isPlain(request.messages)) return undefined;
  const draft: Draft = { body: { model, max_tokens: 0, messages: [] }, says: [], warnings: [], emulate: {} };
  const { body, warnings } = draft;
  body.max_tokens = toMaxTokens(call, 0, warnings);
  if (request.stream) body.stream = true;
  addSampling(draft, call, false);
  addService(draft, request);
  if (body.max_tokens < 1) return undefined;
  const text = JSON.stringify(body);
  const at = text.indexOf(NO_MESSAGES);
  return { body: text.slice(0, at) + toConversation(call) + text.slice(at + NO_MESSAGES.length), warnings };
}

function isPlain(messages: readonly ChatMessage[]): boolean {
  let last = 'system';
  for (const message of messages) {
    if (!NEXT.get(last)?.includes(message.role) || !isText(message)) return false;
    last = message.role;
  }
  return last === 'user';
}

function isText(message: ChatMessage): boolean {
  if (typeof message.content !== 'string' || !/\S/.test(message.content)) return false;
  for (const key in message) if (key !== 'role' && key !== 'content') return false;
  return true;
}

/** In the client's own literals where they are to be had: to escape a long text again takes longer than all the rest. */
function toConversation({ request: { messages }, original }: Call): string {
  const literals = original?.wire === 'chat' ? contentLiterals(original.text) : [];
  const isSame = literals.length === messages.length;
  let system = '';
  let turns = '';
  let index = 0;
  for (const { role, content } of messages) {
    const said = (isSame && literals[index++]) || JSON.stringify(content);
    const opening = OPENINGS.get(role);
    if (opening === undefined) system += `${system && ','}{"type":"text","text":${said}}`;
    else turns += `${turns && ','}${opening}${said}}]}`;
  }
  return `"messages":[${turns}]${system && `,"system":[${system}]`}`;
}
