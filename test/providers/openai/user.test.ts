/** OpenAI: "Invalid 'user': string too long. Expected a string with maximum length 64", 400. */
import { describe, expect, it } from 'vitest';
import { openai } from '../../../providers/openai/index.ts';
import type { Call } from '../../../src/core/provider.ts';
import { makeCall } from '../../support/call.ts';

const OPENAI = 'https://api.openai.com/v1';
const OTHER = 'https://api.example.test/v1';
/** As Claude Code names it in `metadata.user_id`. */
const CODES = JSON.stringify({ device_id: 'd'.repeat(64), account_uuid: 'a'.repeat(36), session_id: 's'.repeat(36) });

function said(user: string, baseUrl: string, rest: Partial<Call> = {}): unknown {
  const call = makeCall({ user, tools: [{ type: 'function', function: { name: 'f' } }] });
  const { body } = openai.translate({ ...call, endpoint: { ...call.endpoint, baseUrl }, ...rest });
  return (JSON.parse(body as string) as { user?: unknown }).user;
}

const MESSAGES: Partial<Call> = { original: undefined, wire: 'messages' };
const RESPONSES: Partial<Call> = { capabilities: { ...makeCall({}).capabilities, toolsNeedResponses: true } };

describe('a user whose name is too long', () => {
  it.each([
    ["OpenAI's chat", OPENAI, {}],
    ["OpenAI's responses", OPENAI, RESPONSES],
    ['another server, from another door', OTHER, MESSAGES],
  ])('has a digest at %s', (_, baseUrl, rest) => {
    const digest = said(CODES, baseUrl, rest);
    expect(digest).toMatch(/^[0-9A-Za-z]{32}$/);
    expect(said(CODES, baseUrl, rest)).toBe(digest);
    expect(said(`${CODES} `, baseUrl, rest)).not.toBe(digest);
    expect(said('u'.repeat(64), baseUrl, rest)).toBe('u'.repeat(64));
  });

  it("is the chat client's own affair at another server", () => {
    expect(said(CODES, OTHER)).toBe(CODES);
  });
});
