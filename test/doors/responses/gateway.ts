/** The router and its upstreams in this process, and what went to them. */
import OpenAI from 'openai';
import { practiceFetch } from '../../../src/practice/index.ts';
import { COLUMNS, type ColumnName, startGateway } from '../../conformance/columns.ts';
import { houseServer } from '../../conformance/house-server.ts';

export interface Sent {
  path: string;
  body: Record<string, unknown>;
  text: string;
}

export interface Talk {
  model: string;
  client: OpenAI;
  fetch: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Response>;
  sent: Sent[];
  last: () => Sent;
}

/** One of each dialect, a server that knows chat alone among them. */
export const DIALECTS: readonly ColumnName[] = [
  'claude-4.5',
  'gpt-6.1',
  'gpt-4.1',
  'gemini-4',
  'bedrock-4.6',
  'nova',
  'compatible',
];
/** Those to whom the client's words are not their own. */
export const FOREIGN = DIALECTS.filter((name) => !name.startsWith('gpt'));

/** `upstream` answers in practice's place where it has something to say. */
export function talkTo(column: ColumnName, upstream?: (request: Request) => Response | undefined): Talk {
  const sent: Sent[] = [];
  const practice = houseServer(practiceFetch({ paceMs: 0 }));
  const app = startGateway(COLUMNS[column], async (request) => {
    const text = await request.clone().text();
    sent.push({ path: new URL(request.url).pathname, text, body: JSON.parse(text) as Sent['body'] });
    return upstream?.(request) ?? practice(request);
  });
  const fetch = async (url: string | URL | Request, init?: RequestInit) => app.fetch(new Request(url, init));
  return {
    model: COLUMNS[column].model,
    client: new OpenAI({ baseURL: 'http://signalbox.invalid/v1', apiKey: 'none', maxRetries: 0, fetch }),
    fetch: (path, body, headers = {}) => {
      const all = { 'content-type': 'application/json', ...headers };
      return fetch(`http://signalbox.invalid${path}`, { method: 'POST', headers: all, body: JSON.stringify(body) });
    },
    sent,
    last: () => sent.at(-1) ?? { path: '', body: {}, text: '' },
  };
}
