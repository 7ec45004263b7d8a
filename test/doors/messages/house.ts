/** Anthropic's official SDK, the router and its practice providers, all in this process, and what passed between them. */
import Anthropic from '@anthropic-ai/sdk';
import { compose } from '../../../src/compose.ts';
import { Configuration } from '../../../src/config/schema.ts';
import { fetchHttp } from '../../../src/platform/fetch-http.ts';
import { fetchTransport } from '../../../src/platform/fetch-transport.ts';
import { consoleLog } from '../../../src/platform/log.ts';
import { practiceFetch, practiceProviders } from '../../../src/practice/index.ts';

export interface Sent {
  path: string;
  headers: Headers;
  body: string;
}

export interface House {
  client: Anthropic;
  /** To the providers, oldest first. */
  sent: Sent[];
  post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Response>;
  get: (path: string, headers?: Record<string, string>) => Promise<Response>;
}

/** Never dialled. */
const UPSTREAM = 'http://practice.invalid';

interface Options {
  /** Answers in practice's place where it has something to say. */
  upstream?: (sent: Sent) => Response | Promise<Response> | undefined;
  /** Over the configuration. */
  more?: object;
  apiKey?: string;
}

export function openHouse({ upstream, more = {}, apiKey = 'none' }: Options = {}): House {
  const sent: Sent[] = [];
  const practice = practiceFetch({ paceMs: 0 });
  const answer = async (request: Request) => {
    const { pathname } = new URL(request.url);
    const one = { path: pathname, headers: request.headers, body: await request.clone().text() };
    sent.push(one);
    return (await upstream?.(one)) ?? practice(request);
  };
  const unused = () => () => Promise.reject(new Error('practice needs no credential'));
  const configuration = Configuration.parse({
    providers: practiceProviders(UPSTREAM),
    log: { level: 'silent' },
    ...more,
  });
  const { app } = compose(configuration, {
    http: fetchHttp,
    transport: fetchTransport(answer),
    log: consoleLog('silent'),
    credentials: { awsChain: unused, googleToken: unused },
    environment: {},
    source: 'messages',
    practice: true,
    isReady: () => true,
  });
  const router = 'http://signalbox.invalid';
  const fetch = async (url: string | URL | Request, init?: RequestInit) => app.fetch(new Request(url, init));
  return {
    sent,
    client: new Anthropic({ baseURL: router, apiKey, maxRetries: 0, fetch }),
    post: (path, body, headers = {}) =>
      fetch(router + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    get: (path, headers = {}) => fetch(router + path, { headers }),
  };
}

/** One model of each dialect, and of each way to ask it. */
export const MODELS = [
  ['Anthropic', 'anthropic/claude-sonnet-5-5'],
  ['Anthropic, older', 'anthropic/claude-haiku-4-5'],
  ['OpenAI', 'openai/gpt-4.1'],
  ['OpenAI by its Responses', 'openai/gpt-6.1-sol'],
  ['Gemini', 'gemini/gemini-4-argon'],
  ['Gemini, older', 'gemini/gemini-2.5-flash'],
  ['Claude on Bedrock', 'bedrock/us.anthropic.claude-sonnet-4-6'],
  ['Nova on Bedrock', 'bedrock/us.amazon.nova-pro-v1:0'],
] as const;
