/** The whole router in this process, before practice providers or a provider of the test's own. */
import { GoogleGenAI } from '@google/genai';
import { stringify } from 'yaml';
import { compose } from '../../../src/compose.ts';
import { parseConfiguration } from '../../../src/config/parse.ts';
import { fetchHttp } from '../../../src/platform/fetch-http.ts';
import { fetchTransport } from '../../../src/platform/fetch-transport.ts';
import { practiceFetch } from '../../../src/practice/index.ts';
import { practiceProviders } from '../../../src/practice/providers.ts';

export type Upstream = (request: Request) => Promise<Response>;

export interface World {
  fetch: (request: Request) => Promise<Response>;
  /** What providers were asked, oldest first. */
  asked: { url: string; text: string }[];
  /** Google's own SDK in front of the router. */
  google: GoogleGenAI;
  post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Response>;
}

const PRACTICE = stringify({ providers: practiceProviders('http://practice.test') });

export function makeWorld(upstream: Upstream = practiceFetch({ paceMs: 0 }), yaml = PRACTICE): World {
  const asked: World['asked'] = [];
  const unused = () => () => Promise.reject(new Error('not needed'));
  const { app } = compose(parseConfiguration(yaml, 'test.yaml', {}), {
    http: fetchHttp,
    transport: fetchTransport(async (request) => {
      asked.push({ url: request.url, text: await request.clone().text() });
      return upstream(request);
    }),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    credentials: { awsChain: unused, googleToken: unused },
    environment: {},
    source: 'test.yaml',
    practice: true,
    isReady: () => true,
    random: () => 0,
  });
  const serve = async (request: Request) => app.fetch(request);
  return {
    fetch: serve,
    asked,
    google: new GoogleGenAI({
      apiKey: 'none',
      httpOptions: {
        baseUrl: 'http://router.test',
        fetch: ((url: string, init: RequestInit) => serve(new Request(url, init))) as typeof fetch,
      },
    }),
    post: (path, body, headers = {}) =>
      serve(
        new Request(`http://router.test${path}`, {
          method: 'POST',
          body: typeof body === 'string' ? body : JSON.stringify(body),
          headers: { 'content-type': 'application/json', ...headers },
        }),
      ),
  };
}

/** One model of every dialect. */
export const MODELS = [
  'gemini-4-argon',
  'gemini-2.5-flash',
  'claude-sonnet-5-5',
  'gpt-6.1-sol',
  'bedrock/us.amazon.nova-pro-v1:0',
];
