/**
 * A request said in a provider's words and read back from them is the same request: the dialect that writes a wire and
 * the door that reads it were written apart, and each judges the other. What is not the same must have been named.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatMessage, ChatRequest } from '../../src/core/chat.ts';
import type { Provider } from '../../src/core/provider.ts';
import { CHAT } from '../../src/doors/chat/door.ts';
import type { Door } from '../../src/doors/door.ts';
import { GEMINI } from '../../src/doors/gemini/door.ts';
import { MESSAGES } from '../../src/doors/messages/door.ts';
import { RESPONSES } from '../../src/doors/responses/door.ts';
import { makeCall } from '../support/call.ts';
import { PROVIDERS } from '../wire/exchanges.ts';
import { REQUEST } from './round-trip-requests.ts';
import { saidBy, settingsOf } from './round-trip-words.ts';

interface Tongue {
  provider: Provider;
  door: Door;
  toolsNeedResponses?: boolean;
}

const { anthropic, gemini, openai } = PROVIDERS;
const TONGUES = {
  chat: { provider: openai, door: CHAT },
  responses: { provider: openai, door: RESPONSES, toolsNeedResponses: true },
  messages: { provider: anthropic, door: MESSAGES },
  gemini: { provider: gemini, door: GEMINI },
} as const satisfies Record<string, Tongue>;
const NAMES = Object.keys(TONGUES) as (keyof typeof TONGUES)[];
const PAIRS = NAMES.flatMap((from) => NAMES.filter((by) => by !== from).map((by) => [from, by] as const));

const LIMITS = { maxBodyBytes: 1_000_000, maxMessages: 100, maxDepth: 40 };
const RUNS = { seed: 20_261_122, numRuns: 60 };

interface Trip {
  request: ChatRequest;
  /** Fields that the way has named. */
  named: string[];
}

function sayAndRead(request: ChatRequest, { provider, door, toolsNeedResponses = false }: Tongue): Trip {
  const call = makeCall(request, { capabilities: { toolsNeedResponses } });
  const endpoint = { ...call.endpoint, baseUrl: provider.baseUrl({}) };
  const { body, warnings } = provider.translate({ ...call, endpoint, original: undefined });
  const param = (name: string) => (name === 'call' ? 'm:generateContent' : undefined);
  const entry = door.read(body, { limits: LIMITS, header: () => undefined, param });
  expect(entry.original.only).toBeUndefined();
  return { request: entry.request, named: [...warnings, ...entry.lost].map(({ param }) => param) };
}

/** Without what was named, by the field's first word. */
function unnamed(request: ChatRequest, named: readonly string[]): Record<string, unknown> {
  const gone = new Set(named.map((param) => param.split(/[.[]/, 1)[0]));
  return Object.fromEntries(Object.entries(settingsOf(request)).filter(([field]) => !gone.has(field)));
}

describe.each(PAIRS)('a request of %s through %s', (from, by) => {
  it('keeps what is said, and names what it loses', () => {
    fc.assert(
      fc.property(REQUEST, (chat) => {
        const asked = sayAndRead(chat, TONGUES[from]).request;
        const { request, named } = sayAndRead(asked, TONGUES[by]);
        const again = sayAndRead(request, TONGUES[from]).request;
        expect(saidBy(request.messages)).toEqual(saidBy(asked.messages));
        expect(saidBy(again.messages)).toEqual(saidBy(asked.messages as ChatMessage[]));
        expect(unnamed(request, named)).toEqual(unnamed(asked, named));
      }),
      RUNS,
    );
  });
});
