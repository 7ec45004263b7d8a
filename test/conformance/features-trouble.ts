/** What goes wrong, and what the application's code is told of it. */
import OpenAI from 'openai';
import { expect } from 'vitest';
import { type Feature, user } from './feature.ts';
import type { Talk } from './talk.ts';

type ErrorClass = abstract new (...given: never[]) => Error;

function raises(
  name: string,
  directive: string,
  expected: { type: ErrorClass; status: number; code: string },
): Feature {
  const { type, ...fields } = expected;
  return {
    name,
    run: async (talk) => {
      const cause = await talk.fails({ messages: [user(`[practice: ${directive}]`)] });
      expect(cause).toBeInstanceOf(type);
      expect(cause).toMatchObject(fields);
      return undefined;
    },
  };
}

export const TROUBLE: readonly Feature[] = [
  raises('A rate limit is a `RateLimitError`', 'status=429', {
    type: OpenAI.RateLimitError,
    status: 429,
    code: 'rate_limit_exceeded',
  }),
  raises('A fault is an `InternalServerError`', 'status=500', {
    type: OpenAI.InternalServerError,
    status: 502,
    code: 'upstream_error',
  }),
  raises('The router’s own key refused is no `AuthenticationError`', 'status=401', {
    type: OpenAI.InternalServerError,
    status: 502,
    code: 'upstream_auth_error',
  }),
  {
    name: 'A wrong value is a `BadRequestError` that names it',
    run: async (talk) => {
      const cause = await talk.fails({ messages: [user('Hi')], temperature: 9 });
      expect(cause).toBeInstanceOf(OpenAI.BadRequestError);
      expect(cause).toMatchObject({ status: 400, param: 'temperature' });
      return undefined;
    },
  },
  brokenOff('An answer that is cut off raises', 'cut'),
  brokenOff('An error in mid-answer raises', 'error'),
  {
    name: 'An abort stops the provider, too',
    run: async (talk) => {
      const leave = new AbortController();
      const asked = { messages: [user(talk.streamed ? 'Hi [practice: stall]' : 'Hi [practice: slow=60000]')] };
      const pending = talk.ask(asked, () => leave.abort(), leave.signal).catch((cause: unknown) => cause);
      await untilAsked(talk);
      if (!talk.streamed) leave.abort();
      const cause = await pending;
      if (!talk.streamed) expect(cause).toBeInstanceOf(OpenAI.APIUserAbortError);
      await untilAborted(talk);
      return undefined;
    },
  },
];

/** Streamed, what was said before it is delivered first. */
function brokenOff(name: string, trouble: 'cut' | 'error'): Feature {
  return {
    name,
    run: async (talk) => {
      let text = '';
      const asked = { messages: [user(`Hello out there [practice: ${trouble}]`)] };
      const cause = await talk.fails(asked, ({ choices: [first] }) => (text = first?.text || first?.reasoning || ''));
      expect(cause).toBeInstanceOf(talk.streamed ? OpenAI.APIError : OpenAI.InternalServerError);
      if (talk.streamed) expect(text).not.toBe('');
      return undefined;
    },
  };
}

async function untilAsked(talk: Talk): Promise<void> {
  while (talk.sent.length === 0) await new Promise((later) => setTimeout(later, 1));
}

async function untilAborted({ sent }: Talk): Promise<void> {
  const [first] = sent;
  if (!first || first.signal.aborted) return;
  await new Promise((aborted) => first.signal.addEventListener('abort', aborted, { once: true }));
}
