/** What every client is tried on: the server as a user starts it, with practice providers behind it and a key before it. */
import { afterAll, beforeAll } from 'vitest';
import { type Running, startNode } from '../support/servers.ts';

export const KEY = 'client-key-0123456789';

/** One of each dialect, and of each of OpenAI's APIs. */
export const MODELS = [
  'claude-sonnet-5-5',
  'gpt-6.1-sol',
  'gpt-4.1',
  'gemini-4-argon',
  'bedrock/us.amazon.nova-pro-v1:0',
] as const;

export const PRACTISED = 'no model was called';

/** Practice without a pause between words, which a test need not wait for. */
export const fast = (text: string): string => `${text} [practice: fast]`;

/** A task of two turns with tools and one with words; the last quotes what the tools brought. */
export const PLAN = [
  'What is the weather?',
  '[practice plan]',
  'weather {"city": "Oslo"}',
  'weather {"city": "Rome"}',
  '+ weather {"city": "Bern"}',
  'say It is {result}.',
  '',
].join('\n');

/** The tool that the plan calls, and which cities it was called for. */
export function weatherStation() {
  const asked: string[] = [];
  const weather = ({ city }: { city: string }): string => {
    asked.push(city);
    return `fine in ${city}`;
  };
  return { asked, weather };
}

/** The server, for as long as the tests of a file; with more of a configuration where they need it. */
export function serving(more = ''): { readonly url: string; readonly base: string } {
  let running: Running | undefined;
  beforeAll(async () => {
    running = await startNode(`
keys: [{ name: clients, key: ${KEY} }]
admin: { port: 0 }
log: { level: warn }
${more}
`);
  });
  afterAll(() => running?.stop());
  return {
    get url() {
      return running?.url ?? '';
    },
    get base() {
      return `${running?.url}/v1`;
    },
  };
}
